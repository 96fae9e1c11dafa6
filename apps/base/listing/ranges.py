"""Fields of figures, days and months: from and to, and periods that move with the day."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.base.forms import DayField, MonthInputField, YenField
from apps.base.listing.conditions import Asker, Condition
from apps.base.listing.fields import EMPTY, FILLED, GIVEN, NOT_GIVEN, Field, one_of, refuse, state_of
from apps.base.month import Month
from apps.base.templatetags import baton


class Range(Field):
    """From and to, both included; `between` answers where a column alone does not."""

    look = "range"
    input: ClassVar[Callable[..., forms.Field]]
    periods: ClassVar[Mapping[str, tuple[Any, Callable[[date], tuple[Any, Any]]]]] = {}

    def __init__(
        self,
        *given: Any,
        between: Callable[[Any, Any], Q] | None = None,
        nothing: Callable[[], Q] | None = None,
        states: tuple[Any, Any] = (NOT_GIVEN, GIVEN),
        **options: Any,
    ) -> None:
        super().__init__(*given, **options)
        self.between = between or self._between
        self._nothing, self._empty_words = nothing, states

    def states(self) -> dict[str, str]:
        empties = (
            dict(zip((EMPTY, FILLED), map(str, self._empty_words), strict=True)) if self.optional else {}
        )
        return {key: str(label) for key, (label, _period) in self.periods.items()} | empties

    def inputs(self, asker: Asker) -> dict[str, forms.Field]:
        ends: dict[str, forms.Field] = {
            ".from": self._input(_("%(field)s(から)")),
            ".to": self._input(_("%(field)s(まで)")),
        }
        return ends | ({".is": state_of(self.label, self.states())} if self.states() else {})

    def _input(self, label: str) -> forms.Field:
        return type(self).input(required=False, label=label % {"field": self.label})

    def typed(self, given: Mapping[str, Any]) -> Condition | None:
        if given.get(".is"):
            return Condition(self.name, "in", (given[".is"],))
        first, last = given[".from"], given[".to"]
        if first is None and last is None:
            return None
        if first is not None and last is not None and first > last:
            first, last = last, first
        return Condition(self.name, "range", ("..".join("" if v is None else str(v) for v in (first, last)),))

    def shown(self, condition: Condition) -> dict[str, Any]:
        if condition.op == "in":
            return {".is": condition.values[0]}
        first, last = self._ends(condition)
        return {".from": first, ".to": last}

    def checked(self, condition: Condition, asker: Asker) -> None:
        if len(condition.values) != 1 or condition.op not in ("in", "range"):
            refuse()
        if condition.op == "in":
            one_of(condition, self.states())
        elif self._ends(condition) == (None, None):
            refuse()

    def _ends(self, condition: Condition) -> tuple[Any, Any]:
        first, dots, last = condition.values[0].partition("..")
        if not dots:
            refuse()
        read = type(self).input(required=False)
        return read.clean(first), read.clean(last)

    def q(self, condition: Condition, asker: Asker) -> Q:
        value = condition.values[0]
        if condition.op == "range":
            return self.between(*self._ends(condition))
        if value in (EMPTY, FILLED):
            return self._whether_empty(value)
        return self.between(*self.periods[value][1](asker.today))

    def _empty(self) -> Q:
        return self._nothing() if self._nothing else Q(**{f"{self.path}__isnull": True})

    def _between(self, first: Any, last: Any) -> Q:
        asked = Q()
        if first is not None:
            asked &= Q(**{f"{self.path}__gte": first})
        if last is not None:
            asked &= Q(**{f"{self.path}__lte": last})
        return asked

    def words(self, condition: Condition, asker: Asker) -> str:
        if condition.op == "in":
            return self.states()[condition.values[0]]
        first, last = (None if end is None else self.said(end) for end in self._ends(condition))
        if first == last:
            return str(first)
        if last is None:
            return self.at_least() % {"first": first}
        if first is None:
            return self.at_most() % {"last": last}
        return _("%(first)s〜%(last)s") % {"first": first, "last": last}

    def said(self, value: Any) -> str:
        return str(value)

    def at_least(self) -> str:
        return _("%(first)sから")

    def at_most(self) -> str:
        return _("%(last)sまで")


class Amount(Range):
    """Figures rather than days."""

    def at_least(self) -> str:
        return _("%(first)s以上")

    def at_most(self) -> str:
        return _("%(last)s以下")


def _whole(**given: Any) -> forms.Field:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=widget, **given)


class Number(Amount):
    input = staticmethod(_whole)

    def said(self, value: int) -> str:
        return baton.count(value)


class Yen(Amount):
    input = YenField

    def said(self, value: int) -> str:
        return baton.money(value)


def _month_of(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _before(days: int) -> Callable[[date], tuple[None, date]]:
    return lambda today: (None, today - timedelta(days=days))


class Day(Range):
    """Days; a moment's column is asked for from its day's first moment to its last."""

    input = DayField
    periods = {
        "past": (gettext_lazy("昨日まで"), _before(1)),
        "today": (gettext_lazy("今日"), lambda today: (today, today)),
        "this-week": (gettext_lazy("今週"), _week_of),
        "this-month": (gettext_lazy("今月"), _month_of),
        "last-month": (
            gettext_lazy("先月"),
            lambda today: _month_of(today.replace(day=1) - timedelta(days=1)),
        ),
        "next-7": (gettext_lazy("今日から7日"), lambda today: (today, today + timedelta(days=7))),
        "last-30": (gettext_lazy("この30日"), lambda today: (today - timedelta(days=29), today)),
        "older-30": (gettext_lazy("30日より前"), _before(31)),
        "older-60": (gettext_lazy("60日より前"), _before(61)),
        "older-90": (gettext_lazy("90日より前"), _before(91)),
    }

    def __init__(self, *given: Any, moment: bool = False, **options: Any) -> None:
        super().__init__(*given, **options)
        self.moment = moment

    def _between(self, first: date | None, last: date | None) -> Q:
        if not self.moment:
            return super()._between(first, last)
        asked = Q()
        if first is not None:
            asked &= Q(**{f"{self.path}__gte": begins(first)})
        if last is not None:
            asked &= Q(**{f"{self.path}__lt": begins(last + timedelta(days=1))})
        return asked

    def said(self, value: date) -> str:
        return baton.dated(value)


def begins(day: date) -> datetime:
    """The first moment of a day here."""
    return timezone.make_aware(datetime.combine(day, time()))


class InMonth(Range):
    """Months of the calendar."""

    input = MonthInputField
    periods = {
        "past": (gettext_lazy("先月まで"), lambda today: (None, Month.of(today) - 1)),
        "this-month": (gettext_lazy("今月"), lambda today: (Month.of(today), Month.of(today))),
        "next-month": (gettext_lazy("来月"), lambda today: (Month.of(today) + 1, Month.of(today) + 1)),
        "next-3": (gettext_lazy("今月から3か月"), lambda today: (Month.of(today), Month.of(today) + 2)),
    }

    def said(self, value: Month) -> str:
        return baton.month(value)
