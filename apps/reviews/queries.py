"""The goal/process table of a rep, a team or the organisation, as of any moment.

Its cost does not grow with the years, nor a team's with the company: stocks come by indexes over expected month and
valid time, of a team by its people's, flows by one over (kind, time), activities from the daily roll-up and, for the
day of the moment itself, from that day's rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.base.month import Month
from apps.goals.models import MonthlyGoal
from apps.goals.rules import Benchmarks, completed, together
from apps.goals.vocabulary import Row, Unit
from apps.reviews import rules
from apps.reviews.rules import CLOSING, OPENING, Fate, Figures, Line, Name, Stock
from apps.reviews.scope import Scope

MOST_MONTHS = 24


@dataclass(frozen=True)
class Board:
    """目標・プロセス管理表 — `running` is the month of `as_of`; `benchmarks` stand by month."""

    scope: Scope
    as_of: datetime
    months: list[Month]
    running: Month
    lines: list[Line]
    past_due: list[Name]
    benchmarks: dict[Month, Benchmarks]

    def line(self, row: Row) -> Line:
        return next(line for line in self.lines if line.row == row)


Goals = dict[Month, list[MonthlyGoal]]


def board(
    scope: Scope, *, months: Sequence[Month], as_of: datetime, zone: tzinfo, goals: Goals | None = None
) -> Board:
    """The table of these consecutive months as of a moment that is not in the future; `goals`, if known already."""
    months = list(months)
    running = Month.of(as_of.astimezone(zone))
    stocks = stocks_of(scope, months, as_of, zone)
    flows = _flows(scope, months, as_of, zone)
    done = _activities(scope, months, as_of, zone)
    goals = goals or goals_of(scope, months)
    figures = [
        replace(
            Figures(**flows[month], **done[month]),
            opening=stocks[OPENING, month, "deal", None],
            sure=stocks[CLOSING, month, "deal", "sure"],
            likely=stocks[CLOSING, month, "deal", "likely"],
            topic=stocks[CLOSING, month, "topic", None],
            target=_target(goals[month]),
            people=sum(1 for goal in goals[month] if goal.sales),
        )
        for month in months
    ]
    benchmarks = {month: together(completed(goal.benchmarks) for goal in goals[month]) for month in months}
    if scope.is_person:
        benchmarks = {m: completed(goals[m][0].benchmarks) if goals[m] else {} for m in months}
    shown = benchmarks[running if running in benchmarks else months[-1]]
    undated = Figures(topic=stocks["undated", None, "topic", None])
    return Board(
        scope=scope,
        as_of=as_of,
        months=months,
        running=running,
        lines=rules.lines(figures, undated, shown, per_head=not scope.is_person),
        past_due=stocks["past_due", None, None, None].names,
        benchmarks=benchmarks,
    )


def _target(goals: Sequence[MonthlyGoal]) -> int | None:
    return rules.sum_of_some([goal.sales for goal in goals])


MOST_SHEETS = 40


def tables_of_people(scope: Scope, *, months: Sequence[Month], as_of: datetime, zone: tzinfo) -> list[Board]:
    """A table of each person who sells in the team or organisation at that moment; at most MOST_SHEETS."""
    people = accounts.reps()
    if scope.team:
        people = people.filter(pk__in=accounts.members(list(scope.teams), on=as_of.astimezone(zone).date()))
    shown = [] if scope.is_person else list(people[:MOST_SHEETS])
    goals = _goals_of_people(shown, months)
    return [
        board(Scope(rep=person), months=months, as_of=as_of, zone=zone, goals=goals[person.pk])
        for person in shown
    ]


# ── stocks ─────────────────────────────────────────────────────────────────────────────────────────

_STOCKS = """
    WITH probe AS (
        SELECT * FROM unnest(%(kinds)s::text[], %(months)s::date[], %(moments)s::timestamptz[], %(days)s::date[])
            AS p (kind, month, at, day)
    )
    SELECT p.kind, p.month, s.stage, s.rank, s.deal_id, s.amount, c.name, c.reading
    FROM probe p
    JOIN deals_dealstate s ON s.expected_month = p.month
    JOIN customers_company c ON c.id = s.company_id
    WHERE s.stage IN ('deal', 'topic') AND {true_at_probe} AND {in_scope}
    UNION ALL
    SELECT CASE WHEN s.expected_month IS NULL THEN 'undated' ELSE 'past_due' END, NULL,
           s.stage, s.rank, s.deal_id, s.amount, c.name, c.reading
    FROM (SELECT %(as_of)s::timestamptz AS at, %(today)s::date AS day) p
    JOIN deals_dealstate s ON (s.expected_month IS NULL AND s.stage = 'topic') OR s.expected_month < %(running)s::date
    JOIN customers_company c ON c.id = s.company_id
    WHERE s.stage IN ('deal', 'topic', 'prospect') AND {true_at_probe} AND {in_scope}
