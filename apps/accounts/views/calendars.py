"""The working hours of the company and of its teams. Everybody may look; who may set them, permissions say."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import operations, permissions, queries
from apps.accounts.forms import Holidays, WorkingTimeForm
from apps.accounts.models import BusinessCalendar, Team
from apps.accounts.vocabulary import Act
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on


@require_safe
def calendar(request: HttpRequest, team_id: UUID | None = None) -> HttpResponse:
    """The calendar that holds for the company or for one team, with the holidays to come."""
    team = _team(team_id)
    in_force = queries.calendar_in_force(team_id)
    context = {
        "team": team,
        "calendar": in_force,
        "is_own": in_force.team_id == team_id,
        "coming": queries.coming_holidays(in_force, from_on=timezone.localdate()),
        "teams": [] if team else queries.calendars_of_teams(),
        "may_change": permissions.may_for_team(request.user, Act.MANAGE_CALENDAR, team),
    }
    return page(request, "accounts/calendar.html", context)


@require_http_methods(["GET", "POST"])
def set_working_time(request: HttpRequest, team_id: UUID | None = None) -> HttpResponse:
    team = _team(team_id)
    permissions.check_for_team(request.user, Act.MANAGE_CALENDAR, team)
    in_force = queries.calendar_in_force(team_id)
    form = WorkingTimeForm(request.POST or None, initial=WorkingTimeForm.facts_of(in_force))
    holidays = Holidays(request.POST or None, initial=Holidays.facts_of(in_force), prefix="holidays")
    if form.is_valid() and holidays.is_valid():
        with refusals_shown_on(form):
            operations.set_working_time(
                team=team,
                **form.cleaned_data,
                own_holidays=holidays.days(),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("保存しました。"))
            return _to(team)
    return page(request, "accounts/set-working-time.html", {"form": form, "holidays": holidays, "team": team})


@require_POST
def follow_company_calendar(request: HttpRequest, team_id: UUID) -> HttpResponse:
    own = get_object_or_404(BusinessCalendar.objects.select_related("team"), team=team_id)
    operations.follow_company_calendar(own, by=request.user, at=timezone.now())
    messages.success(request, _("このチームだけのカレンダーをやめました。"))
    return _to(own.team)


def _team(team_id: UUID | None) -> Team | None:
    return get_object_or_404(Team, pk=team_id) if team_id else None


def _to(team: Team | None) -> HttpResponse:
    return redirect("accounts:team-calendar", team.pk) if team else redirect("accounts:calendar")
