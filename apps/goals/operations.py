"""Every deed about monthly goals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.month import Month
from apps.base.refusal import Refused
from apps.goals.models import MonthlyGoal
from apps.goals.vocabulary import BENCHMARKED, TARGETS
from apps.journal.operations import note


class UnknownRow(Refused):
    pass


@only_who_may(Act.SET_GOALS)
@transaction.atomic
def set_monthly_goal(
    rep: User,
    *,
    month: Month,
    by: User | System,
    at: datetime,
    targets: Mapping[str, int | None] | None = None,
    benchmarks: Mapping[str, int | None] | None = None,
    version: int | None = None,
) -> MonthlyGoal:
    """月の目標を決める — what is not named stays as it was; None takes a target or benchmark away."""
    goal = MonthlyGoal.objects.select_for_update().filter(rep=rep, month=month).first()
    if goal and version is not None:
        goal = goal.locked(version=version)
    goal = goal or MonthlyGoal(rep=rep, month=month)
    for name, value in (targets or {}).items():
        if name not in TARGETS:
            raise UnknownRow(_("目標にない項目です: %(name)s") % {"name": name}, field="targets")
        setattr(goal, name, value)
    for row, value in (benchmarks or {}).items():
        if row not in BENCHMARKED:
            raise UnknownRow(_("ベンチマークにない行です: %(name)s") % {"name": row}, field="benchmarks")
        goal.benchmarks[row] = value
    goal.benchmarks = {row: value for row, value in goal.benchmarks.items() if value is not None}
    goal.saved(at=at)
    note("goal.set", goal, by=by, month=month, targets=targets, benchmarks=benchmarks)
    return goal
