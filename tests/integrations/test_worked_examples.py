"""Both worked examples of domain.md, entered through the API with their own times: every cell of the table."""

import pytest

from tests.integrations.api import Program

pytestmark = pytest.mark.django_db

MAN = 10_000
AUG, SEP, OCT = "2026-08", "2026-09", "2026-10"
CODES = [
    "sales_target", "sales", "attainment", "orders", "unit_price",
    "opening_deal_amount", "opening_deal_count",
    "sure_amount", "sure_count", "sure_names",
    "likely_amount", "likely_count", "likely_names",
    "topic_amount", "topic_count", "topic_names",
    "lost_count", "visit_count", "follow_count",
]  # fmt: skip


def a_rep(program, name: str, team: str) -> str:
    return program.made("users/", {"name": name, "roles": ["field_sales"], "team": team})["id"]


def at(day: str, time: str = "10:00") -> str:
    """A moment of 2026 without offset: the API reads it in the tenant's zone."""
    return f"2026-{day}T{time}"


def amounts(*man: int) -> list[int]:
    return [amount * MAN for amount in man]


def ratio(num: int, den: int) -> dict[str, int]:
    return {"num": num, "den": den}


def table(program, scope: str, *, since: str, months: int, as_of: str = "") -> dict:
    """The table by code: values, 時期未定 and total of each row; deals in cells by their company's name."""
    asked = f"board/?{scope}&from={since}&months={months}" + (f"&as_of={as_of}" if as_of else "")
    board = program.get(asked).json()
    assert [row["code"] for row in board["rows"]] == CODES
    rows = {
        row["code"]: ([told(v) for v in row["values"]], told(row["undated"]), told(row["total"]))
        for row in board["rows"]
    }
    return rows | {"past_due": told(board["past_due"])}


def told(value):
    return [(name["company"], name["amount"]) for name in value] if isinstance(value, list) else value


# ── example 1 ──────────────────────────────────────────────────────────────────────────────────────

FIRST_MONTHS = ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
FIRST_TARGETS = [500, 350, 610, 600, 400, 800]
FIRST_ORDERS = [[40, 40, 40], [40, 40], [50, 50], [50], [], []]


@pytest.fixture
def example_1(program, team) -> str:
    rep = a_rep(program, "一人", str(team.pk))
    company = program.made("companies/", {"name": "例の会社"})["id"]
    for month, target, orders in zip(FIRST_MONTHS, FIRST_TARGETS, FIRST_ORDERS, strict=True):
        goal = {"rep": rep, "month": month, "targets": {"sales": target * MAN}}
        program.made("goals/monthly/", goal)
        for amount in orders:
            deal = {"company": company, "owner": rep, "opened_at": f"{month}-01"}
            opened = program.made("deals/", deal)
            program.made(f"deals/{opened['id']}/win/", {"on": f"{month}-10", "amount": amount * MAN})
    return rep


@pytest.mark.parametrize("scope", ["rep", "team", "org"])
def test_example_1_stands_in_every_cell(program, team, example_1, scope):
    asked = {"rep": f"rep={example_1}", "team": f"team={team.pk}", "org": "org=1"}[scope]

    shown = table(program, asked, since="2026-04", months=6)

    none = ([0] * 6, None, 0)
    no_names = ([[]] * 6, None, None)
    sales, targets = amounts(120, 80, 100, 50, 0, 0), amounts(*FIRST_TARGETS)
    assert shown == {
        "sales_target": (targets, None, 3260 * MAN),
        "sales": (sales, None, 350 * MAN),
        "attainment": ([ratio(*pair) for pair in zip(sales, targets, strict=True)], None, ratio(350 * MAN, 3260 * MAN)),
        "orders": ([3, 2, 2, 1, 0, 0], None, 8),
        "unit_price": (
            [ratio(120 * MAN, 3), ratio(80 * MAN, 2), ratio(100 * MAN, 2), ratio(50 * MAN, 1), None, None],
            None,
            ratio(350 * MAN, 8),
        ),
        "opening_deal_amount": none,
        "opening_deal_count": none,
        "sure_amount": none,
        "sure_count": none,
        "sure_names": no_names,
        "likely_amount": none,
        "likely_count": none,
        "likely_names": no_names,
        "topic_amount": ([0] * 6, 0, 0),
        "topic_count": ([0] * 6, 0, 0),
        "topic_names": ([[]] * 6, [], None),
        "lost_count": none,
        "visit_count": none,
        "follow_count": none,
        "past_due": [],
    }  # fmt: skip


# ── example 2 ──────────────────────────────────────────────────────────────────────────────────────


