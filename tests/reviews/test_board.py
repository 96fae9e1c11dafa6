import random
from datetime import UTC, datetime

import pytest

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.month import Month
from apps.customers import operations as customers
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.goals import operations as goals
from apps.goals.vocabulary import Row
from apps.reviews import behind, queries
from apps.reviews.rules import Ratio
from apps.reviews.scope import Scope
from tests.reviews.worked_example import EARLY, LATE, MAN, MONTHS, TOKYO, Example, laid_down, moment

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def example(db) -> Example:
    return laid_down()


def figures(scope: Scope, as_of: str) -> dict:
    """Each row as [Aug, Sep, Oct, 時期未定, total]; money in 万円, names as first letters."""
    board = queries.board(scope, months=MONTHS, as_of=moment(as_of), zone=TOKYO)
    return {
        line.row.value: [_short(v) for v in (*line.values, line.undated, line.total)] for line in board.lines
    }


def _short(value):
    if isinstance(value, list):
        return "".join(name.company for name in value)
    if isinstance(value, Ratio):
        return (value.num // MAN, value.den // MAN if value.den >= MAN else value.den)
    return value // MAN if value is not None and value >= MAN else value


def test_worked_example_2_as_of_15_october(example):
    assert figures(Scope(rep=example.first), LATE) == {
        "sales_target": [100, None, 200, None, 300],
        "sales": [0, 120, 0, None, 120],
        "attainment": [(0, 100), None, (0, 200), None, (120, 300)],
        "orders": [0, 1, 0, None, 1],
        "unit_price": [None, (120, 1), None, None, (120, 1)],
        "opening_deal_amount": [0, 150, 60, None, 210],
        "opening_deal_count": [0, 2, 1, None, 3],
        "sure_amount": [0, 0, 0, None, 0],
        "sure_count": [0, 0, 0, None, 0],
        "sure_names": ["", "", "", None, None],
        "likely_amount": [0, 0, 110, None, 110],
        "likely_count": [0, 0, 2, None, 2],
        "likely_names": ["", "", "BD", None, None],
        "topic_amount": [0, 80, 80, 0, 160],
        "topic_count": [0, 1, 1, 0, 2],
        "topic_names": ["", "C", "C", "", None],
        "lost_count": [0, 1, 0, None, 1],
        "visit_count": [1, 1, 0, None, 2],
        "follow_count": [1, 1, 1, None, 3],
    }


def test_worked_example_2_as_of_15_september(example):
    assert figures(Scope(rep=example.first), EARLY) == {
        "sales_target": [100, None, 200, None, 300],
        "sales": [30, 0, 0, None, 30],
        "attainment": [(30, 100), None, (0, 200), None, (30, 300)],
        "orders": [1, 0, 0, None, 1],
        "unit_price": [(30, 1), None, None, None, (30, 1)],
        "opening_deal_amount": [0, 150, 0, None, 150],
        "opening_deal_count": [0, 2, 0, None, 2],
        "sure_amount": [0, 100, 0, None, 100],
        "sure_count": [0, 1, 0, None, 1],
        "sure_names": ["", "A", "", None, None],
        "likely_amount": [0, 40, 0, None, 40],
        "likely_count": [0, 1, 0, None, 1],
        "likely_names": ["", "E", "", None, None],
        "topic_amount": [0, 80, 0, 60, 140],
        "topic_count": [0, 1, 0, 1, 2],
        "topic_names": ["", "C", "", "B", None],
        "lost_count": [0, 1, 0, None, 1],
        "visit_count": [1, 1, 0, None, 2],
        "follow_count": [1, 0, 0, None, 1],
    }


def test_an_open_deal_of_a_past_month_stands_below_the_table(example):
    late = queries.board(Scope(rep=example.first), months=MONTHS, as_of=moment(LATE), zone=TOKYO)
    early = queries.board(Scope(rep=example.first), months=MONTHS, as_of=moment(EARLY), zone=TOKYO)

    assert [(name.company, name.amount) for name in late.past_due] == [("F", 30 * MAN)]
    assert early.past_due == []


def test_a_team_and_the_organisation_hold_both_people(example):
    team = figures(Scope.of_team(example.team), LATE)

    assert team["sales"] == [0, 160, 0, None, 160]
    assert team["per_head"] == [(0, 1), None, (0, 1), None, (160, 2)]
    assert figures(Scope(), LATE) == team


def test_worked_example_1(db):
    given = {"by": SYSTEM, "at": NOW}
    rep = accounts.add_user(name="丙", email=None, roles=[Role.FIELD_SALES], **given)
    company = customers.add_company(name="例", **given)
    months = list(Month(2026, 4).range(6))
    for month, target in zip(months, (500, 350, 610, 600, 400, 800), strict=True):
        goals.set_monthly_goal(rep, month=month, targets={"sales": target * MAN}, **given)
    for month, sales, orders in zip(months, (120, 80, 100, 50), (3, 2, 2, 1), strict=False):
        for _ in range(orders):
            deal = deals.open_deal(company=company, owner=rep, opened=month.first_day, **given)
            deals.win(deal, on=month.first_day.replace(day=9), amount=sales * MAN // orders, **given)

    board = queries.board(Scope(rep=rep), months=months, as_of=NOW, zone=TOKYO)

    attainment, price = board.line(Row.ATTAINMENT), board.line(Row.UNIT_PRICE)
    assert [round(100 * rate.fraction) for rate in attainment.values] == [24, 23, 16, 8, 0, 0]
    assert attainment.total == Ratio(350 * MAN, 3260 * MAN)
    assert [p and p.fraction / MAN for p in price.values] == [40, 40, 50, 50, None, None]


def test_a_deal_counts_for_the_team_that_its_owner_was_in_at_that_moment(example):
    given = {"by": SYSTEM, "at": NOW}
    elsewhere = accounts.add_team(name="別の課", **given)
    accounts.move_to_team(example.first, team=elsewhere, from_on=datetime(2026, 9, 1).date(), **given)  # noqa: DTZ001

    assert figures(Scope.of_team(example.team), LATE)["sales"] == [0, 40, 0, None, 40]
    assert figures(Scope.of_team(elsewhere), LATE)["sales"] == [0, 120, 0, None, 120]
    assert figures(Scope.of_team(example.team), LATE)["follow_count"] == [1, 0, 0, None, 1]
    assert figures(Scope.of_team(elsewhere), LATE)["sales_target"] == [None, None, 200, None, 200]


def test_a_team_holds_its_sub_teams(example):
    given = {"by": SYSTEM, "at": NOW}
    above = accounts.add_team(name="部", **given)
    accounts.change_team(example.team, name="例の課", parent=above, **given)

    assert figures(Scope.of_team(above), LATE) == figures(Scope.of_team(example.team), LATE)


def test_a_trashed_deal_never_existed(example):
    before = figures(Scope(rep=example.first), LATE)
    deal = Deal.objects.get(company__name="A")
    trashed = deals.trash_deal(deal, by=SYSTEM, at=NOW)

    assert figures(Scope(rep=example.first), LATE)["sales"] == [0, 0, 0, None, 0]
    deals.restore_deal(trashed, by=SYSTEM, at=NOW)
    assert figures(Scope(rep=example.first), LATE) == before


@pytest.mark.parametrize(
    "row", [row for row in Row if row.value not in ("attainment", "unit_price", "per_head")]
)
def test_every_figure_opens_the_records_that_it_counts(example, row):
    for as_of in (moment(EARLY), moment(LATE)):
        scope = Scope(rep=example.first)
        line = queries.board(scope, months=MONTHS, as_of=as_of, zone=TOKYO).line(row)
        for month, value in zip(MONTHS, line.values, strict=True):
            found = behind.records(scope, row, months=[month], as_of=as_of, zone=TOKYO).rows
            assert _measured(row, found) == value


def _measured(row: Row, found: list):
    if row.value.endswith("names"):
        return found
    if row == Row.SALES_TARGET:
        return sum(goal.sales for goal in found) if found else None
    if row.value.endswith("amount") or row == Row.SALES:
        return sum(record.amount or 0 for record in found)
    return len(found)


def test_the_total_of_topics_opens_those_without_timing_too(example):
    scope, as_of = Scope(rep=example.first), moment(EARLY)

    found = behind.records(
        scope, Row.TOPIC_COUNT, months=MONTHS, also_undated=True, as_of=as_of, zone=TOKYO
    ).rows

    assert [name.company for name in found] == ["C", "B"]


def test_the_table_costs_the_same_however_much_it_shows(example, django_assert_num_queries):
    for scope in (Scope(rep=example.first), Scope.of_team(example.team), Scope()):
        for months in (MONTHS[:1], MONTHS, list(Month(2025, 1).range(24))):
            with django_assert_num_queries(4):
                queries.board(scope, months=months, as_of=NOW, zone=TOKYO)


def test_any_moment_shows_what_a_slow_reading_of_the_changes_shows(example):
    """The interval tables against the definition, month by month, at random moments."""
    from tests.reviews.slow_board import slow_stocks

    chance = random.Random(7)
    for _ in range(25):
        as_of = datetime.fromtimestamp(chance.uniform(1785500000, 1794000000), tz=UTC)
        board = queries.board(Scope(), months=MONTHS, as_of=as_of, zone=TOKYO)
        shown = {
            row: board.line(row).values
            for row in (Row.OPENING_DEAL_AMOUNT, Row.SURE_AMOUNT, Row.LIKELY_AMOUNT, Row.TOPIC_COUNT)
        }
        assert shown == slow_stocks(MONTHS, as_of)


def test_the_tables_of_people_are_the_table_of_each(example):
    asked = {"months": MONTHS, "as_of": moment(LATE), "zone": TOKYO}

    tables = queries.tables_of_people(Scope.of_team(example.team), **asked)

    assert tables == [queries.board(table.scope, **asked) for table in tables]
    assert [table.line(Row.SALES_TARGET).total for table in tables] != [None, None]


def test_the_goals_of_many_are_asked_for_once(example, django_assert_num_queries):
    scope = Scope.of_team(example.team)

    with django_assert_num_queries(2 + 3 * 2):
        queries.tables_of_people(scope, months=MONTHS, as_of=moment(LATE), zone=TOKYO)
