"""The records behind each figure of the goal/process table, and what moved in its stocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from apps.activities import queries as activities
from apps.base.month import Month
from apps.deals.models import Deal
from apps.goals.vocabulary import Row
from apps.reviews.queries import StockKey, events_of, goals_of, rows_of, stocks_of
from apps.reviews.rules import CLOSING, OPENING
from apps.reviews.scope import Scope


@dataclass(frozen=True)
class Records:
    """What stands behind one cell: deals (Name), closings, activities or goals; `kind` says which."""

    kind: str
    rows: list[Any]


@dataclass(frozen=True)
class Detail:
    """What a deal is about and when it was touched last, as it stands now."""

    plan: str
    touched_at: datetime | None


def details(found: Records) -> dict[UUID, Detail]:
    """Of the deals behind a figure, as many as are shown."""
    shown = list(Deal.objects.filter(pk__in=[name.deal for name in found.rows[:RECORDS_SHOWN]]))
    touches = activities.last_touches(shown)
    return {deal.pk: Detail(deal.plan, touches.get(deal.pk)) for deal in shown}


@dataclass(frozen=True)
class Closing:
    """A win or loss that a figure counts."""

    deal: UUID
    company: str
    name: str
    owner: str
    at: datetime
    amount: int | None


@dataclass(frozen=True)
class Done:
    """A follow or visit that a figure counts."""

    pk: UUID
    company: str
    owner: str
    at: datetime


_STOCK_OF_ROW: dict[Row, tuple[str, str, str | None]] = {
    Row.OPENING_DEAL_AMOUNT: (OPENING, "deal", None),
    Row.OPENING_DEAL_COUNT: (OPENING, "deal", None),
    Row.SURE_AMOUNT: (CLOSING, "deal", "sure"),
    Row.SURE_COUNT: (CLOSING, "deal", "sure"),
    Row.SURE_NAMES: (CLOSING, "deal", "sure"),
    Row.LIKELY_AMOUNT: (CLOSING, "deal", "likely"),
    Row.LIKELY_COUNT: (CLOSING, "deal", "likely"),
    Row.LIKELY_NAMES: (CLOSING, "deal", "likely"),
    Row.TOPIC_AMOUNT: (CLOSING, "topic", None),
    Row.TOPIC_COUNT: (CLOSING, "topic", None),
    Row.TOPIC_NAMES: (CLOSING, "topic", None),
}
_WON_ROWS = (Row.SALES, Row.ORDERS, Row.UNIT_PRICE, Row.PER_HEAD, Row.ATTAINMENT)
RECORDS_SHOWN = 500


def records(
    scope: Scope,
    row: Row,
    *,
    months: Sequence[Month],
    undated: bool = False,
    also_undated: bool = False,
    as_of: datetime,
    zone: tzinfo,
) -> Records:
    """The records that the row's figure counts in these months as of the moment.

    `undated`: in 時期未定 instead; `also_undated`: there too, as the total of 話題 does.
    """
    if row in _STOCK_OF_ROW:
        kind, stage, rank = _STOCK_OF_ROW[row]
        stocks = stocks_of(scope, months, as_of, zone)
        keys: list[StockKey] = [] if undated else [(kind, month, stage, rank) for month in months]
        if undated or (also_undated and stage == "topic"):
            keys.append(("undated", None, stage, None))
        return Records("deals", [name for key in keys for name in stocks[key].names])
    if row in _WON_ROWS or row == Row.LOST_COUNT:
        return Records("closings", _closings(scope, row, months, as_of, zone))
    if row == Row.SALES_TARGET:
        return Records("goals", [goal for month in goals_of(scope, months).values() for goal in month])
    return Records("visits" if row == Row.VISIT_COUNT else "follows", _done(scope, row, months, as_of, zone))


# ── what moved in a stock since the month began ────────────────────────────────────────────────────

MOVES_SHOWN = 100


@dataclass(frozen=True)
class Standing:
    """Where a deal stood: `here` says that it counted in the row looked at."""

    stage: str
    rank: str
    amount: int | None
    month: Month | None
    here: bool


@dataclass(frozen=True)
class Move:
    """A change that brought a deal into a row, out of it, or changed what it counts there."""

    at: datetime
    deal: UUID
    company: str
    was: Standing | None
    now: Standing | None

    @property
    def gained(self) -> int:
        return sum(sign * (s.amount or 0) for sign, s in ((-1, self.was), (1, self.now)) if s and s.here)


_HERE = """(
    {s}.stage = %(stage)s AND %(rank)s IN ('', {s}.rank) AND {in_scope}
    AND ({s}.expected_month = ANY(%(months)s) OR (%(undated)s AND {s}.expected_month IS NULL))
)"""
_STANDING = "{s}.stage, {s}.rank, {s}.amount, {s}.expected_month, {here}"
_MOVES = """
    SELECT m.at, m.deal_id, c.name, {was}, {now}
    FROM (
        SELECT s.deal_id, s.valid_from AS at FROM deals_dealstate s
        WHERE {here} AND s.valid_from >= %(since)s AND s.valid_from <= %(as_of)s
        UNION
        SELECT s.deal_id, s.valid_until FROM deals_dealstate s
        WHERE {here} AND s.valid_until >= %(since)s AND s.valid_until <= %(as_of)s
    ) m
    JOIN deals_deal d ON d.id = m.deal_id
    JOIN customers_company c ON c.id = d.company_id
    LEFT JOIN deals_dealstate was ON was.deal_id = m.deal_id AND was.valid_until = m.at
    LEFT JOIN deals_dealstate now ON now.deal_id = m.deal_id AND now.valid_from = m.at
    WHERE (coalesce({was_here}, FALSE), was.amount) IS DISTINCT FROM (coalesce({now_here}, FALSE), now.amount)
    ORDER BY m.at DESC, c.name, m.deal_id LIMIT {most}
