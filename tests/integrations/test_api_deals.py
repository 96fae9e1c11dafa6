"""The API of deals: their states, their ends and their histories."""

import pytest

from apps.deals.models import Deal
from tests.integrations.api import facts

pytestmark = pytest.mark.django_db


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
