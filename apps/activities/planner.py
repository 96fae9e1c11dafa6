"""予定表 — visits in the days and hours in which they are agreed. Plain values in and out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate, localtime

from apps.accounts.rules import WorkingTime
from apps.base.month import Month

VIEWS = ("month", "week", "day")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Hour:
    """An hour of a day, and the visits that begin in it."""

    at: datetime
    """In the tenant's zone, without it: as a field for a moment is given."""
    visits: Sequence[Any]
    is_working: bool


@dataclass(frozen=True)
class Day:
    on: date
    visits: Sequence[Any]
    is_working: bool
    holiday: str = ""
    hours: Sequence[Hour] = field(default=())


def span(view: str, on: date) -> tuple[date, date]:
    """The first and the last day that a view shows; a month stands in whole weeks, Monday first."""
    if view == "day":
        return on, on
    month = Month.of(on)
    first, last = (
        (month.first_day, (month + 1).first_day - timedelta(days=1)) if view == "month" else (on, on)
    )
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def beside(view: str, on: date) -> tuple[date, date]:
    """The day to turn back to, and the one to turn on to."""
    if view == "month":
        return (Month.of(on) - 1).first_day, (Month.of(on) + 1).first_day
    step = WEEK if view == "week" else timedelta(days=1)
    return on - step, on + step


def days_of(
    visits: Iterable[Any], view: str, on: date, *, working: WorkingTime, holidays: Mapping[date, str]
) -> list[Day]:
    """The days of the view, each with its visits; with hours, too, unless it is a month."""
    by_day = defaultdict(list)
    for visit in visits:
        by_day[localdate(visit.starts_at)].append(visit)
    hours = [] if view == "month" else _hours([v for of in by_day.values() for v in of], working)
    first, last = span(view, on)
    return [
        _day(first + timedelta(days=n), by_day, hours, working, holidays)
        for n in range((last - first).days + 1)
    ]


def _day(
    on: date,
    by_day: Mapping[date, Sequence[Any]],
    hours: Collection[int],
    working: WorkingTime,
    holidays: Mapping[date, str],
) -> Day:
    is_working = working.is_working_day(on)
    visits = by_day.get(on, [])
    return Day(
        on,
        visits,
        is_working,
        holidays.get(on, ""),
        [
            Hour(
                datetime.combine(on, time(hour)),
                [visit for visit in visits if localtime(visit.starts_at).hour == hour],
                is_working and working.opens_at.hour <= hour < _closing(working),
            )
            for hour in hours
        ],
    )


def _closing(working: WorkingTime) -> int:
    """The first full hour at which nobody works any more."""
    return working.closes_at.hour + bool(working.closes_at.minute)


def _hours(visits: Iterable[Any], working: WorkingTime) -> range:
    """The working hours, and those in which a visit begins all the same."""
    begun = {localtime(visit.starts_at).hour for visit in visits}
    return range(min({working.opens_at.hour, *begun}), max({_closing(working), *(h + 1 for h in begun)}))
