"""What each endpoint takes and gives: the shapes that other programs rely on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.customers.models import Company
from apps.deals.models import Deal
from tests import factories
from tests.integrations.api import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(alpha, admin):
    return Program(alpha, admin)


@pytest.fixture
def company(program):
    return program.made("companies/", {"name": "株式会社 例", "external_id": "C1"})


STAMPS = {"id", "version", "created_at", "changed_at"}


def facts(record: dict) -> dict:
    """The record without what only the server knows."""
    return {name: value for name, value in record.items() if name not in STAMPS}


def test_a_company_comes_back_as_it_was_given_but_tidied(program):
    made = program.made(
        "companies/",
        {"name": "  株式会社 例\r\n本社 ", "note": "😀 <b>&amp;", "website": "https://a.example/"},
    )

    assert facts(made) == {
        "name": "株式会社 例\n本社", "reading": "", "postal_code": "", "address": "", "phone": "",
        "website": "https://a.example/", "existing": False, "industry": None, "area": "", "employees": None,
        "is_existing": False, "lead_source": None, "campaign": None,
        "busy_months": [], "buying_months": [], "note": "😀 <b>&amp;", "external_id": None, "source": "",
    }  # fmt: skip
    assert made["version"] == 1
    assert program.get(f"companies/{made['id']}/").json() == made


def test_a_company_s_industry_area_and_months_are_codes_and_numbers(program):
    said = {"name": "例", "industry": "26", "area": "22138", "employees": 120, "existing": True}

    made = program.made("companies/", said | {"busy_months": [9, 3, 9], "buying_months": [1]})
    program.made("companies/", {"name": "別", "industry": "39", "area": "13"})

    assert {name: made[name] for name in said} == said
    assert (made["busy_months"], made["buying_months"]) == ([3, 9], [1])
    assert program.get("companies/?industry=E&prefecture=22").json()["results"] == [made]
    wrong = {"industry": "ZZ", "area": "22131", "employees": "多い", "busy_months": [13]}
    refused = program.post("companies/", {"name": "例"} | wrong)
    assert (refused.status_code, Company.objects.count()) == (400, 2)


def test_addresses_work_without_the_last_slash(program, company):
    assert program.get("companies").json() == program.get("companies/").json()
    assert program.get(f"companies/{company['id']}").json() == company


def test_a_company_is_found_however_its_name_is_written(program, company):
    program.made("companies/", {"name": "別会社"})

    assert program.get("companies/?q=%EF%BC%88%E6%A0%AA%EF%BC%89%E4%BE%8B").json()["results"] == [company]


def test_a_change_takes_what_is_named_and_leaves_the_rest(program, company):
    changed = program.patch(f"companies/{company['id']}/", {"version": 1, "phone": "03-0000-0000"}).json()

    assert facts(changed) == facts(company) | {"phone": "03-0000-0000"}
    assert changed["version"] == 2


def test_a_contact_belongs_to_the_company_that_is_named_by_its_number(program, company):
    made = program.made("contacts/", {"company": "C1", "name": "担当", "email": "a@b.example"})

    assert facts(made) == {
        "company": company["id"], "name": "担当", "reading": "", "department": "", "title": "",
        "role": "unknown", "stance": "unknown", "power": None,
        "email": "a@b.example", "phone": "", "note": "", "external_id": None, "source": "",
    }  # fmt: skip
    assert program.get("contacts/?company=C1").json()["results"] == [made]


def test_a_follow_is_the_token_s_user_s_and_happened_now_unless_it_says_otherwise(program, admin, company):
    made = program.made("follows/", {"company": "C1", "kind": "call", "outcome": "absent"})

    happened_at = made.pop("happened_at")
    assert facts(made) == {
        "company": company["id"], "contact": None, "deal": None, "owner": str(admin.pk), "kind": "call",
        "direction": "out", "outcome": "absent", "talk_seconds": None, "body": "", "external_id": None, "source": "",
    }  # fmt: skip
    assert happened_at == made["created_at"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-10-15T11:20", "2026-10-15T11:20:00+09:00"),
        ("2026-10-15T11:20:30.5Z", "2026-10-15T20:20:30.500000+09:00"),
        ("2026-10-15T11:20:00-05:00", "2026-10-16T01:20:00+09:00"),
        ("2026-10-15", "2026-10-15T00:00:00+09:00"),
    ],
)
def test_a_moment_is_read_in_the_tenant_s_zone_and_a_day_as_its_first_moment(program, company, given, meant):
    follow = {"company": "C1", "kind": "email", "outcome": "sent", "happened_at": given}

    assert program.made("follows/", follow)["happened_at"] == meant


def test_an_offset_whose_plus_sign_an_address_turned_into_a_blank_is_still_one(program):
    board = program.get("board/?org=1&from=2026-08&as_of=2026-10-15T11:20:00+09:00").json()

    assert board["as_of"] == "2026-10-15T11:20:00+09:00"


def test_follows_are_listed_latest_first_within_days(program, company):
    days = ["2026-10-14T23:59", "2026-10-15T00:00", "2026-10-16T23:59", "2026-10-17T00:00"]
    for day in days:
        program.made("follows/", {"company": "C1", "kind": "email", "outcome": "sent", "happened_at": day})

    found = program.get("follows/?from=2026-10-15&until=2026-10-16").json()["results"]

    assert [follow["happened_at"] for follow in found] == [
        "2026-10-16T23:59:00+09:00",
        "2026-10-15T00:00:00+09:00",
    ]


def test_a_visit_names_whom_one_meets_and_who_comes_along(program, rep, colleague, company):
    contact = program.made("contacts/", {"company": "C1", "name": "担当", "external_id": "P1"})
    visit = {
        "company": "C1", "contacts": ["P1", "P1"], "kind": "online", "owner": str(rep.pk),
        "companions": [str(colleague.pk)], "starts_at": "2026-10-15T11:00", "ends_at": "2026-10-15T12:00", "status": "done",
    }  # fmt: skip

    made = program.made("visits/", visit)

    assert facts(made) == {
        **visit, "company": company["id"], "contacts": [contact["id"]], "deal": None, "external_id": None, "source": "",
        "starts_at": "2026-10-15T11:00:00+09:00", "ends_at": "2026-10-15T12:00:00+09:00",
    }  # fmt: skip
    path = f"visits/{made['id']}/"
    moved = program.patch(path, {"version": 1, "companions": [], "status": "cancelled"}).json()
    assert facts(moved) == facts(made) | {"companions": [], "status": "cancelled"}


def test_a_visit_s_reports_are_written_read_and_mark_it_done(alpha, rep, company):
    program = Program(alpha, rep)
    starts_at = (timezone.now() - timedelta(hours=2)).isoformat()
    visit = program.made("visits/", {"company": "C1", "owner": str(rep.pk), "starts_at": starts_at})
    path = f"visits/{visit['id']}/"
    assert program.get(f"{path}pre-report/").status_code == 404

    before = {
        "goal": "課題を聞く",
        "situation": "更新の時期",
        "issues": ["費用", "時期"],
        "answer": "試算を出す",
    }
    prepared = program.put(f"{path}pre-report/", before).json()
    turnout = {"text": "費用", "turnout": "different", "how_different": "安さより早さ"}
    after = {
        "result": "次は見積もり",
        "issues": [turnout],
        "next_action": "見積もり",
        "next_action_on": "2027-01-15",
    }
    reported = program.put(f"{path}post-report/", after).json()

    author = {"visit": visit["id"], "author": str(rep.pk)}
    unsorted = [{"text": text, "kind": None} for text in before["issues"]]
    assert facts(prepared) == before | {"kinds": unsorted} | author
    assert facts(reported) == after | author | {
        "progress": None,
        "issues": [turnout, {"text": "時期", "turnout": None, "how_different": ""}],
    }
    assert program.get(f"{path}pre-report/").json() == prepared
    assert program.get(f"{path}post-report/").json() == reported
    assert program.get(path).json()["status"] == "done"


def test_a_report_says_what_came_of_it_by_a_word_or_by_words(alpha, rep, company):
    program = Program(alpha, rep)
    meeting = {"company": "C1", "kind": "on_site", "starts_at": "2026-11-01T10:00", "owner": str(rep.pk)}
    path = f"visits/{program.made('visits/', meeting)['id']}/post-report/"

    assert program.post(path, {"next_action": "電話"}).status_code == 400
    assert program.made(path, {"progress": "forward"})["result"] == ""


def test_a_report_that_changed_meanwhile_is_shown_as_it_stands(alpha, rep, company):
    program = Program(alpha, rep)
    meeting = {"company": "C1", "kind": "on_site", "starts_at": "2026-11-01T10:00", "owner": str(rep.pk)}
    path = f"visits/{program.made('visits/', meeting)['id']}/post-report/"
    standing = program.made(path, {"result": "一度目"})

    answer = program.put(path, {"result": "二度目", "version": 9})

    assert (answer.status_code, answer.json()["present"]) == (409, standing)


def test_a_deal_s_stage_follows_from_what_is_known(program, rep, company):
    made = program.made(
        "deals/", {"company": "C1", "owner": str(rep.pk), "plan": "基本", "opened_at": "2026-10-01"}
    )

    assert facts(made) == {
        "company": company["id"], "owner": str(rep.pk), "name": "", "plan": "基本", "amount": None,
        "expected_month": None, "rank": None, "stage": "prospect", "next_action": "", "next_action_on": None,
        "buyer_stage": None, "opened_at": "2026-10-01T00:00:00+09:00", "closed_at": None, "lost_kind": None,
        "lost_reason": None, "comes_back_on": None, "external_id": None, "source": "",
    }  # fmt: skip
    learned = {"version": 1, "amount": 600_000, "expected_month": "2027-01", "buyer_stage": "comparing"}
    changed = program.patch(f"deals/{made['id']}/", learned).json()
    assert (changed["stage"], changed["rank"]) == ("deal", "likely")
    forgot = program.patch(f"deals/{made['id']}/", {"version": 2, "plan": None}).json()
    assert (forgot["stage"], forgot["rank"], forgot["plan"]) == ("topic", None, "")


def test_a_deal_is_lost_and_won_and_opened_again_on_its_days(program, rep, company):
    reason = program.get("lost-reasons/").json()["results"][0]["id"]
    deal = program.made("deals/", {"company": "C1", "owner": str(rep.pk), "opened_at": "2026-10-01"})
    path = f"deals/{deal['id']}"

    lost = program.made(
        f"{path}/lose/",
        {"on": "2026-10-02", "kind": "not_now", "reason": reason, "comes_back_on": "2027-04-01"},
    )
    revived = program.made(f"{path}/reopen/", {"at": "2026-10-03T09:00", "reason": "予算がついた"})
    won = program.made(f"{path}/win/", {"at": "2026-10-04T15:30", "amount": 500_000})

    assert [lost[name] for name in ("stage", "lost_kind", "lost_reason", "comes_back_on", "closed_at")] == [
        "lost", "not_now", reason, "2027-04-01", "2026-10-02T00:00:00+09:00",
    ]  # fmt: skip
    assert [revived[name] for name in ("stage", "lost_kind", "lost_reason", "closed_at")] == [
        "prospect",
        None,
        None,
        None,
    ]
    assert [won[name] for name in ("stage", "amount", "closed_at")] == [
        "won",
        500_000,
        "2026-10-04T15:30:00+09:00",
    ]


@pytest.mark.parametrize("word", ["on", "at"])
@pytest.mark.parametrize(
    ("given", "meant"),
    [("2026-10-04", "2026-10-04T00:00:00+09:00"), ("2026-10-04T15:30", "2026-10-04T15:30:00+09:00")],
)
def test_a_deal_is_won_on_a_day_or_at_a_moment(program, rep, company, word, given, meant):
    deal = program.made("deals/", {"company": "C1", "owner": str(rep.pk), "opened_at": "2026-10-01"})

    won = program.made(f"deals/{deal['id']}/win/", {word: given, "amount": 500_000})

    assert won["closed_at"] == meant


def test_history_reads_as_it_is_written(program, rep, company):
    reason = program.get("lost-reasons/").json()["results"][0]["id"]
    deal = program.made("deals/", {"company": "C1", "owner": str(rep.pk), "opened_at": "2026-08-01"})
    rows = [
        {"at": "2026-08-02T10:00:00+09:00", "plan": "基本", "amount": 100},
        {"at": "2026-08-03T10:00:00+09:00", "expected_month": "2026-09", "rank": "sure", "buyer_stage": "deciding"},
        {
            "at": "2026-08-04T10:00:00+09:00", "stage": "lost", "lost_kind": "not_now", "reason": reason,
            "comes_back_on": "2027-01-01",
        },
        {
            "at": "2026-08-05T10:00:00+09:00", "stage": "open", "lost_kind": None, "reason": None, "comes_back_on": None,
        },
        {"at": "2026-08-06T10:00:00+09:00", "plan": "", "next_action": "電話", "next_action_on": "2027-01-10"},
    ]  # fmt: skip
    path = f"deals/{deal['id']}/history/"

    told = program.made(path, rows)

    opening = {"at": "2026-08-01T00:00:00+09:00", "company": company["id"], "owner": str(rep.pk)}
    assert told == {"results": [opening, *rows], "next": None}
    assert program.made(path, [opening, *rows]) == told
    assert program.get(path).json() == told
    assert program.get(f"deals/{deal['id']}/").json()["stage"] == "topic"


def test_one_row_of_history_needs_no_list(program, rep, company):
    deal = program.made("deals/", {"company": "C1", "owner": str(rep.pk), "opened_at": "2026-08-01"})

    told = program.made(f"deals/{deal['id']}/history/", {"at": "2026-08-02", "plan": "基本"})

    assert told["results"][1:] == [{"at": "2026-08-02T00:00:00+09:00", "plan": "基本"}]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"at": "2026-07-31T23:59", "plan": "x"}, 409),
        ({"at": "2126-08-02", "plan": "x"}, 409),
        ({"at": "2026-08-02"}, 400),
        ({"plan": "x"}, 400),
        ({"at": "2026-08-02", "lost_kind": "never"}, 400),
        ({"at": "2026-08-02", "stage": "lost", "lost_kind": "not_now"}, 400),
        ({"at": "2026-08-02", "stage": "topic"}, 400),
        ({"at": "2026-08-02", "outcome": "won"}, 400),
    ],
)
def test_history_that_cannot_have_been_is_refused_whole(program, rep, company, row, status):
    deal = program.made("deals/", {"company": "C1", "owner": str(rep.pk), "opened_at": "2026-08-01"})
    path = f"deals/{deal['id']}/history/"

    assert program.post(path, [{"at": "2026-08-03", "plan": "基本"}, row]).status_code == status
    assert len(program.get(path).json()["results"]) == 1


def test_a_deal_in_the_trash_is_gone(program, rep, company):
    deal = program.made("deals/", {"company": "C1", "owner": str(rep.pk)})

    assert program.delete(f"deals/{deal['id']}/").status_code == 204

    assert program.get("deals/").json()["results"] == []
    assert Deal.objects.get(pk=deal["id"]).trashed_at is not None


def test_the_summary_credits_the_team_that_one_was_in_on_the_day(program, company):
    above = program.made("teams/", {"name": "営業部"})
    below = program.made("teams/", {"name": "営業一課", "parent": above["id"]})
    rep = program.made("users/", {"name": "異動した人", "roles": ["field_sales"], "team": below["id"]})
    moved = {"version": rep["version"], "team": above["id"], "team_from": "2026-09-01"}
    assert program.patch(f"users/{rep['id']}/", moved).json()["team"] == above["id"]
    reason = program.get("lost-reasons/").json()["results"][0]["id"]
    for day, amount in (("2026-08-31", 100), ("2026-09-01", 200), ("2026-09-02", None)):
        deal = {"company": "C1", "owner": rep["id"], "plan": "基本", "opened_at": "2026-08-01"}
        path = f"deals/{program.made('deals/', deal)['id']}"
        if amount:
            program.made(f"{path}/win/", {"on": day, "amount": amount})
        else:
            program.made(f"{path}/lose/", {"on": day, "kind": "never", "reason": reason})

    def summary(by: str, **months) -> list[dict]:
        asked = "".join(f"&{name}={month}" for name, month in months.items())
        return program.get(f"deals/summary/?by={by}{asked}").json()["results"]

    def row(key, name, won, lost, amount) -> dict:
        rate = {"num": won, "den": won + lost}
        return {"key": key, "name": name, "won": won, "lost": lost, "win_rate": rate, "won_amount": amount}

    assert summary("team") == [row(below["id"], "営業一課", 1, 0, 100), row(above["id"], "営業部", 2, 1, 300)]
    assert summary("owner") == [row(rep["id"], "異動した人", 2, 1, 300)]
    assert summary("plan", **{"from": "2026-09"}) == [row("基本", "基本", 1, 1, 200)]
    assert summary("plan", to="2026-08") == [row("基本", "基本", 1, 0, 100)]


def test_a_monthly_goal_is_set_and_set_again(program, rep):
    goal = {"rep": str(rep.pk), "month": "2026-10", "targets": {"sales": 1_000_000, "visits": 20}}
    none = dict.fromkeys(("sales", "orders", "new_deals", "new_topics", "visits", "follows", "list_size"))

    first = program.post("goals/monthly/", goal | {"benchmarks": {"sure_count": 3}})
    again = program.post("goals/monthly/", goal | {"targets": {"visits": None, "orders": 4}})

    assert (first.status_code, again.status_code) == (201, 200)
    assert facts(first.json()) == {
        **goal, "targets": none | {"sales": 1_000_000, "visits": 20}, "benchmarks": {"sure_count": 3},
    }  # fmt: skip
    assert again.json()["targets"] == none | {"sales": 1_000_000, "orders": 4}
    assert again.json()["benchmarks"] == {"sure_count": 3}
    assert program.get(f"goals/monthly/?rep={rep.pk}&from=2026-10&to=2026-10").json()["results"] == [
        again.json()
    ]


@pytest.mark.parametrize(
    "wrong", [{"targets": {"luck": 1}}, {"benchmarks": {"attainment": 1}}, {"targets": 5}]
)
def test_a_goal_for_what_has_none_is_refused(program, rep, wrong):
    assert program.post("goals/monthly/", {"rep": str(rep.pk), "month": "2026-10"} | wrong).status_code == 400


def test_a_user_changes_roles_and_is_stopped_and_brought_back(program):
    made = program.made("users/", {"name": "新人", "email": "New@Test.Example", "roles": ["inside_sales"]})
    path = f"users/{made['id']}/"

    promoted = program.patch(path, {"version": 1, "roles": ["manager", "field_sales"]}).json()
    stopped = program.patch(path, {"version": promoted["version"], "active": False}).json()
    back = program.patch(path, {"version": stopped["version"], "active": True}).json()

    assert facts(made) == {
        "name": "新人", "reading": "", "email": "new@test.example", "roles": ["inside_sales"], "team": None,
        "grade": None, "language": "", "active": True, "external_id": None, "source": "",
    }  # fmt: skip
    assert promoted["roles"] == ["manager", "field_sales"]
    assert (stopped["active"], back["active"]) == (False, True)


def test_a_grade_is_given_from_a_day_on(program, rep):
    grade = program.get("grades/").json()["results"][0]["id"]

    given = {"version": program.get(f"users/{rep.pk}/").json()["version"], "grade": grade}

    assert program.patch(f"users/{rep.pk}/", given | {"grade_from": "2026-04-01"}).json()["grade"] == grade


def test_a_lost_reason_is_added_and_retired(program):
    made = program.made("lost-reasons/", {"label": "連絡がとれない", "cause": "selling"})

    retired = program.patch(f"lost-reasons/{made['id']}/", {"version": 1, "retired": True}).json()

    assert facts(made) == {"label": "連絡がとれない", "cause": "selling", "retired": False}
    assert facts(retired) == {"label": "連絡がとれない", "cause": "selling", "retired": True}
    assert program.get("lost-reasons/?retired=true").json()["results"] == [retired]


def test_a_plan_is_offered_changed_and_retired(program):
    made = program.made("plans/", {"name": "基本プラン", "price": 600_000})

    changed = program.patch(f"plans/{made['id']}/", {"version": 1, "price": 650_000, "retired": True}).json()

    assert facts(made) == {"name": "基本プラン", "price": 600_000, "retired": False}
    assert facts(changed) == {"name": "基本プラン", "price": 650_000, "retired": True}
    assert program.get("plans/?retired=false").json()["results"] == []


def test_a_kind_of_issue_is_added_changed_and_retired(program):
    made = program.made("issue-kinds/", {"label": "保守", "words": "故障 修理"})

    given = {"version": 1, "words": "故障", "retired": True}
    changed = program.patch(f"issue-kinds/{made['id']}/", given).json()

    assert facts(made) == {"label": "保守", "words": "故障 修理", "retired": False}
    assert facts(changed) == {"label": "保守", "words": "故障", "retired": True}
    assert program.get("issue-kinds/?retired=true").json()["results"] == [changed]


@pytest.fixture
def own_visit(alpha, rep):
    """A rep's program, and the address of a visit of theirs."""
    return Program(alpha, rep), f"visits/{factories.make_visit(rep).pk}/pre-report/"


