"""Forms of daily reports: nothing in them has to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.activities.models import DailyReport
from apps.base.forms import BothVersions, ChangeForm, DayField, LongTextField, OnceForm


def _reflection() -> LongTextField:
    hint = {"rows": 3, "placeholder": _("よかったこと、困っていること。書かなくても送れます")}
    return LongTextField(label=_("振り返り"), required=False, widget=forms.Textarea(attrs=hint))


def _tomorrow() -> LongTextField:
    hint = {"rows": 4, "placeholder": _("明日すること")}
    return LongTextField(label=_("明日"), required=False, widget=forms.Textarea(attrs=hint))


class DailyForm(OnceForm, BothVersions):
    """Of a day whose report was sent meanwhile it knows the version, once it has shown that."""

    day = DayField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    reflection = _reflection()
    tomorrow = _tomorrow()

    def __init__(self, *args: Any, record: DailyReport | None = None, **kwargs: Any) -> None:
        self.record = record
        super().__init__(*args, **kwargs)

    @classmethod
    def facts_of(cls, record: DailyReport) -> Mapping[str, Any]:
        return {"reflection": record.reflection, "tomorrow": record.tomorrow}

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if self.record:
            self.take_chosen()
        return given


class ReviseDailyForm(ChangeForm):
    reflection = _reflection()
    tomorrow = _tomorrow()

    @classmethod
    def facts_of(cls, record: DailyReport) -> Mapping[str, Any]:
        return {"reflection": record.reflection, "tomorrow": record.tomorrow}


class OpenDayForm(DailyForm):
    """One of several days; only the ticked ones are sent."""

    send = forms.BooleanField(label=_("送る"), required=False, initial=True)


class OpenDaysForm:
    """A form per open day, asked and sent together."""

    def __init__(self, data: Mapping[str, Any] | None, days: Sequence[date]) -> None:
        self.forms = [OpenDayForm(data, prefix=day.isoformat(), initial={"day": day}) for day in days]

    def is_valid(self) -> bool:
        asked = [form.is_valid() for form in self.forms]
        return all(asked)

    @property
    def chosen(self) -> list[OpenDayForm]:
        return [form for form in self.forms if form.cleaned_data["send"]]