class Entered:
    """Example 2 in the tenant, its deals entered in one of the two ways that the API has."""

    def __init__(self, program: Program, team: str, reason: str) -> None:
        self.program, self.reason = program, reason
        self.first, self.second = a_rep(program, "甲", team), a_rep(program, "乙", team)
        self.enter_deals()
        self.enter_activities()
        for month, sales in ((AUG, 100), (OCT, 200)):
            goal = {"rep": self.first, "month": month, "targets": {"sales": sales * MAN}}
            program.made("goals/monthly/", goal)

    def opened(self, name: str, when: str, **facts) -> dict:
        company = self.program.made("companies/", {"name": name, "external_id": name})
        deal = {"company": name, "owner": self.first, "opened_at": when, **facts}
        assert self.program.made("deals/", deal | {"external_id": name})["company"] == company["id"]
        return self.deal(name)

    def deal(self, name: str) -> dict:
        return self.program.get(f"deals/?external_id={name}").json()["results"][0]

    def enter_activities(self) -> None:
        for when in (at("08-20"), at("09-10", "14:00")):
            visit = {
                "company": "A",
                "owner": self.first,
                "kind": "on_site",
                "starts_at": when,
                "status": "done",
            }
            self.program.made("visits/", visit)
        for when in (at("08-03"), at("09-30", "23:59"), at("10-01", "00:00")):
            call = {"company": "A", "kind": "call", "direction": "out", "outcome": "connected"}
            self.program.made("follows/", call | {"owner": self.first, "happened_at": when})


class ByDeeds(Entered):
    """Each change as a deed of its own that says since when it is true."""

    def enter_deals(self) -> None:
        self.opened("A", at("08-03"), plan="基本")
        self.changed("A", at("08-20", "09:00"), amount=100 * MAN, expected_month=SEP)
        self.changed("A", at("09-10", "16:00"), rank="sure")
        self.done("A", "win", at=at("09-28", "11:00"), amount=120 * MAN)
        self.opened("B", at("08-05"), plan="基本", amount=60 * MAN)
        self.changed("B", at("09-16"), expected_month=OCT)
        self.opened("C", at("09-02"), amount=80 * MAN, expected_month=SEP)
        self.changed("C", at("10-05"), expected_month=OCT)
        self.opened("D", at("08-10"), plan="基本", amount=50 * MAN, expected_month=AUG)
        self.changed("D", at("08-25"), expected_month=SEP)
        self.done("D", "lose", at=at("09-04"), kind="never", reason=self.reason)
        self.done("D", "reopen", at=at("10-02"), reason="予算がついた")
        self.changed("D", at("10-02"), expected_month=OCT)
        self.opened("E", "2026-09-01", plan="基本", amount=40 * MAN, expected_month=SEP)
        self.changed("E", at("09-20"), owner=self.second)
        self.done("E", "win", at=at("09-30"), amount=40 * MAN)
        self.opened("F", at("08-20"), plan="基本", amount=30 * MAN, expected_month=AUG)
        self.done("F", "win", at=at("08-27"), amount=30 * MAN)
        self.done("F", "reopen", at=at("10-08"), reason="先方の都合")

    def changed(self, name: str, when: str, **facts) -> None:
        deal = self.deal(name)
        answer = self.program.patch(f"deals/{deal['id']}/", {"version": deal["version"], "at": when, **facts})
        assert answer.status_code == 200, answer.content.decode()

    def done(self, name: str, deed: str, **facts) -> None:
        self.program.made(f"deals/{self.deal(name)['id']}/{deed}/", facts)


class ByHistory(Entered):
    """Each deal at its opening, then all its later life as history."""

    def enter_deals(self) -> None:
        self.opened("A", at("08-03"), plan="基本")
        self.lived(
            "A",
            {"at": at("08-20", "09:00"), "amount": 100 * MAN, "expected_month": SEP},
            {"at": at("09-10", "16:00"), "rank": "sure"},
            {"at": at("09-28", "11:00"), "stage": "won", "amount": 120 * MAN},
        )
        self.opened("B", at("08-05"), plan="基本", amount=60 * MAN)
        self.lived("B", {"at": at("09-16"), "expected_month": OCT})
        self.opened("C", at("09-02"), amount=80 * MAN, expected_month=SEP)
        self.lived("C", {"at": at("10-05"), "expected_month": OCT})
        self.opened("D", at("08-10"), plan="基本", amount=50 * MAN, expected_month=AUG)
        self.lived(
            "D",
            {"at": at("08-25"), "expected_month": SEP},
            {"at": at("09-04"), "stage": "lost", "lost_kind": "never", "reason": self.reason},
            {"at": at("10-02"), "stage": "open", "expected_month": OCT},
        )
        self.opened("E", "2026-09-01", plan="基本", amount=40 * MAN, expected_month=SEP)
        self.lived("E", {"at": at("09-20"), "owner": self.second}, {"at": at("09-30"), "stage": "won"})
        self.opened("F", at("08-20"), plan="基本", amount=30 * MAN, expected_month=AUG)
        self.lived("F", {"at": at("08-27"), "stage": "won"}, {"at": at("10-08"), "stage": "open"})

    def lived(self, name: str, *rows: dict) -> None:
        self.program.made(f"deals/{self.deal(name)['id']}/history/", list(rows))


