"""When a daily report counts."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from apps.accounts.rules import WorkingTime


def counts(sent_at: datetime, day: date, time: WorkingTime, zone: tzinfo) -> bool:
    """Whether the report of that day was sent by the close of the next working day."""
    return sent_at <= time.closes_on(time.next_day(day), zone)
