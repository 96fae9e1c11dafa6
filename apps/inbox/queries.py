"""Every question about what reaches a person."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Sum

from apps.inbox.models import FormUse
from apps.inbox.rules import Spent


def input_by_day(user_id: UUID, *, since: date) -> dict[date, Spent]:
    """The person's days on which they typed something in."""
    uses = FormUse.objects.filter(user_id=user_id, on__gte=since)
    days = uses.values("on").annotate(sum=Sum("milliseconds"), records=Count("subject_id", distinct=True))
    return {
        day["on"]: Spent(day["on"], timedelta(milliseconds=day["sum"]), day["records"], days=1)
        for day in days.order_by("on")
    }