@pytest.fixture(params=[ByDeeds, ByHistory])
def example_2(request, program, team) -> Entered:
    reason = program.get("lost-reasons/").json()["results"][0]["id"]
    return request.param(program, str(team.pk), reason)


def late(*, sales: int, orders: int) -> dict:
    """2026-10-15 11:20 with this September: the example's own, or the organisation's with 乙's order."""
    return {
        "sales_target": ([100 * MAN, None, 200 * MAN], None, 300 * MAN),
        "sales": (amounts(0, sales, 0), None, sales * MAN),
        "attainment": ([ratio(0, 100 * MAN), None, ratio(0, 200 * MAN)], None, ratio(sales * MAN, 300 * MAN)),
        "orders": ([0, orders, 0], None, orders),
        "unit_price": ([None, ratio(sales * MAN, orders), None], None, ratio(sales * MAN, orders)),
        "opening_deal_amount": (amounts(0, 150, 60), None, 210 * MAN),
        "opening_deal_count": ([0, 2, 1], None, 3),
        "sure_amount": ([0, 0, 0], None, 0),
        "sure_count": ([0, 0, 0], None, 0),
        "sure_names": ([[], [], []], None, None),
        "likely_amount": (amounts(0, 0, 110), None, 110 * MAN),
        "likely_count": ([0, 0, 2], None, 2),
        "likely_names": ([[], [], [("B", 60 * MAN), ("D", 50 * MAN)]], None, None),
        "topic_amount": (amounts(0, 80, 80), 0, 160 * MAN),
        "topic_count": ([0, 1, 1], 0, 2),
        "topic_names": ([[], [("C", 80 * MAN)], [("C", 80 * MAN)]], [], None),
        "lost_count": ([0, 1, 0], None, 1),
        "visit_count": ([1, 1, 0], None, 2),
        "follow_count": ([1, 1, 1], None, 3),
        "past_due": [("F", 30 * MAN)],
    }


EARLY = {
    "sales_target": ([100 * MAN, None, 200 * MAN], None, 300 * MAN),
    "sales": (amounts(30, 0, 0), None, 30 * MAN),
    "attainment": (
        [ratio(30 * MAN, 100 * MAN), None, ratio(0, 200 * MAN)], None, ratio(30 * MAN, 300 * MAN),
    ),
    "orders": ([1, 0, 0], None, 1),
    "unit_price": ([ratio(30 * MAN, 1), None, None], None, ratio(30 * MAN, 1)),
    "opening_deal_amount": (amounts(0, 150, 0), None, 150 * MAN),
    "opening_deal_count": ([0, 2, 0], None, 2),
    "sure_amount": (amounts(0, 100, 0), None, 100 * MAN),
    "sure_count": ([0, 1, 0], None, 1),
    "sure_names": ([[], [("A", 100 * MAN)], []], None, None),
    "likely_amount": (amounts(0, 40, 0), None, 40 * MAN),
    "likely_count": ([0, 1, 0], None, 1),
    "likely_names": ([[], [("E", 40 * MAN)], []], None, None),
    "topic_amount": (amounts(0, 80, 0), 60 * MAN, 140 * MAN),
    "topic_count": ([0, 1, 0], 1, 2),
    "topic_names": ([[], [("C", 80 * MAN)], []], [("B", 60 * MAN)], None),
    "lost_count": ([0, 1, 0], None, 1),
    "visit_count": ([1, 1, 0], None, 2),
    "follow_count": ([1, 0, 0], None, 1),
    "past_due": [],
}  # fmt: skip


def test_example_2_stands_in_every_cell_of_the_rep_and_of_all(program, team, example_2):
    def shown(scope: str, as_of: str) -> dict:
        return table(program, scope, since=AUG, months=3, as_of=as_of)

    rep = f"rep={example_2.first}"
    assert shown(rep, "2026-10-15T11:20") == late(sales=120, orders=1)
    assert shown(rep, "2026-09-15T12:00") == EARLY
    for everybody in ("org=1", f"team={team.pk}"):
        assert shown(everybody, "2026-10-15T11:20") == late(sales=160, orders=2)
        assert shown(everybody, "2026-09-15T12:00") == EARLY


def test_what_was_handed_over_counts_for_the_new_owner(program, example_2):
    shown = table(program, f"rep={example_2.second}", since=AUG, months=3, as_of="2026-10-15T11:20")

    assert shown["sales"] == (amounts(0, 40, 0), None, 40 * MAN)
    assert shown["orders"] == ([0, 1, 0], None, 1)
    assert shown["attainment"] == ([None, None, None], None, None)
