"""The API of follows, visits and their reports."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.deals import operations as deals
from tests import factories
from tests.integrations.api import Program, facts

pytestmark = pytest.mark.django_db


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


def test_a_report_is_taken_back_with_what_it_told_its_deal(alpha, rep):
    program, visit = (
        Program(alpha, rep),
        factories.make_visit(rep, starts_at=timezone.now() - timedelta(hours=1)),
    )
    deal = factories.make_deal(rep, company=visit.company, plan="基本")
    program.patch(f"visits/{visit.pk}/", {"deal": str(deal.pk), "version": 1})
    path = f"visits/{visit.pk}/post-report/"
    program.made(path, {"result": "聞けた", "learned": {"amount": 10_000}})

    answers = [program.delete(path), program.get(path), program.delete(path)]

    deal.refresh_from_db()
    assert [answer.status_code for answer in answers] == [204, 404, 409]
    assert (program.get(f"visits/{visit.pk}/").json()["status"], deal.amount) == ("planned", None)


def test_a_report_is_taken_back_by_its_author_while_nothing_followed(alpha, rep, admin):
    visit = factories.make_visit(rep, starts_at=timezone.now() - timedelta(hours=1))
    program, path = Program(alpha, rep), f"visits/{visit.pk}/post-report/"
    program.made(path, {"result": "聞けた"})
    by_other = Program(alpha, admin).delete(path)
    program.put(path, {"result": "直した"})

    assert (by_other.status_code, program.delete(path).status_code) == (403, 409)


def days_work(rep, number: int = 0):
    """Two calls, of which one came in, a visit and a deal that became one: on an October day."""
    at = datetime(2026, 10, 15, 11 + number, tzinfo=ZoneInfo("Asia/Tokyo"))
    deal = factories.make_deal(
        rep, company=factories.make_company(f"北浜{number}"), opened=at - timedelta(days=9)
    )
    factories.make_follow(rep, company=deal.company, outcome="connected", talk_seconds=600, happened_at=at)
    factories.make_follow(rep, company=deal.company, direction="in", outcome="connected", happened_at=at)
    visit = factories.make_visit(rep, company=deal.company, starts_at=at, status="done")
    deals.change_deal(deal, plan="基本", by=rep, at=at)
    return deal, visit


def test_what_a_day_held_is_read_before_its_report_is_sent(alpha, rep, colleague):
    deal, visit = days_work(rep)
    asked = f"daily-reports/day/?user={rep.pk}&on=2026-10-15"

    held = Program(alpha, colleague).get(asked).json()

    assert held["follows"] == [{"kind": "call", "outcome": "connected", "count": 1}]
    assert (held["answered"], held["talk_minutes"]) == (1, 10)
    assert [(met["visit"], met["name"], met["status"]) for met in held["visits"]] == [
        (str(visit.pk), "北浜0", "done")
    ]
    assert [(moved["deal"], moved["learned"]) for moved in held["moved"]] == [(str(deal.pk), ["プラン"])]
    assert Program(alpha, rep).get("daily-reports/day/").json() == {
        "follows": [], "answered": 0, "talk_minutes": 0, "visits": [], "moved": []
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_a_day_costs_the_same_however_full(alpha, rep, count, django_assert_num_queries):
    program = Program(alpha, rep)
    for number in range(count):
        days_work(rep, number)

    with django_assert_num_queries(7):
        assert len(program.get("daily-reports/day/?on=2026-10-15").json()["visits"]) == count


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
