"""Working days and office hours, from which everything in the demo takes its time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date, datetime, time, timedelta, tzinfo
from random import Random

from apps.accounts.rules import WorkingTime
from apps.base.month import Month

MEETINGS = [time(9, 30), time(11), time(13, 30), time(15), time(16, 30)]
MOST_A_DAY = 3


class Diary:
    def __init__(self, rng: Random, working: WorkingTime, zone: tzinfo, first: date, last: date) -> None:
        self.rng, self.zone = rng, zone
        self.days = list(working.days(first, last))
        self._met: defaultdict[tuple[int, date], set[time]] = defaultdict(set)

    def on_or_after(self, day: date, later: int = 0) -> date:
        """The working day on or after `day`, or so many working days later."""
        return self.days[min(bisect_left(self.days, day) + later, len(self.days) - 1)]

    def on_or_before(self, day: date, earlier: int = 0) -> date:
        return self.days[max(bisect_right(self.days, day) - 1 - earlier, 0)]

    def days_of(self, month: Month) -> list[date]:
        return self.days[
            bisect_left(self.days, month.first_day) : bisect_left(self.days, (month + 1).first_day)
        ]

    def moment(self, day: date, first: int = 9, last: int = 17) -> datetime:
        """Some minute of the day's office hours, not of the lunch break."""
        hour = self.rng.choice([hour for hour in range(first, last + 1) if hour != 12])
        return datetime.combine(day, time(hour, self.rng.randint(1, 58)), self.zone)

    def meeting(self, seat: int, day: date) -> datetime:
        """A free hour for a visit on the first day from `day` on that has one; then it is taken."""
        day = self.on_or_after(day)
        while len(met := self._met[seat, day]) >= MOST_A_DAY:
            day = self.on_or_after(day + timedelta(days=1))
        hour = self.rng.choice([hour for hour in MEETINGS if hour not in met])
        met.add(hour)
        return datetime.combine(day, hour, self.zone)

    def closes(self, day: date) -> datetime:
        return datetime.combine(day, time(18, 30), self.zone)