"""


def moves(
    scope: Scope, row: Row, *, months: Sequence[Month], undated: bool, as_of: datetime, zone: tzinfo
) -> list[Move]:
    """What changed in the row's stock from the running month's first moment up to `as_of`, oldest first.

    A closed month's stock moves no more, nor does what a month opened with.
    """
    running = Month.of(as_of.astimezone(zone))
    open_months = [month.first_day for month in months if month >= running]
    kind, stage, rank = _STOCK_OF_ROW.get(row, (OPENING, "", None))
    if kind == OPENING or not (open_months or undated):
        return []

    def here(alias: str) -> str:
        return _HERE.format(s=alias, in_scope=scope.sql(f"{alias}.owner_id", day.format(s=alias))[0])

    day = "({s}.valid_from AT TIME ZONE %(zone)s)::date"
    was, now = (_STANDING.format(s=alias, here=here(alias)) for alias in ("was", "now"))
    given = scope.sql("", "")[1] | {
        "stage": stage,
        "rank": rank or "",
        "months": open_months,
        "undated": undated and stage == "topic",
        "since": running.starts_at(zone),
        "as_of": as_of,
        "zone": str(zone),
    }
    places = {"here": here("s"), "was_here": here("was"), "now_here": here("now")}
    found = rows_of(_MOVES.format(was=was, now=now, most=MOVES_SHOWN, **places), given)
    return [Move(*row[:3], was=_standing(row[3:8]), now=_standing(row[8:])) for row in reversed(found)]


def _standing(columns: Sequence[Any]) -> Standing | None:
    stage, rank, amount, month, here = columns
    return Standing(stage, rank, amount, Month.of(month) if month else None, here) if stage else None


def _closings(
    scope: Scope, row: Row, months: Sequence[Month], as_of: datetime, zone: tzinfo
) -> list[Closing]:
    events, given = events_of(scope, months[0], months[-1], as_of, zone)
    kind = "lost" if row == Row.LOST_COUNT else "won"
    sql = f"""
        SELECT found.deal_id, c.name, d.name, coalesce(u.name, ''), found.at, found.amount
        FROM (SELECT e.* {events} AND e.kind = %(kind)s) found
        JOIN deals_deal d ON d.id = found.deal_id
        JOIN customers_company c ON c.id = d.company_id
        LEFT JOIN accounts_user u ON u.id = found.owner_id
        ORDER BY found.at DESC, found.id DESC LIMIT {RECORDS_SHOWN}
    """
    return [Closing(*found) for found in rows_of(sql, given | {"kind": kind})]


def _done(scope: Scope, row: Row, months: Sequence[Month], as_of: datetime, zone: tzinfo) -> list[Done]:
    table, at, day, counted = (
        ("activities_visit", "starts_at", "starts_on", "a.status = 'done'")
        if row == Row.VISIT_COUNT
        else ("activities_follow", "happened_at", "happened_on", "a.direction = 'out'")
    )
    in_scope, given = scope.sql("a.owner_id", f"a.{day}")
    sql = f"""
        SELECT a.id, c.name, coalesce(u.name, ''), a.{at}
        FROM {table} a
        JOIN customers_company c ON c.id = a.company_id
        LEFT JOIN accounts_user u ON u.id = a.owner_id
        WHERE a.{at} >= %(since)s AND a.{at} < %(before)s AND a.{at} <= %(as_of)s
          AND a.trashed_at IS NULL AND {counted} AND {in_scope}
        ORDER BY a.{at} DESC, a.id DESC LIMIT {RECORDS_SHOWN}
    """
    window = {"since": months[0].starts_at(zone), "before": months[-1].ends_at(zone), "as_of": as_of}
    return [Done(*found) for found in rows_of(sql, given | window)]
