"""今日 by API: the rows of the page with what each asks for; putting one off and taking it up again."""

from datetime import timedelta

import pytest

from apps.actions.models import Snooze
from apps.activities import operations as activities
from apps.base.month import Month
from apps.deals import operations as deals
from apps.goals import operations as goals
from tests import factories
from tests.actions.days import NOW, a_deal, at
from tests.integrations.api import Program


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


def today(program) -> dict:
    answer = program.get("today/")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def owe(rep, manager, number: int) -> None:
    """A report of a visit and an answer to a question."""
    report = activities.send_daily(day=at(10 + number).date(), by=rep, at=NOW)
    factories.make_comment(report, by=manager, text=f"@{rep.name} 誰に会いましたか", asks=True)
    factories.make_visit(rep, company=factories.make_company(f"報告{number}"), starts_at=at(14, 9 + number))


def plan(rep, manager, number: int) -> None:
    """One of every other row, and visits today and tomorrow."""
    factories.make_visit(rep, company=factories.make_company(f"今日{number}"), starts_at=at(15, 15 + number))
    factories.make_visit(rep, starts_at=at(16, 9 + number))
    a_deal(rep, name=f"遅れ{number}", on=9)
    a_deal(rep, name=f"次がない{number}", action="", touched=12)
    listed = factories.make_list(rep, name="重点")
    factories.make_entry(listed, factories.make_company(f"連絡がまだ{number}"), on=at(12).date())
    buying = factories.make_company(f"検討{number}", buying_months=[12])
    factories.make_entry(listed, buying, on=at(15).date())


def test_each_row_says_what_it_is_about_when_it_is_due_and_what_it_asks_for(program, rep, manager):
    owe(rep, manager, 0)
    plan(rep, manager, 0)

    day = today(program)

    named = ("kind", "about_kind", "name", "text", "on", "overdue", "silent_days", "act", "can_wait")
    assert [tuple(row[name] for name in named) for row in day["rows"]] == [
        ("report", "visit", "報告0", "", "2026-10-14", True, None, "report", False),
        ("question", "comment", "土井 課長", "@青木 健 誰に会いましたか", None, False, None, "answer", False),
        ("action", "deal", "遅れ0", "電話", "2026-10-09", True, None, "follow", True),
        ("still", "deal", "次がない0", "", None, False, 3, "decide_next", True),
        ("lead", "company", "連絡がまだ0", "重点", "2026-10-12", False, None, "follow", True),
        ("buying", "company", "検討0", "", "2026-12-01", False, None, "follow", True),
    ]
    assert [(visit["name"], visit["act"]) for visit in day["visits"]] == [("今日0", "prepare")]
    assert [visit["act"] for visit in day["visits_next"]] == ["prepare"]
    assert (day["on"], day["next_on"], day["is_over"]) == ("2026-10-15", "2026-10-16", False)
    assert day["sentence"].startswith("これからの訪問は1件、次は15:00の今日0です。")


def test_each_row_leads_to_a_page_that_is_there(program, logged_in, rep, manager):
    owe(rep, manager, 0)
    plan(rep, manager, 0)
    browser, day = logged_in(rep), today(program)

    pages = [row["page"] for row in (*day["rows"], *day["visits"], *day["visits_next"])]

    assert len(pages) == 8
    assert {browser.get(page).status_code for page in pages} == {200}


def test_a_visit_asks_for_what_is_next_in_it(program, rep):
    for hour, told in ((9, "report"), (10, None), (15, "prepare"), (16, None)):
        visit = factories.make_visit(rep, starts_at=at(15, hour))
        if hour == 10:
            activities.report_visit(visit, result="聞けた", by=rep, at=NOW)
        if hour == 16:
            activities.prepare_visit(visit, goal="聞く", issues=[], by=rep, at=NOW)
        assert [visit["act"] for visit in today(program)["visits"]][-1] == told


def test_what_has_no_seat_is_counted(program, rep):
    for number in range(12):
        a_deal(rep, name=f"遅れ{number:02}", on=1 + number)

    day = today(program)

    assert (len(day["rows"]), day["more"]) == (
        8,
        {"report": 0, "action": 4, "still": 0, "lead": 0, "buying": 0},
    )


