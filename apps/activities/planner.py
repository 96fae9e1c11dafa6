"""予定表 — visits in the days and hours in which they are agreed. Plain values in and out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any

from django.utils.timezone import localdate, localtime

from apps.accounts.rules import WorkingTime
from apps.base.month import Month

VIEWS = ("month", "week", "day")
WEEK = timedelta(days=7)
LANES = {"month": 0, "week": 3, "day": 6}
"""So many visits at the same time can be read beside each other; more stand below each other."""


@dataclass(frozen=True)
class Stay:
    """A visit as it is drawn over its hours: in quarters of an hour, in a lane beside what is at the same time."""

    visit: Any
    begins: int
    ends: int
    lane: int = 0
    lanes: int = 1

    @property
    def quarter(self) -> int:
        """The quarter of its first hour in which it begins."""
        return self.begins % 4

    @property
    def hours(self) -> int:
        return (self.ends - self.begins) // 4

    @property
    def quarters(self) -> int:
        """What it lasts beyond its full hours."""
        return (self.ends - self.begins) % 4


@dataclass(frozen=True)
class Hour:
    """An hour of a day, and the visits that begin in it."""

    at: datetime
    """In the tenant's zone, without it: as a field for a moment is given."""
    stays: Sequence[Stay]
    is_working: bool
    is_free: bool


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
    stays = {on: stays_of(of) for on, of in by_day.items()}
    hours = [] if view == "month" else _hours([stay for of in stays.values() for stay in of], working)
    first, last = span(view, on)
    return [
        _day(first + timedelta(days=n), by_day, stays, hours, working, holidays)
        for n in range((last - first).days + 1)
    ]


def stays_of(visits: Iterable[Any]) -> list[Stay]:
    """The visits of a day in lanes: what is at the same time stands side by side, and shares the width."""
    stays: list[Stay] = []
    together: list[Stay] = []
    ends: list[int] = []
    for stay in sorted((_stay(visit) for visit in visits), key=lambda stay: stay.begins):
        if stay.begins >= max(ends, default=0):
            stays += [replace(of, lanes=len(ends)) for of in together]
            together, ends = [], []
        lane = next((n for n, until in enumerate(ends) if until <= stay.begins), len(ends))
        ends[lane : lane + 1] = [stay.ends]
        together.append(replace(stay, lane=lane))
    return stays + [replace(of, lanes=len(ends)) for of in together]


def _stay(visit: Any) -> Stay:
    """At least half an hour, or it could not be read; a visit of unknown end is drawn as an hour."""
    begins = localtime(visit.starts_at)
    first = begins.hour * 4 + begins.minute // 15
    minutes = ceil((visit.ends_at - visit.starts_at) / timedelta(minutes=1)) if visit.ends_at else 60
    last = ceil((begins.hour * 60 + begins.minute + minutes) / 15)
    return Stay(visit, first, min(max(last, first + 2), 96))


def is_legible(days: Iterable[Day], view: str) -> bool:
    """Whether no day of the view has more at the same time than can be read side by side."""
    lanes = (stay.lanes for day in days for hour in day.hours for stay in hour.stays)
    return max(lanes, default=0) <= LANES[view]


def _day(
    on: date,
    by_day: Mapping[date, Sequence[Any]],
    stays: Mapping[date, Sequence[Stay]],
    hours: Collection[int],
    working: WorkingTime,
    holidays: Mapping[date, str],
) -> Day:
    is_working = working.is_working_day(on)
    drawn = stays.get(on, [])
    return Day(
        on,
        by_day.get(on, []),
        is_working,
        holidays.get(on, ""),
        [
            Hour(
                datetime.combine(on, time(hour)),
                [stay for stay in drawn if stay.begins // 4 == hour],
                is_working and working.opens_at.hour <= hour < _closing(working),
                not any(stay.begins < hour * 4 + 4 and hour * 4 < stay.ends for stay in drawn),
            )
            for hour in hours
        ],
    )


def _closing(working: WorkingTime) -> int:
    """The first full hour at which nobody works any more."""
    return working.closes_at.hour + bool(working.closes_at.minute)


def _hours(stays: Collection[Stay], working: WorkingTime) -> range:
    """The working hours, and those in which a visit takes place all the same."""
    return range(
        min({working.opens_at.hour, *(stay.begins // 4 for stay in stays)}),
        max({_closing(working), *(ceil(stay.ends / 4) for stay in stays)}),
    )
