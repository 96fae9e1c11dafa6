"""ひとことで記録 by API: a line is read without a trace, corrected, kept once, taken back; lines wait for a look."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.actions.models import Capture, UnseenLine
from apps.activities.models import Follow, Visit
from apps.customers.models import Company
from apps.deals.models import Deal
from apps.journal.models import Entry
from tests import factories
from tests.integrations.api import Program

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 11, 20, tzinfo=JST)
"""A Thursday."""
LINE = "青葉フーズ 佐藤さん 電話 10分 見積に前向き 予算は聞けず 次は19日訪問"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


def read(program, line, **said) -> dict:
    answer = program.post("captures/read/", {"line": line} | said)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


# ── reading ────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_read_as_the_page_reads_it(program, company, sato, deal):
    found = read(program, LINE)

    assert [(chip["name"], chip["words"], chip["certainty"]) for chip in found["chips"][:4]] == [
        ("company", "青葉フーズ", "sure"),
        ("contact", "佐藤 健一 営業部長", "sure"),
        ("kind", "電話・つながった", "sure"),
        ("minutes", "10分", "sure"),
    ]
    assert found["values"] == {
        "company": str(company.pk), "contact": str(sato.pk), "deal": str(deal.pk), "kind": "call",
        "outcome": "connected", "direction": "out", "minutes": 10, "happened_on": None,
        "result": "見積に前向き 予算は聞けず", "plan": "", "amount": None, "expected_month": None,
        "next_action": "訪問", "next_action_on": "2026-10-19", "opens_deal": False,
    }  # fmt: skip
    assert (found["ready"], found["missing"], found["awaiting"]) == (True, [], None)


def test_reading_leaves_nothing_behind(program, company, deal):
    before = Entry.objects.count()

    read(program, LINE)

    assert (Follow.objects.count(), Capture.objects.count(), Entry.objects.count()) == (0, 0, before)


def test_what_became_known_says_what_the_deal_would_become(program, deal):
    found = read(program, "青葉フーズ 電話 12月に決めたい", expected_month="2026-12")

    assert found["deal_becomes"] == {"stage": "deal", "rank": "likely"}
    deal.refresh_from_db()
    assert deal.stage == "topic"


def test_an_unknown_company_is_named_and_asked_for(program):
    found = read(program, "株式会社まだない 電話 不在")

    assert (found["ready"], found["values"]["company"], found["new_company"]) == (
        False,
        None,
        "株式会社まだない",
    )
    assert [missing["field"] for missing in found["missing"]] == ["company"]


def test_what_may_be_meant_is_offered(program):
    alike = {factories.make_company(name).name for name in ("北浜精機", "北浜精工")}

    found = read(program, "北浜 電話 不在")

    assert ({each["name"] for each in found["companies"]}, found["ready"]) == (alike, False)


@pytest.mark.parametrize("count", [1, 3])
def test_reading_costs_the_same_however_many_may_be_meant(program, rep, count, django_assert_num_queries):
    for number in range(count):
        company = factories.make_company(f"北浜精機{number}")
        factories.make_contact(company, name=f"佐藤 {number}")
        factories.make_deal(rep, company=company)

    with django_assert_num_queries(18):
        read(program, "北浜精機0 佐藤さん 電話 10分 前向き")


# ── keeping ────────────────────────────────────────────────────────────────────────────────────────


def test_a_kept_line_is_one_follow_by_api_and_can_be_taken_back(program, rep, company, sato, deal):
    made = program.made("captures/", {"line": LINE})

    follow = Follow.objects.get()
    assert made == {
        "id": str(Capture.objects.get().pk), "follow": str(follow.pk), "visit": None, "deal": str(deal.pk),
        "opened_deal": False,
    }  # fmt: skip
    assert (follow.owner, follow.contact, follow.body, follow.talk_seconds) == (rep, sato, LINE, 600)
    assert Entry.objects.get(event="line.captured").door == "api"
    path = f"captures/{made['id']}/"
    assert program.get(path).json() == made
    assert [program.delete(path).status_code, program.delete(path).status_code] == [204, 404]
    deal.refresh_from_db()
    assert (Follow.objects.kept().count(), deal.next_action) == (0, "")


def test_what_is_said_takes_the_place_of_what_was_read(program, company, sato, deal):
    other = factories.make_company("青葉フーズ販売")
    said = {"company": str(other.pk), "contact": None, "minutes": 25, "outcome": "absent", "next_action": ""}

    program.made("captures/", {"line": LINE, "next_action_on": None} | said)

    follow = Follow.objects.get()
    assert (follow.company, follow.contact, follow.talk_seconds, follow.outcome) == (
        other,
        None,
        1500,
        "absent",
    )
    deal.refresh_from_db()
    assert deal.next_action == ""


def test_what_was_read_can_be_sent_back_as_it_is(program, company, sato, deal):
    found = read(program, LINE)

    program.made("captures/", {"line": LINE} | found["values"])

    deal.refresh_from_db()
    assert (Follow.objects.get().contact, deal.next_action_on) == (sato, date(2026, 10, 19))


def test_sent_again_with_its_key_it_is_kept_once(program, company):
    answers = [
        program.post("captures/", {"line": "青葉フーズ 電話 不在"}, **{"Idempotency-Key": "k1"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Follow.objects.count() == 1


def test_a_deal_is_begun_only_where_that_is_said(program, company):
    line = "青葉フーズ 電話 スタンダードを検討 50万円"
    program.made("captures/", {"line": line})
    assert not Deal.objects.exists()

    made = program.made("captures/", {"line": line, "opens_deal": True})

    assert (made["opened_deal"], made["deal"], Deal.objects.get().amount) == (
        True,
        str(Deal.objects.get().pk),
        500_000,
    )


def test_a_guess_is_not_kept_and_no_company_added(program):
    for name in ("北浜精機", "北浜精工"):
        factories.make_company(name)

    guess = program.post("captures/", {"line": "北浜 電話 不在"})
    unknown = program.post("captures/", {"line": "株式会社まだない 電話 不在"})

    for answer in (guess, unknown):
        assert (answer.status_code, answer.json()["errors"]) == (
            400,
            [{"field": "company", "detail": "顧客を選んでください。"}],
        )
    assert (Company.objects.count(), Follow.objects.count()) == (2, 0)


def test_of_two_deals_one_must_be_named(program, rep, company, deal):
    other = factories.make_deal(rep, company=company, opened=NOW - timedelta(days=9), name="別の案件")
    line = "青葉フーズ 電話 50万円"

    found = read(program, line)
    refused = program.post("captures/", {"line": line} | found["values"])
    program.made("captures/", {"line": line, "deal": str(other.pk)})

    assert {each["id"] for each in found["deals"]} == {str(deal.pk), str(other.pk)}
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "deal")
    other.refresh_from_db()
    assert other.amount == 500_000


def test_whom_and_what_the_page_would_not_offer_is_refused(program, colleague, company):
    elsewhere = factories.make_contact(factories.make_company("別会社"))
    theirs = factories.make_deal(colleague, company=company)
    line = "青葉フーズ 電話 不在"

    answers = [
        program.post("captures/", {"line": line, "contact": str(elsewhere.pk)}),
        program.post("captures/", {"line": line, "deal": str(theirs.pk)}),
    ]

    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in answers] == [
        (400, "contact"),
        (400, "deal"),
    ]
    assert not Follow.objects.exists()


def test_a_planned_visit_of_the_day_is_asked_for_its_report_instead(program, rep, company):
    visit = factories.make_visit(rep, company=company, starts_at=NOW - timedelta(hours=1))
    line = {"line": "青葉フーズ 訪問 前向き"}

    found = read(program, **line)
    refused = program.post("captures/", line)

    assert (found["awaiting"], found["ready"], refused.status_code) == (str(visit.pk), False, 409)
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "line"),
        ({"line": " "}, "line"),
        ({"line": "一行目\n二行目"}, "line"),
        ({"line": "長" * 1_001}, "line"),
        ({"line": "a", "minutes": "10"}, "minutes"),
        ({"line": "a", "kind": "fax"}, "kind"),
        ({"line": "a", "company": "ない"}, "company"),
        ({"line": "a", "written_at": "2026-10-16"}, "written_at"),
        ({"line": "a", "waiting": "0197a000-0000-7000-8000-000000000000"}, "line"),
        ({"waiting": "0197a000-0000-7000-8000-000000000000"}, "waiting"),
    ],
)
def test_what_is_wrong_is_said_by_field(program, body, field):
    answer = program.post("captures/", body)

    assert (answer.status_code, {error["field"] for error in answer.json()["errors"]}) == (400, {field})


def test_who_only_looks_reads_and_keeps_nothing(alpha, executive, company):
    program = Program(alpha, executive)
    line = {"line": "青葉フーズ 電話 不在"}

    answers = [program.post(path, line) for path in ("captures/", "captures/read/", "capture-lines/")]

    assert [answer.status_code for answer in answers] == [403] * 3


def test_nobody_sees_or_takes_back_anothers(alpha, program, colleague, company):
    made = program.made("captures/", {"line": "青葉フーズ 電話 不在"})
    other, path = Program(alpha, colleague), f"captures/{made['id']}/"

    assert [other.get(path).status_code, other.delete(path).status_code] == [404, 404]


# ── lines that wait for a look ─────────────────────────────────────────────────────────────────────


EVENING = "2026-10-14T20:00:00+09:00"


@pytest.fixture
def waiting(program) -> dict:
    return program.made("capture-lines/", {"line": "青葉フーズ 電話 次は明日訪問", "written_at": EVENING})


def test_a_line_that_is_laid_up_waits_and_records_nothing(program, rep, company, waiting):
    line = UnseenLine.objects.get()
    assert waiting == {"id": str(line.pk), "line": line.line, "written_at": EVENING}
    assert (line.user, Follow.objects.count()) == (rep, 0)
    assert program.get("capture-lines/").json()["results"] == [waiting]


def test_it_is_read_and_kept_as_of_when_it_was_written(program, company, deal, waiting):
    looked = program.post("captures/read/", {"waiting": waiting["id"]}).json()
    made = program.made("captures/", {"waiting": waiting["id"], "outcome": "connected"})

    deal.refresh_from_db()
    assert (looked["line"], looked["written_at"]) == (waiting["line"], EVENING)
    assert (made["id"], deal.next_action_on) == (waiting["id"], date(2026, 10, 15))
    assert program.get("capture-lines/").json()["results"] == []
    assert program.post("captures/", {"waiting": waiting["id"]}).status_code == 400


def test_it_is_thrown_away_and_brought_back(program, company, waiting):
    path = f"capture-lines/{waiting['id']}/"

    gone = [program.delete(path).status_code, program.get(path).status_code]
    back = program.post(f"{path}bring-back/")

    assert (gone, back.status_code, back.json()) == ([204, 404], 200, waiting)
    program.made("captures/", {"waiting": waiting["id"], "outcome": "absent"})
    assert program.post(f"{path}bring-back/").status_code == 409


def test_it_is_its_writers_alone(alpha, colleague, waiting):
    program, path = Program(alpha, colleague), f"capture-lines/{waiting['id']}/"

    answers = [program.get(path), program.delete(path), program.post(f"{path}bring-back/")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert program.post("captures/", {"waiting": waiting["id"]}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_the_lines_cost_the_same_however_many_wait(program, count, django_assert_num_queries):
    for number in range(count):
        program.made("capture-lines/", {"line": f"青葉フーズ 電話 {number}分"})

    with django_assert_num_queries(5):
        assert len(program.get("capture-lines/").json()["results"]) == count
