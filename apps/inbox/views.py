"""Pages of what reaches a person: each sees only their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.base.pages import found_or_404, listed, page, tell_done
from apps.inbox import operations, queries, rules, wording
from apps.inbox.forms import WishesForm

UNREAD_AT_ONCE = 100
DAYS, WEEKS = 14, 8


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """通知 — the unread first, on every page; then what was read, the latest first."""
    own = queries.notifications_of(request.user.pk)
    unread = list(own.unread()[: UNREAD_AT_ONCE + 1])
    read = listed(request, own.filter(read_at__isnull=False), order=("-pk",), size=30)
    told = wording.told([*unread[:UNREAD_AT_ONCE], *read.rows])
    shown = min(len(unread), UNREAD_AT_ONCE)
    context = {
        "unread": told[:shown],
        "more_unread": len(unread) > UNREAD_AT_ONCE,
        "read": told[shown:],
        "pages": read,
    }
    return page(request, "inbox/inbox.html", context)


@require_POST
def open_notification(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Read it and go to its record."""
    one = found_or_404(queries.notifications_of(request.user.pk), notification_id)
    operations.mark_read(request.user.pk, only=one.pk, at=timezone.now())
    return redirect(wording.told([one])[0].address or "inbox:inbox")


@require_POST
def read(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    one = found_or_404(queries.notifications_of(request.user.pk), notification_id)
    return _marked(request, only=one.pk)


@require_POST
def seen(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Its record was opened from the mail that told of it: read, without a word."""
    one = found_or_404(queries.notifications_of(request.user.pk), notification_id)
    operations.mark_read(request.user.pk, only=one.pk, at=timezone.now())
    return HttpResponse(status=204)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Up to the newest that the page showed: what came since stays unread."""
    return _marked(request, until=_id(request.POST.get("until", "")))


def _marked(request: HttpRequest, **which: Any) -> HttpResponse:
    at = timezone.now()
    count = operations.mark_read(request.user.pk, at=at, **which)
    if count:
        words = ngettext("%(n)s件を既読にしました。", "%(n)s件を既読にしました。", count) % {"n": count}
        tell_done(request, words, undo=f"{reverse('inbox:unread')}?{urlencode({'at': at.isoformat()})}")
    return redirect("inbox:inbox")


def _id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


@require_POST
def unread(request: HttpRequest) -> HttpResponse:
    """Take back what was marked at that moment."""
    try:
        at = parse_datetime(request.GET.get("at", ""))
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at):
        raise Http404
    operations.mark_unread(request.user.pk, read_at=at)
    messages.success(request, _("未読に戻しました。"))
    return redirect("inbox:inbox")


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """通知の選び方"""
    form = WishesForm(request.POST or None, wishes=queries.wishes_of(request.user.pk))
    if form.is_valid():
        operations.choose(form.wishes(), by=request.user)
        messages.success(request, _("保存しました。"))
        return redirect("accounts:settings")
    return page(request, "inbox/preferences.html", {"form": form})


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
