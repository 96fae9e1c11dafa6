"""Pages of what reaches a person: each sees only their own."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.base.pages import page
from apps.inbox import queries, rules

DAYS, WEEKS = 14, 8


@require_safe
def input_time(request: HttpRequest) -> HttpResponse:
    """入力の時間 — one's own minutes a day, and where they are heading."""
    today = timezone.localdate()
    since = rules.monday_of(today) - timedelta(weeks=WEEKS - 1)
    spent = queries.input_by_day(request.user.pk, since=since)
    days = rules.days_back(spent, today=today, count=DAYS)
    weeks = rules.weeks_back(spent, today=today, count=WEEKS)
    context = {
        "today": days[0],
        "days": _with_bars(days, lambda day: day.time),
        "weeks": _with_bars(weeks, lambda week: week.per_day or rules.NONE),
        "anything": bool(spent),
    }
    return page(request, "inbox/input-time.html", context)


def _with_bars(rows, length):
    """Each with the width of its bar, in percent of the longest."""
    longest = max(map(length, rows)) or timedelta(1)
    return [(row, round(100 * (length(row) / longest))) for row in rows]
