"""What the demo's reps are expected to do: targets by season, benchmarks of a normal month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apps.accounts.models import SYSTEM
from apps.base.month import Month
from apps.goals import operations
from apps.integrations.demo.people import Seat

SEASON = {
    1: 0.8,
    2: 1.05,
    3: 1.5,
    4: 0.8,
    5: 0.85,
    6: 1.1,
    7: 0.9,
    8: 0.75,
    9: 1.35,
    10: 0.95,
    11: 1.0,
    12: 1.05,
}
LIST_SIZE = 45
STEP = 50_000
"""Targets are whole steps of this many yen."""


def target_of(seat: Seat, month: Month) -> int:
    return round(seat.sales * SEASON[month.month] / STEP) * STEP


def orders_of(seat: Seat, month: Month) -> int:
    return max(1, round(target_of(seat, month) / seat.unit_price))


def set_goals(seats: Sequence[Seat], months: Sequence[Month], *, now: datetime) -> int:
    """For whoever holds the seat on the month's first day. Returns how many."""
    for seat in seats:
        for month in months:
            operations.set_monthly_goal(
                seat.holder(month.first_day),
                month=month,
                targets=_targets(seat, month),
                benchmarks=_benchmarks(seat, month),
                by=SYSTEM,
                at=now,
            )
    return len(seats) * len(months)


def _targets(seat: Seat, month: Month) -> dict[str, int]:
    does = {"visits": seat.visits, "follows": seat.follows}
    if not seat.sells:
        return does
    orders = orders_of(seat, month)
    return does | {
        "sales": target_of(seat, month),
        "orders": orders,
        "new_deals": round(orders * 2.5),
        "new_topics": orders * 5,
        "list_size": LIST_SIZE,
    }


def _benchmarks(seat: Seat, month: Month) -> dict[str, int]:
    does = {"visit_count": seat.visits, "follow_count": seat.follows}
    if not seat.sells:
        return does
    orders = orders_of(seat, month)
    return does | {
        "sales": target_of(seat, month),
        "orders": orders,
        "opening_deal_count": orders + 1,
        "sure_count": max(1, orders // 2),
        "likely_count": orders,
        "topic_count": orders,
        "lost_count": orders * 3,
    }