""".replace("{true_at_probe}", "s.valid_from <= p.at AND coalesce(s.valid_until, 'infinity') > p.at")

StockKey = tuple[str, Month | None, str | None, str | None]


def stocks_of(
    scope: Scope, months: Sequence[Month], as_of: datetime, zone: tzinfo
) -> defaultdict[StockKey, Stock]:
    """Open deals by (probe kind, month, stage, rank); openings, 話題 and what is apart have no rank in the key."""
    asked = list(rules.probes(months, as_of, zone))
    in_scope, given = scope.sql("s.owner_id", "p.day")
    today = as_of.astimezone(zone).date()
    rows = rows_of(
        _STOCKS.replace("{in_scope}", in_scope),
        given
        | {
            "kinds": [probe.kind for probe in asked],
            "months": [probe.month.first_day for probe in asked],
            "moments": [probe.at for probe in asked],
            "days": [probe.day for probe in asked],
            "as_of": as_of,
            "today": today,
            "running": today.replace(day=1),
        },
    )
    stocks: defaultdict[StockKey, Stock] = defaultdict(Stock)
    rows.sort(key=lambda row: (-(row[5] or 0), row[7] or row[6], row[4]))
    for kind, month, stage, rank, deal, amount, company, _reading in rows:
        stocks[_stock_key(kind, month, stage, rank)].names.append(Name(deal, company, amount or None))
    return stocks


def _stock_key(kind: str, month: date | None, stage: str, rank: str) -> StockKey:
    if kind == "past_due":
        return (kind, None, None, None)
    ranked = kind == CLOSING and stage == "deal"
    return (kind, Month.of(month) if month else None, stage, rank if ranked else None)


def rows_of(sql: str, given: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


# ── what became of former names ────────────────────────────────────────────────────────────────────

NAMES_SHOWN = 10
"""Names that a cell shows of a stock; the rest are "ほかn件"."""

_FATES = """
    SELECT p.deal, p.month, next.stage, next.expected_month
    FROM unnest(%(deals)s::uuid[], %(months)s::date[], %(ends)s::timestamptz[]) AS p (deal, month, ends)
    JOIN LATERAL (
        SELECT s.stage, s.expected_month FROM deals_dealstate s
        WHERE s.deal_id = p.deal AND s.valid_from >= p.ends AND s.valid_from <= %(as_of)s
          AND (s.stage IN ('won', 'lost') OR s.expected_month IS DISTINCT FROM p.month)
          AND (s.valid_until IS NULL OR s.valid_until > %(as_of)s
               OR date_trunc('month', s.valid_until AT TIME ZONE %(zone)s)
                  > date_trunc('month', s.valid_from AT TIME ZONE %(zone)s))
        ORDER BY s.valid_from LIMIT 1
    ) next ON TRUE
"""
"""The first other place at which a month's end, or the moment itself, found the deal."""

Fates = dict[tuple[Month, Any], Fate]


def fates(board: Board, *, zone: tzinfo) -> Fates:
    """What became, up to the table's moment, of the names that its closed months show."""
    shown = [
        (name.deal, month)
        for line in board.lines
        if line.unit == Unit.NAMES
        for month, names in zip(board.months, line.values, strict=True)
        if month < board.running
        for name in names[:NAMES_SHOWN]
    ]
    given = {
        "deals": [deal for deal, _month in shown],
        "months": [month.first_day for _deal, month in shown],
        "ends": [month.ends_at(zone) for _deal, month in shown],
        "as_of": board.as_of,
        "zone": str(zone),
    }
    return {
        (Month.of(month), deal): Fate(stage, Month.of(to) if to else None)
        for deal, month, stage, to in rows_of(_FATES, given)
    }


# ── flows ──────────────────────────────────────────────────────────────────────────────────────────

_EVENTS = """
    FROM deals_milestone e
    WHERE e.kind IN ('won', 'lost') AND e.at >= %(since)s AND e.at < %(before)s AND e.at <= %(as_of)s
      AND (e.kind = 'lost' OR e.until_at IS NULL OR e.until_at > %(as_of)s) AND {in_scope}
"""
"""A cancelled order counts until its cancellation; a loss stays counted though the deal was revived."""


def events_of(
    scope: Scope, first: Month, last: Month, as_of: datetime, zone: tzinfo
) -> tuple[str, dict[str, Any]]:
    in_scope, given = scope.sql("e.owner_id", "(e.at AT TIME ZONE %(zone)s)::date")
    window = {"since": first.starts_at(zone), "before": last.ends_at(zone), "as_of": as_of, "zone": str(zone)}
    return _EVENTS.replace("{in_scope}", in_scope), given | window


