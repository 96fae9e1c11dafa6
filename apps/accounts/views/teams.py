"""The teams as a tree."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import operations, queries
from apps.accounts.forms import AddTeamForm, ChangeTeamForm
from apps.accounts.models import Team
from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import made_once, page
from apps.base.refusal import refusals_shown_on, refusals_told


@require_safe
@only_for_who_may(Act.MANAGE_USERS)
def teams(request: HttpRequest) -> HttpResponse:
    return page(request, "accounts/teams.html", {"tree": queries.team_tree()})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_USERS)
def add_team(request: HttpRequest) -> HttpResponse:
    form = AddTeamForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            given = form.cleaned_data
            key = given.pop("key")
            add = partial(operations.add_team, **given, by=request.user, at=timezone.now())
            team, _new = made_once(Team, key, add)
            messages.success(request, _("%(name)sを作りました。") % {"name": team.name})
            return redirect("accounts:teams")
    return page(request, "accounts/add-team.html", {"form": form})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_USERS)
def change_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    team = get_object_or_404(queries.teams(), pk=team_id)
    form = ChangeTeamForm(request.POST or None, record=team)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_team(team, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("保存しました。"))
            return redirect("accounts:teams")
    context = {
        "form": form,
        "team": team,
        "members": queries.members([team.pk], on=timezone.localdate()).order_by("reading", "pk"),
        "calendar": queries.calendar_in_force(team.pk),
    }
    return page(request, "accounts/change-team.html", context)


@require_POST
@only_for_who_may(Act.MANAGE_USERS)
def remove_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    team = get_object_or_404(Team, pk=team_id)
    with refusals_told(request):
        operations.remove_team(team, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)sをなくしました。") % {"name": team.name})
    return redirect("accounts:teams")
