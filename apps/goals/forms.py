"""Targets and benchmarks of one person and month."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.base.forms import YenField
from apps.goals.models import MonthlyGoal
from apps.goals.vocabulary import BENCHMARKED, TARGETS, UNITS, Unit

HIGHEST_COUNT = 1_000_000


class GoalForm(forms.Form):
    """Nothing is required: an empty field is no target. Benchmarks stand under `benchmark_<row code>`."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, goal: MonthlyGoal | None) -> None:
        super().__init__(data, initial=_initial(goal))
        for name in TARGETS:
            label = MonthlyGoal._meta.get_field(name).verbose_name
            self.fields[name] = _yen(label) if name == "sales" else _count(label)
        for row in BENCHMARKED:
            self.fields[f"benchmark_{row.value}"] = (
                _count(row.label) if UNITS[row] == Unit.COUNT else _yen(row.label)
            )

    @property
    def targets(self) -> list[forms.BoundField]:
        return [self[name] for name in TARGETS]

    @property
    def benchmarks(self) -> list[forms.BoundField]:
        return [self[f"benchmark_{row.value}"] for row in BENCHMARKED]

    def given(self) -> dict[str, Any]:
        """What `operations.set_monthly_goal` takes."""
        return {
            "targets": {name: self.cleaned_data[name] for name in TARGETS},
            "benchmarks": {row.value: self.cleaned_data[f"benchmark_{row.value}"] for row in BENCHMARKED},
            "version": self.cleaned_data["version"],
        }


def _initial(goal: MonthlyGoal | None) -> dict[str, Any]:
    if goal is None:
        return {}
    targets = {name: getattr(goal, name) for name in TARGETS}
    benchmarks = {f"benchmark_{row}": value for row, value in goal.benchmarks.items()}
    return targets | benchmarks | {"version": None if goal._state.adding else goal.version}


def _yen(label: Any) -> YenField:
    return YenField(label=label, required=False)


def _count(label: Any) -> forms.IntegerField:
    counted = forms.TextInput(attrs={"inputmode": "numeric", "data-unit": _("件")})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=HIGHEST_COUNT, widget=counted
    )