def test_expected_issues_are_given_their_kinds(own_visit):
    program, path = own_visit
    kind = program.get("issue-kinds/").json()["results"][0]["id"]
    before = {"goal": "聞く", "issues": ["費用", "時期"], "kinds": [{"text": "費用", "kind": kind}]}

    said = program.put(path, before).json()["kinds"]
    kept = program.put(path, {"goal": "聞く", "issues": ["費用"]}).json()["kinds"]
    taken = {"goal": "聞く", "issues": ["費用"], "kinds": [{"text": "費用", "kind": None}]}

    assert said == [{"text": "費用", "kind": kind}, {"text": "時期", "kind": None}]
    assert kept == [{"text": "費用", "kind": kind}]
    assert program.put(path, taken).json()["kinds"] == [{"text": "費用", "kind": None}]


def test_a_kind_of_an_issue_that_nobody_expects_is_refused(own_visit):
    program, path = own_visit
    given = {"goal": "聞く", "issues": [], "kinds": [{"text": "費用", "kind": None}]}

    refused = program.put(path, given)

    assert (refused.status_code, [fault["field"] for fault in refused.json()["errors"]]) == (400, ["kinds"])


def test_a_list_is_read_page_by_page_whatever_is_added_meanwhile(program):
    names = [program.made("companies/", {"name": f"{n}社"})["name"] for n in range(5)]
    seen, address = [], "/api/v1/companies/?limit=2"

    while address:
        page = program.generic("GET", address).json()
        seen += [company["name"] for company in page["results"]]
        address = page["next"] and page["next"].removeprefix("http://alpha.localhost")

    assert seen == names


def make_rows(count: int, rep) -> None:
    for n in range(count):
        company = factories.make_company()
        contact = factories.make_contact(company)
        deal = factories.make_deal(rep, company=company)
        factories.make_follow(rep, company=company, contact=contact, deal=deal)
        factories.make_visit(
            rep, company=company, contacts=[contact], companions=[factories.make_user()], deal=deal
        )
        accounts.add_team(name=f"{n}の課", by=SYSTEM, at=timezone.now())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("companies/", 5), ("contacts/", 5), ("deals/", 5), ("follows/", 5), ("visits/", 7), ("users/", 5),
        ("teams/", 5), ("goals/monthly/", 5), ("grades/", 5), ("lost-reasons/", 5), ("plans/", 5),
        ("issue-kinds/", 5),
    ],
)  # fmt: skip
def test_a_list_costs_the_same_however_long(program, rep, path, queries, count, django_assert_num_queries):
    make_rows(count, rep)

    with django_assert_num_queries(queries):
        answer = program.get(path)

    assert answer.status_code == 200
