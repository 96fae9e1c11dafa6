"""Pages of one's own daily reports, and each report's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import queries as accounts
from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.activities import daily_forms as forms
from apps.activities import daily_queries as queries
from apps.activities import operations
from apps.activities.models import DailyReport
from apps.base.pages import PAGE, found_or_404, made_once, page
from apps.base.refusal import Refused, refusals_shown_on
from apps.inbox import queries as inbox


def asked_day(request: HttpRequest, *, today: date) -> date:
    """The day that the address asks for, today if none; there are none in the future."""
    if "on" not in request.GET:
        return today
    on = _day(request.GET["on"], today=today)
    if on is None:
        raise Http404
    return on


def _day(written: str, *, today: date) -> date | None:
    """The day that is meant, if a report can be of it."""
    try:
        on = date.fromisoformat(written)
    except ValueError:
        return None
    return on if date(1900, 1, 1) <= on <= today else None


@require_http_methods(["GET", "POST"])
def daily(request: HttpRequest) -> HttpResponse:
    """日報 — the day as it collected itself, and the form that sends it."""
    user, today = request.user, timezone.localdate()
    if request.method == "GET" and not request.GET and not set(accounts.SELLING) & set(user.roles):
        return redirect("conversations:daily-of-team")
    if request.method == "POST":
        check(user, Act.SEND_DAILY)
    # A form that waited for the network is of the day on which it was opened.
    on = _day(request.POST.get("day", ""), today=today) or asked_day(request, today=today)
    report = queries.daily_reports().filter(user=user, day=on).first()
    if report and request.method == "GET":
        return redirect(report)
    initial = {"day": on, "tomorrow": "\n".join(queries.proposal(user, on))}
    form = forms.DailyForm(request.POST or None, initial=initial, record=report)
    if form.is_valid():
        with refusals_shown_on(form):
            sent = _sent(form, report, by=user)
            messages.success(request, _("日報を送りました。おつかれさまでした。"))
            return redirect(sent)
    context = _around(user, on, today=today) | {"form": form, "may_send": may(user, Act.SEND_DAILY, user.pk)}
    return page(request, "activities/daily.html", context)


def _sent(form: forms.DailyForm, earlier: DailyReport | None, *, by: Any) -> DailyReport:
    """The report that this form made; or the one sent meanwhile, with what was chosen of both."""
    given = dict(form.cleaned_data)
    key, version = given.pop("key"), given.pop("version")
    if earlier and version is not None:
        words = {name: given[name] for name in ("reflection", "tomorrow")}
        return operations.revise_daily(earlier, **words, version=version, by=by, at=timezone.now())
    made, _new = made_once(
        DailyReport, key, lambda **once: operations.send_daily(**given, **once, by=by, at=timezone.now())
    )
    return made


def _around(user: Any, on: date, *, today: date) -> dict[str, Any]:
    days = queries.strip(user, today=today)
    spent = inbox.input_by_day(user.pk, since=on).get(on)
    return {
        "on": on,
        "today": today,
        "day": queries.day_of(user, on),
        "strip": days,
        "open_before": sum(1 for day in days if day.is_open and day.on != today),
        "input": round(spent.time / timedelta(minutes=1)) if spent else 0,
    }


@require_safe
def daily_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """A report as everybody reads it."""
    report = found_or_404(queries.daily_reports(), report_id)
    own, today = report.user_id == request.user.pk, timezone.localdate()
    around = (
        _around(request.user, report.day, today=today)
        if own
        else {"on": report.day, "today": today, "day": queries.day_of(report.user, report.day)}
    )
    context = around | {
        "report": report,
        "own": own,
        "may_send": own and may(request.user, Act.SEND_DAILY),
        "later": queries.recorded_later(report),
    }
    return page(request, "activities/daily-report.html", context)


@require_http_methods(["GET", "POST"])
def revise_daily(request: HttpRequest, report_id: UUID) -> HttpResponse:
    report = found_or_404(queries.daily_reports(), report_id)
    check(request.user, Act.SEND_DAILY, report.responsible_id)
    form = forms.ReviseDailyForm(request.POST or None, record=report)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.revise_daily(report, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("日報を直しました。前の内容も履歴に残っています。"))
            return redirect(report)
    return page(request, "activities/revise-daily.html", {"form": form, "report": report})


@require_http_methods(["GET", "POST"])
def open_days(request: HttpRequest) -> HttpResponse:
    """まだの日をまとめて送る — the week on a Friday, each day with its own words or none."""
    user, today = request.user, timezone.localdate()
    check(user, Act.SEND_DAILY)
    if request.method == "POST":
        on = _days_shown(request, today=today)
    else:
        on = [day.on for day in queries.strip(user, today=today) if day.is_open]
    form = forms.OpenDaysForm(request.POST or None, on)
    if request.method == "POST" and form.is_valid():
        sent = _send(request, form.chosen)
        if sent is not None:
            said = ngettext("%(count)s日分の日報を送りました。", "%(count)s日分の日報を送りました。", sent)
            messages.success(request, said % {"count": sent})
            return redirect("activities:daily")
    held = queries.days([user.pk], on[0], on[-1]) if on else {}
    days = [(one, day, held.get((user.pk, day))) for one, day in zip(form.forms, on, strict=True)]
    return page(request, "activities/open-days.html", {"days": days, "today": today})


def _days_shown(request: HttpRequest, *, today: date) -> list[date]:
    """The days of the page that is sent: what was written for one that is open no more is not passed over."""
    named = [name.removesuffix("-day") for name in request.POST if name.endswith("-day")]
    return sorted({on for name in named if (on := _day(name, today=today))})


def _send(request: HttpRequest, chosen: list[forms.OpenDayForm]) -> int | None:
    """How many were sent, or None: what was refused stands at the head of the page."""
    if not chosen:
        messages.error(request, _("送る日を選んでください。"))
        return None
    given = {str(form.cleaned_data["key"]): form.cleaned_data for form in chosen}
    sent_before = queries.daily_reports().filter(user=request.user, source=PAGE, external_id__in=given)
    for key in sent_before.values_list("external_id", flat=True):
        del given[key]
    reports = [
        {name: one[name] for name in ("day", "reflection", "tomorrow")} | {"source": PAGE, "external_id": key}
        for key, one in given.items()
    ]
    try:
        operations.send_dailies(reports=reports, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    return len(chosen)
