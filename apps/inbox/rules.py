"""How much of the time that a browser reports counts as input, and how days add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

OFFLINE_AT_MOST = timedelta(minutes=10)
NONE = timedelta(0)


@dataclass(frozen=True)
class Counted:
    """Time that counts already, and when its form was sent: it lay before that."""

    sent_at: datetime
    time: timedelta


def input_time(
    said: timedelta, *, opened_at: datetime, sent_at: datetime, others: Iterable[Counted] = ()
) -> timedelta:
    """What counts of the time that the browser says: never more than lies between opening and sending, nor what
    others count of that stretch already. Of one sent after the opening, as much as fits lay after it.
    """
    later = [other for other in others if other.sent_at > opened_at]
    taken = sum((min(other.time, other.sent_at - opened_at) for other in later), NONE)
    return max(NONE, min(said, sent_at - opened_at - taken))


def offline_time(said: timedelta, *, before: timedelta) -> timedelta:
    """The same of a form opened without the server, whose clock nobody signed. `before`: what it counts already."""
    return max(NONE, min(said, OFFLINE_AT_MOST - before))


@dataclass(frozen=True)
class Spent:
    """Input from a day on: how long it took, how many records it went to, on how many days."""

    on: date
    time: timedelta = NONE
    records: int = 0
    days: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.on, self.time + other.time, self.records + other.records, self.days + other.days)

    @property
    def per_day(self) -> timedelta | None:
        return self.time / self.days if self.days else None

    @property
    def per_record(self) -> timedelta | None:
        return self.time / self.records if self.records else None


def days_back(spent: Mapping[date, Spent], *, today: date, count: int) -> list[Spent]:
    """Each of the last days, today first, those without input among them."""
    days = (today - timedelta(days=n) for n in range(count))
    return [spent.get(day, Spent(day)) for day in days]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks_back(spent: Mapping[date, Spent], *, today: date, count: int) -> list[Spent]:
    """Each of the last weeks by its Monday, the running one first."""
    mondays = [monday_of(today) - timedelta(weeks=n) for n in range(count)]
    return [
        sum((spent[day] for day in sorted(spent) if monday_of(day) == monday), Spent(monday))
        for monday in mondays
    ]
