"""Every question about monthly goals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet

from apps.base.month import Month
from apps.goals.models import MonthlyGoal


def every_goal() -> QuerySet[MonthlyGoal]:
    return MonthlyGoal.objects.select_related("rep")


def goals(*, months: Sequence[Month], reps: Collection[UUID] | None = None) -> QuerySet[MonthlyGoal]:
    """Goals of these months; of everybody where no reps are named."""
    found = MonthlyGoal.objects.filter(month__in=months).select_related("rep")
    return (found if reps is None else found.filter(rep__in=reps)).order_by("month", "rep__reading", "rep")