def _flows(
    scope: Scope, months: Sequence[Month], as_of: datetime, zone: tzinfo
) -> dict[Month, dict[str, int]]:
    events, given = events_of(scope, months[0], months[-1], as_of, zone)
    flows = {month: {"sales": 0, "orders": 0, "lost": 0} for month in months}
    month_of = "date_trunc('month', e.at AT TIME ZONE %(zone)s)::date"
    sql = f"SELECT {month_of}, e.kind, coalesce(sum(e.amount), 0), count(*), count(DISTINCT e.deal_id) {events} GROUP BY 1, 2"
    for month, kind, amount, events_counted, deals in rows_of(sql, given):
        found = flows[Month.of(month)]
        if kind == "won":
            found |= {"sales": int(amount), "orders": events_counted}
        else:
            found["lost"] = deals
    return flows


_REACHED = """
    SELECT e.kind, count(*) FROM deals_milestone e
    WHERE e.kind IN ('topic', 'deal') AND e.at >= %(since)s AND e.at < %(before)s AND e.at <= %(as_of)s AND {in_scope}
    GROUP BY 1
"""


def done_in(scope: Scope, month: Month, *, as_of: datetime, zone: tzinfo) -> dict[str, int]:
    """What flowed in the month up to the moment, by the names of the goal's targets."""
    flows = _flows(scope, [month], as_of, zone)[month]
    _events, given = events_of(scope, month, month, as_of, zone)
    in_scope, _given = scope.sql("e.owner_id", "(e.at AT TIME ZONE %(zone)s)::date")
    reached = dict(rows_of(_REACHED.replace("{in_scope}", in_scope), given))
    new = {"new_topics": reached.get("topic", 0), "new_deals": reached.get("deal", 0)}
    return flows | new | _activities(scope, [month], as_of, zone)[month]


# ── activities ─────────────────────────────────────────────────────────────────────────────────────

_DONE = """
    SELECT date_trunc('month', day)::date, sum(follows), sum(visits) FROM (
        SELECT owner_id, day, follows, visits FROM activities_daytally
        WHERE day >= %(first_day)s AND day < %(until_day)s
        UNION ALL
        SELECT owner_id, happened_on, 1, 0 FROM activities_follow
        WHERE happened_at BETWEEN %(since)s AND %(as_of)s AND direction = 'out' AND trashed_at IS NULL
        UNION ALL
        SELECT owner_id, starts_on, 0, 1 FROM activities_visit
        WHERE starts_at BETWEEN %(since)s AND %(as_of)s AND status = 'done' AND trashed_at IS NULL
    ) done WHERE {in_scope} GROUP BY 1
"""


def _activities(
    scope: Scope, months: Sequence[Month], as_of: datetime, zone: tzinfo
) -> dict[Month, dict[str, int]]:
    """Whole days from the roll-up; the day of `as_of`, if a month shows it, from its own rows up to the moment."""
    today = as_of.astimezone(zone).date()
    end = (months[-1] + 1).first_day
    in_scope, given = scope.sql("done.owner_id", "done.day")
    since = datetime.combine(today, time.min, zone)
    if not months[0].first_day <= today < end:
        since = as_of + rules.INSTANT  # none of this day's rows belong to a month that is shown
    given |= {"first_day": months[0].first_day, "until_day": min(end, today), "since": since, "as_of": as_of}
    found = {month: {"follows": 0, "visits": 0} for month in months}
    for month, follows, visits in rows_of(_DONE.replace("{in_scope}", in_scope), given):
        found[Month.of(month)] = {"follows": int(follows), "visits": int(visits)}
    return found


# ── goals ──────────────────────────────────────────────────────────────────────────────────────────


def goals_of(scope: Scope, months: Sequence[Month]) -> Goals:
    """Goals as they stand now; a team's are those of its members on the month's first day."""
    goals = MonthlyGoal.objects.filter(month__gte=months[0], month__lte=months[-1])
    if scope.rep:
        goals = goals.filter(rep=scope.rep)
    elif scope.team:
        goals = goals.filter(
            Q(rep__memberships__from_on__isnull=True) | Q(rep__memberships__from_on__lte=F("month")),
            Q(rep__memberships__until_on__isnull=True) | Q(rep__memberships__until_on__gte=F("month")),
            rep__memberships__team__in=scope.teams,
        )
    found: Goals = {month: [] for month in months}
    for goal in goals.select_related("rep").order_by("rep__reading", "rep"):
        found[goal.month].append(goal)
    return found


def _goals_of_people(people: Sequence[User], months: Sequence[Month]) -> dict[UUID, Goals]:
    """Each one's own, in one query."""
    found: dict[UUID, Goals] = {person.pk: {month: [] for month in months} for person in people}
    for goal in MonthlyGoal.objects.filter(rep__in=people, month__gte=months[0], month__lte=months[-1]):
        found[goal.rep_id][goal.month].append(goal)
    return found
