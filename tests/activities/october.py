"""A Thursday in October, and a rep's daily reports around it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from apps.base.models import new_id

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 17, 50, tzinfo=JST)
"""A Thursday; the Monday before is a holiday."""
TODAY = NOW.date()


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=JST)


def here_since(user, day: int) -> None:
    type(user).objects.filter(pk=user.pk).update(created_at=at(day))
    user.refresh_from_db()


def send(browser, *, day: date = TODAY, **words):
    return browser.post(reverse("activities:daily"), {"key": str(new_id()), "day": day.isoformat()} | words)
