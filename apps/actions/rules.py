"""What stands on a day's page, as arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from apps.accounts.rules import WorkingTime

STILL_AFTER = 14
"""Days without a touch after which an open deal stands still: フォロー中のまま停止 of domain.md."""

BUYING_WITHIN = timedelta(days=60)

ROWS = 8
"""As many things to do as the page names; the rest are counted and linked."""


def seated(counts: Sequence[int], shares: Sequence[int], *, most: int = ROWS) -> list[int]:
    """How many of each kind stand on the page: its share, then what the others left, in the order of the kinds."""
    seats = [min(count, share) for count, share in zip(counts, shares, strict=True)]
    for kind, count in enumerate(counts):
        seats[kind] += min(count - seats[kind], most - sum(seats))
    return seats


def stands_still(*, silent_days: int, has_next_action: bool) -> bool:
    """Whether an open deal is one of フォロー中のまま停止."""
    return silent_days >= STILL_AFTER or not has_next_action


def late_since(time: WorkingTime, today: date) -> date:
    """Leads that were listed on this day or before are late today: one working day was theirs (domain.md, SLA)."""
    day = today - timedelta(days=1)
    while time.next_day(day) >= today:
        day -= timedelta(days=1)
    return day


def buying_begins(months: Sequence[int], *, today: date) -> date | None:
    """The first day of the next of these months of the year that begins within 60 days after today."""
    first_days = (date(today.year + later, month, 1) for later in (0, 1) for month in months)
    return min((day for day in first_days if today < day <= today + BUYING_WITHIN), default=None)


def months_within(today: date) -> list[int]:
    """The months of the year that begin within 60 days after today."""
    return [month for month in range(1, 13) if buying_begins([month], today=today)]


@dataclass(frozen=True)
class Pace:
    """One measure of the month: what is done of the target, held against how much of the month is gone."""

    done: int
    target: int | None
    elapsed: Fraction

    @property
    def percent(self) -> int:
        return self.done * 100 // self.target if self.target else 0

    @property
    def is_low(self) -> bool:
        """Below 80 % of the pace."""
        return bool(self.target) and Fraction(self.done, self.target or 1) < self.elapsed * Fraction(4, 5)
