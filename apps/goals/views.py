"""Monthly goals: everybody's half year at a glance, and one person's month."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import permissions
from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.vocabulary import Act, Relation
from apps.base.month import Month
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on
from apps.goals import operations, queries
from apps.goals.forms import GoalForm
from apps.goals.models import MonthlyGoal

SHOWN = 6


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    shown = list(_asked_month(request.GET.get("from")).range(SHOWN))
    people = list(accounts.reps())
    goals = {(goal.rep_id, goal.month): goal for goal in queries.goals(months=shown)}
    settable = _settable(request.user, people)
    context = {
        "months": shown,
        "rows": [
            (person, person.pk in settable, [(m, goals.get((person.pk, m))) for m in shown])
            for person in people
        ],
        "totals": [_total([goals.get((person.pk, m)) for person in people]) for m in shown],
        "may_add_users": permissions.may(request.user, Act.MANAGE_USERS),
        "earlier": shown[0] - SHOWN,
        "later": shown[-1] + 1,
    }
    return page(request, "goals/months.html", context)


def _asked_month(text: str | None) -> Month:
    try:
        return Month.parse(text) if text else Month.of(timezone.localdate())
    except ValueError as error:
        raise Http404 from error


def _settable(user: User, people: list[User]) -> set:
    """Whose goals this person may set, in two queries for any number of people."""
    reach = permissions.reach(user, Act.SET_GOALS)
    if reach is None:
        return set()
    if reach == Relation.ALL:
        return {person.pk for person in people}
    led = accounts.members(accounts.led_by(user), on=timezone.localdate())
    return {user.pk, *led.values_list("pk", flat=True)}


def _total(goals: list[MonthlyGoal | None]) -> int | None:
    sales = [goal.sales for goal in goals if goal and goal.sales is not None]
    return sum(sales) if sales else None


@require_http_methods(["GET", "POST"])
def month(request: HttpRequest, rep_id, month: str) -> HttpResponse:
    rep = get_object_or_404(User, pk=rep_id)
    asked = _asked_month(month)
    before = MonthlyGoal.objects.filter(rep=rep, month=asked - 1).first()
    goal = MonthlyGoal.objects.filter(rep=rep, month=asked).first()
    copied = goal is None and before is not None and "copy" in request.GET
    form = GoalForm(request.POST or None, goal=_copy(before, asked) if copied else goal)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.set_monthly_goal(rep, month=asked, **form.given(), by=request.user, at=timezone.now())
            messages.success(request, _("%(name)s さんの目標を決めました。") % {"name": rep.name})
            return redirect(f"{reverse('goals:months')}?from={asked}")
    context = {
        "rep": rep,
        "month": asked,
        "form": form,
        "may": permissions.may(request.user, Act.SET_GOALS, rep.pk),
        "copyable": goal is None and before is not None and not copied,
    }
    return page(request, "goals/month.html", context)


def _copy(goal: MonthlyGoal, month: Month) -> MonthlyGoal:
    """The month before as a proposal; nothing is saved."""
    goal.pk, goal.month, goal._state.adding = None, month, True
    return goal
