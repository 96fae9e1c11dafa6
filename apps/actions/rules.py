"""What stands on a day's page, as arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from apps.accounts.rules import WorkingTime
from apps.base.month import Month

STILL_AFTER = 14
"""Days without a touch after which an open deal stands still: フォロー中のまま停止 of domain.md."""

BUYING_WITHIN = timedelta(days=60)

ROWS = 8
"""As many things to do as the page names; the rest are counted and linked."""


def seated(counts: Sequence[int], shares: Sequence[int], *, most: int = ROWS) -> list[int]:
    """How many of each kind stand on the page: its share, then what the others left; the first kinds go first."""
    seats: list[int] = []
    for count, share in zip(counts, shares, strict=True):
        seats.append(min(count, share, most - sum(seats)))
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


def days_buying_begins(today: date) -> list[date]:
    """The first days of the months that begin within 60 days after today."""
    first_days = (Month.of(today) + later for later in (1, 2, 3))
    return [month.first_day for month in first_days if month.first_day <= today + BUYING_WITHIN]


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
