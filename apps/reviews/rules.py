"""The goal/process table's arithmetic (domain.md, "The goal/process table"). Plain values; money in yen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any

from apps.base.month import Month
from apps.goals.vocabulary import UNITS, Row, Unit

INSTANT = timedelta(microseconds=1)
OPENING, CLOSING = "opening", "closing"


@dataclass(frozen=True)
class Ratio:
    """An exact rate or price, its parts kept as they were counted."""

    num: int
    den: int

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.num, self.den)


FLOOR = 30
"""As many as a rate needs to be shown; below, the facts stand alone."""


@dataclass(frozen=True)
class Tally:
    """What became of expected issues; those that nobody marked are counted apart."""

    as_expected: int = 0
    different: int = 0
    did_not_come_up: int = 0
    unmarked: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.as_expected + other.as_expected,
            self.different + other.different,
            self.did_not_come_up + other.did_not_come_up,
            self.unmarked + other.unmarked,
        )

    @property
    def n(self) -> int:
        return self.as_expected + self.different + self.did_not_come_up

    @property
    def rate(self) -> Ratio | None:
        """The share that came as expected, where there is enough to say so."""
        return Ratio(self.as_expected, self.n) if self.n >= FLOOR else None


@dataclass(frozen=True)
class Probe:
    """A month's column looked at a moment: changes up to and including `at` count. `day`: its local day."""

    kind: str
    month: Month
    at: datetime
    day: date


def probes(months: Sequence[Month], as_of: datetime, zone: tzinfo) -> Iterator[Probe]:
    """Each month at its first moment and at its end, or at `as_of` where that comes earlier.

    The state at a month's first moment or end counts the changes strictly before it: up to one instant before.
    """
    for month in months:
        for kind, boundary in ((OPENING, month.starts_at(zone)), (CLOSING, month.ends_at(zone))):
            at = boundary - INSTANT if boundary <= as_of else as_of
            yield Probe(kind, month, at, at.astimezone(zone).date())


@dataclass(frozen=True)
class Name:
    """An open deal in a cell. `amount` None: 金額未定."""

    deal: Any
    company: str
    amount: int | None


@dataclass(frozen=True)
class Fate:
    """Where a deal of a closed month stood next: won, lost, or open in another month (None: 時期未定)."""

    stage: str
    month: Month | None


@dataclass
class Stock:
    """The open deals of one cell."""

    names: list[Name] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return sum(name.amount or 0 for name in self.names)

    @property
    def count(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Figures:
    """What was found for one month, or for the deals without timing (stocks of topics only)."""

    opening: Stock = field(default_factory=Stock)
    sure: Stock = field(default_factory=Stock)
    likely: Stock = field(default_factory=Stock)
    topic: Stock = field(default_factory=Stock)
    sales: int = 0
    orders: int = 0
    lost: int = 0
    visits: int = 0
    follows: int = 0
    target: int | None = None
    people: int = 0


@dataclass(frozen=True)
class Line:
    """One row of the table. Values are whole numbers, Ratio, lists of Name, or None for "—"."""

    row: Row
    values: list[Any]
    total: Any
    undated: Any = None
    benchmark: Any = None

    @property
    def unit(self) -> Unit:
        return UNITS[self.row]


_COUNTED: dict[Row, Callable[[Figures], int]] = {
    Row.SALES: lambda f: f.sales,
    Row.ORDERS: lambda f: f.orders,
    Row.OPENING_DEAL_AMOUNT: lambda f: f.opening.amount,
    Row.OPENING_DEAL_COUNT: lambda f: f.opening.count,
    Row.SURE_AMOUNT: lambda f: f.sure.amount,
    Row.SURE_COUNT: lambda f: f.sure.count,
    Row.LIKELY_AMOUNT: lambda f: f.likely.amount,
    Row.LIKELY_COUNT: lambda f: f.likely.count,
    Row.TOPIC_AMOUNT: lambda f: f.topic.amount,
    Row.TOPIC_COUNT: lambda f: f.topic.count,
    Row.LOST_COUNT: lambda f: f.lost,
    Row.VISIT_COUNT: lambda f: f.visits,
    Row.FOLLOW_COUNT: lambda f: f.follows,
}
_NAMED: dict[Row, Callable[[Figures], list[Name]]] = {
    Row.SURE_NAMES: lambda f: f.sure.names,
    Row.LIKELY_NAMES: lambda f: f.likely.names,
    Row.TOPIC_NAMES: lambda f: f.topic.names,
}
_TOPICS = (Row.TOPIC_AMOUNT, Row.TOPIC_COUNT, Row.TOPIC_NAMES)


def lines(
    months: Sequence[Figures], undated: Figures, benchmarks: Mapping[str, Any], *, per_head: bool
) -> list[Line]:
    """The table's rows in their order; 頭数生産性 stands on team and organisation tables only."""
    return [_line(row, months, undated, benchmarks) for row in Row if per_head or row != Row.PER_HEAD]


def _line(row: Row, months: Sequence[Figures], undated: Figures, benchmarks: Mapping[str, Any]) -> Line:
    benchmark = _shown(benchmarks.get(row.value), UNITS[row])
    if row in _RATES:
        rate = _RATES[row]
        return Line(row, [rate([month]) for month in months], rate(months), benchmark=benchmark)
    if row == Row.SALES_TARGET:
        values = [month.target for month in months]
        return Line(row, values, sum_of_some(values), benchmark=benchmark)
    apart = row in _TOPICS
    if row in _NAMED:
        of = _NAMED[row]
        return Line(row, [of(month) for month in months], None, of(undated) if apart else None)
    count = _COUNTED[row]
    values = [count(month) for month in months]
    loose = count(undated) if apart else None
    return Line(row, values, sum(values) + (loose or 0), loose, benchmark)


def sum_of_some(values: Sequence[int | None]) -> int | None:
    """The sum of what is there; None where nothing is."""
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def _attainment(months: Sequence[Figures]) -> Ratio | None:
    return _ratio(sum(m.sales for m in months), sum_of_some([m.target for m in months]))


def _unit_price(months: Sequence[Figures]) -> Ratio | None:
    return _ratio(sum(m.sales for m in months), sum(m.orders for m in months))


def _per_head(months: Sequence[Figures]) -> Ratio | None:
    return _ratio(sum(m.sales for m in months), sum(m.people for m in months))


_RATES = {Row.ATTAINMENT: _attainment, Row.UNIT_PRICE: _unit_price, Row.PER_HEAD: _per_head}


def _ratio(num: int, den: int | None) -> Ratio | None:
    return Ratio(num, den) if den else None


def _shown(value: int | Fraction | None, unit: Unit) -> Any:
    if value is None or unit not in (Unit.RATE, Unit.YEN_EACH):
        return value
    exact = Fraction(value)
    return Ratio(exact.numerator, exact.denominator)


def half_up(value: Fraction) -> int:
    """Rounded half up, away from zero: how rates and prices are shown."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def fiscal_period(today: date, *, year_starts: int, length: int) -> list[Month]:
    """The months of the fiscal half (length 6) or year (12) that holds the day."""
    month = Month.of(today)
    return list((month - (month.month - year_starts) % length).range(length))


def as_asked(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """An `as_of` as people and programs write it; a bare date is the end of that day, the future is now.

    Without offset it is read in `zone`. Raises ValueError.
    """
    Month.of(date.fromisoformat(text[:10])).checked()
    if len(text) <= 10:
        day = date.fromisoformat(text)
        return min(datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1) - INSTANT, now)
    moment = datetime.fromisoformat(text)
    return min(moment if moment.tzinfo else moment.replace(tzinfo=zone), now)
