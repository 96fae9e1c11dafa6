"""予定表 — the visits of a month, a week or a day, and moving them."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import queries as accounts
from apps.accounts.permissions import may, reaching
from apps.accounts.vocabulary import Act
from apps.activities import operations, planner, queries
from apps.activities.forms import MoveForm
from apps.activities.visit_views import visit_or_404
from apps.activities.vocabulary import VisitStatus
from apps.base.forms import DayField
from apps.base.pages import local_address, page, tell_done
from apps.base.refusal import refusals_told
from apps.base.templatetags import baton
from apps.deals.lists import scope_for


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    view, today = request.GET.get("view", "week"), timezone.localdate()
    if view not in planner.VIEWS:
        raise Http404
    on, scope = _asked_for(request) or today, scope_for(request.user, request.GET.get("who", "me"))
    first, last = planner.span(view, on)
    team = next(iter(accounts.teams_of(request.user, on=today)), None)
    found = queries.visits(owners=scope.owners).filter(starts_on__range=(first, last))
    found = found.exclude(status=VisitStatus.CANCELLED).order_by("starts_at", "pk")
    keeps = reaching(request.user, Act.KEEP_VISITS)
    visits = list(found[:MOST])
    now = timezone.now()
    for visit in visits:
        visit.may_move = visit.status == VisitStatus.PLANNED and keeps(visit.responsible_id)
        visit.is_owed = visit.status == VisitStatus.PLANNED and visit.starts_at <= now
    holidays = accounts.coming_holidays(accounts.calendar_in_force(team), from_on=first)
    time = {
        "working": accounts.working_time(team),
        "holidays": {holiday.on: holiday.name for holiday in holidays},
    }
    earlier, later = planner.beside(view, on)
    days = planner.days_of(visits, view, on, **time)
    context = {
        "days": days,
        "is_legible": planner.is_legible(days, view),
        "week": planner.days_of((), "week", on, **time),
        "view": view,
        "on": on,
        "first": first,
        "last": last,
        "today": today,
        "earlier": earlier,
        "later": later,
        "is_full": len(visits) == MOST,
        "most": MOST,
        "scope": scope,
        "may_plan": may(request.user, Act.KEEP_VISITS),
    }
    return page(request, "activities/calendar.html", context)


MOST = 500
"""As many visits as a view shows: more than a person's month, and enough for a team's week."""


def _asked_for(request: HttpRequest) -> date | None:
    try:
        return DayField(required=False).clean(request.GET.get("on", ""))
    except ValidationError:
        raise Http404 from None


@require_POST
def move_visit(request: HttpRequest, visit_id) -> HttpResponse:
    """訪問を動かす — `to` and `version` by form, or by the address that takes a move back."""
    visit = visit_or_404(visit_id)
    form = MoveForm(request.GET if "to" in request.GET else request.POST, record=visit)
    if not form.is_valid():
        raise Http404
    back = local_address(request, "back", otherwise=reverse("activities:planner"))
    with refusals_told(request):
        moved = operations.move_visit(visit, **form.cleaned_data, by=request.user, at=timezone.now())
        was = {"to": visit.starts_at.isoformat(), "version": moved.version, "back": back}
        said = {"was": _said(visit.starts_at), "now": _said(moved.starts_at)}
        words = _("訪問を動かしました。%(was)s → %(now)s") % said
        tell_done(request, words, undo=reverse("activities:move-visit", args=[visit.pk], query=was))
    return redirect(f"{back}#visit-{visit.pk}")


def _said(moment) -> str:
    return f"{baton.full_day(moment)} {timezone.localtime(moment):%H:%M}"