def test_the_month_s_pace_stands_beside_its_targets(program, rep):
    month, targets = Month.of(NOW.date()), {"follows": 40, "sales": 1_000_000}
    goals.set_monthly_goal(rep, month=month, targets=targets, benchmarks={}, by=factories.SYSTEM, at=NOW)
    factories.make_follow(rep, happened_at=at(14))

    pace = today(program)["progress"]

    assert (pace["month"], 0 < pace["day"] < pace["days"]) == ("2026-10", True)
    follows, *_others, sales = pace["measures"]
    assert follows == {"code": "follows", "done": 1, "target": 40, "is_low": True}
    assert sales == {"code": "sales", "done": 0, "target": 1_000_000, "is_low": True}


def test_when_nothing_asks_the_day_is_over(program):
    day = today(program)

    assert (day["is_over"], day["rows"], day["sentence"]) == (
        True,
        [],
        "期日の来たことは、すべて済んでいます。",
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("fill", "queries"), [(owe, 20), (plan, 22)])
def test_the_day_costs_the_same_however_full(
    program, rep, manager, fill, queries, count, django_assert_num_queries
):
    for number in range(count):
        fill(rep, manager, number)
    today(program)

    with django_assert_num_queries(queries):
        today(program)


# ── 明日にする ─────────────────────────────────────────────────────────────────────────────────────


def test_a_next_action_is_put_off_to_the_next_working_day_and_back(program, rep):
    deal = a_deal(rep, on=9)
    row = {"kind": "action", "about": str(deal.pk)}

    told = program.post("today/put-off/", row).json()
    deal.refresh_from_db()
    assert told == row | {"until_on": "2026-10-16", "version": deal.version}
    assert (deal.next_action_on, program.post("today/put-off/", row).status_code) == (at(16).date(), 409)

    back = program.post("today/take-up-again/", row | {"version": told["version"]})
    deal.refresh_from_db()
    assert (back.status_code, deal.next_action_on) == (204, at(9).date())


def test_what_followed_the_putting_off_keeps_it(program, rep):
    deal = a_deal(rep, on=9)
    row = {"kind": "action", "about": str(deal.pk)}
    told = program.post("today/put-off/", row).json()
    deals.change_deal(deal, plan="基本", by=rep, at=NOW + timedelta(minutes=1))

    refused = program.post("today/take-up-again/", row | {"version": told["version"]})

    assert (refused.status_code, refused.json()["present"]["plan"]) == (409, "基本")
    assert program.post("today/take-up-again/", row).status_code == 400


@pytest.mark.parametrize("kind", ["still", "lead"])
def test_the_others_are_out_of_sight_until_then_and_change_nothing(program, rep, manager, kind):
    owe(rep, manager, 0)
    plan(rep, manager, 0)
    row = {
        name: row[name] for row in today(program)["rows"] if row["kind"] == kind for name in ("kind", "about")
    }

    told = program.post("today/put-off/", row).json()
    assert told == row | {"until_on": "2026-10-16", "version": None}
    assert kind not in [row["kind"] for row in today(program)["rows"]]

    assert [program.post("today/take-up-again/", row).status_code for _ in range(2)] == [204, 204]
    assert kind in [row["kind"] for row in today(program)["rows"]]


def test_a_company_is_known_by_the_number_it_came_with(program, rep):
    company = factories.make_company("番号", source="crm", external_id="K-1")

    told = program.post("today/put-off/", {"kind": "buying", "about": "K-1"}).json()

    assert told["about"] == str(company.pk)


@pytest.mark.parametrize("kind", ["report", "question", "deal"])
def test_what_cannot_wait_is_not_put_off(program, rep, kind):
    answer = program.post("today/put-off/", {"kind": kind, "about": str(a_deal(rep).pk)})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "kind")


def test_who_only_looks_puts_nothing_off(alpha, executive, colleague, program):
    company, theirs = factories.make_company(), a_deal(colleague, on=9)

    looker = Program(alpha, executive).post("today/put-off/", {"kind": "lead", "about": str(company.pk)})
    other = program.post("today/put-off/", {"kind": "action", "about": str(theirs.pk)})

    assert (looker.status_code, other.status_code, Snooze.objects.count()) == (403, 403, 0)
