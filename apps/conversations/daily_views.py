"""日報を読む — a team's reports of a day on one page, and what is said about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.activities import daily_queries
from apps.activities.daily_views import asked_day
from apps.activities.models import DailyReport
from apps.base.pages import found_or_404, page
from apps.conversations import forms, operations, reading
from apps.conversations.waiting import LOOKED_BACK


@dataclass(frozen=True)
class OfPerson:
    """One person's day: the report with what is said about it, or that there is none (yet)."""

    person: User
    day: daily_queries.Day | None
    talk: reading.Talk | None
    form: forms.ReportCommentForm | None
    works: bool
    """Whether a report of that day is owed: it is a working day by the calendar of the person's team."""


@require_safe
def daily_of_team(request: HttpRequest) -> HttpResponse:
    """チームの日報"""
    user, today = request.user, timezone.localdate()
    on = asked_day(request, today=today)
    people, who = _people(request, on=on)
    ids = [person.pk for person in people]
    reports = {
        report.user_id: report for report in daily_queries.daily_reports().filter(day=on, user__in=ids)
    }
    talks = reading.talks(user, list(reports.values()))
    held = daily_queries.days(ids, on, on)
    times = accounts.working_times_of(ids, on=on)
    rows = [
        OfPerson(
            person,
            held.get((person.pk, on)),
            talks[report.pk] if report else None,
            _form(report, user) if report else None,
            works=times[person.pk].is_working_day(on),
        )
        for person in people
        for report in [reports.get(person.pk)]
    ]
    present = people if on == today else _people(request, on=today)[0]  # as next_unread looks for them
    unread = _unread(user, present, today=today) if may(user, Act.REACT) else None
    asked = list(reading.questions_of(user)[:100])
    context = {
        "rows": sorted(rows, key=lambda row: (row.talk is None, not row.works)),
        "on": on,
        "today": today,
        "earlier": on - timedelta(days=1),
        "later": on + timedelta(days=1) if on < today else None,
        "who": who,
        "sent": len(reports),
        "unread": unread.count() if unread is not None else 0,
        "asked": len(asked),
        "first_asked": asked[0] if asked else None,
        "names": reading.names_in(talks.values()),
    }
    return page(request, "conversations/daily-of-team.html", context)


def _unread(user: Any, people: list[User], *, today: date) -> QuerySet[DailyReport]:
    return reading.unread(user, of=[person.pk for person in people], since=today - LOOKED_BACK)


@require_safe
def next_unread(request: HttpRequest) -> HttpResponse:
    """To the oldest report that one has not read, in its place on the page of its day."""
    today = timezone.localdate()
    people, who = _people(request, on=today)
    first = _unread(request.user, people, today=today).first()
    day = f"&on={first.day}#of-{first.user_id}" if first else ""
    return redirect(f"{reverse('conversations:daily-of-team')}?who={who}{day}")


@require_safe
def next_question(request: HttpRequest) -> HttpResponse:
    """To the oldest question that one has not answered."""
    asked = reading.questions_to(request.user).first()
    if asked is None:
        return redirect("activities:daily")
    return redirect(reverse("activities:daily-report", args=[asked.subject_id]) + "#beside")


def _people(request: HttpRequest, *, on: date) -> tuple[list[User], str]:
    """Whose reports are read: the team's, sub-teams included, or everybody's who sells; without a team everybody's."""
    who = request.GET.get("who", "team")
    if who not in ("team", "all"):
        raise Http404
    sent = daily_queries.daily_reports().filter(day=on).values("user")  # who has left since is still read
    sells = (accounts.reps() | accounts.everybody().filter(pk__in=sent)).exclude(pk=request.user.pk)
    if who == "team" and (teams := accounts.led_by(request.user)):
        of_team = accounts.members(teams, on=on)
        return list(sells.filter(pk__in=of_team.values("pk"))), "team"
    return list(sells), "all"


def _form(report: DailyReport, user: User, given: Any = None) -> forms.ReportCommentForm | None:
    """With field ids of its own: a page has many of them."""
    if not may(user, Act.COMMENT):
        return None
    return forms.ReportCommentForm(given, auto_id=f"say-{report.pk}-%s")


def _report(report_id: UUID) -> DailyReport:
    return found_or_404(daily_queries.daily_reports(), report_id)


@require_safe
def talk(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Who has read it and how they answered: a part of the report's page, and a page of its own."""
    return answered(request, _report(report_id))


def answered(
    request: HttpRequest, report: DailyReport, *, form: Any = None, comments: bool = False
) -> HttpResponse:
    """The talk about one report as it stands now; with its comments, as on the page of the team."""
    found = reading.talks(request.user, [report])
    context = {
        "talk": found[report.pk],
        "report": report,
        "comments": comments,
        "form": form or _form(report, request.user),
        "names": reading.names_in(found.values()) if comments else {},
        "back": report.get_absolute_url(),
    }
    part = request.htmx.target == f"talk-{report.pk}"  # type: ignore[attr-defined]
    return page(request, "conversations/talk.html" if part else "conversations/talk-page.html", context)


@require_POST
def react(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """反応する・取り消す"""
    check(request.user, Act.REACT)
    report = _report(report_id)
    form = forms.ReactForm(request.POST)
    if form.is_valid():
        operations.react(about=report, **form.cleaned_data, by=request.user, at=timezone.now())
    return _back(request, report)


@require_POST
def mark_read(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """既読にする"""
    report = _report(report_id)
    operations.mark_read(about=report, by=request.user, at=timezone.now())
    return _back(request, report)


def _back(request: HttpRequest, report: DailyReport) -> HttpResponse:
    if request.htmx.target == f"talk-{report.pk}":  # type: ignore[attr-defined]
        return answered(request, report, comments="comments" in request.POST)
    return redirect(report)
