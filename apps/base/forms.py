"""Form fields that more than one app needs: tidy text, months, whole yen, moments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.base import text
from apps.base.models import Versioned, new_id
from apps.base.month import Month
from apps.base.templatetags import baton

NO_CONTROLS = _("見えない制御文字が入っています。消してからもう一度保存してください。")


class TidyCharField(forms.CharField):
    """Text as `text.tidied` leaves it; control characters are refused with a sentence."""

    def to_python(self, value):
        return self.empty_value if value in self.empty_values else _tidied(value) or self.empty_value

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django's own check answers with the same fault in other words.
        self.validators = [
            v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"
        ]

    def widget_attrs(self, widget):
        """A browser cuts what is pasted at `maxlength` and says nothing: we say it, and the words stay."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


def _tidied(value: object) -> str:
    try:
        return text.tidied(str(value))
    except text.ControlCharacters:
        raise ValidationError(NO_CONTROLS, code="controls") from None


class SuggestInput(forms.TextInput):
    """Text with suggestions below it: (text, attributes) pairs; anything else may be typed too."""

    template_name = "components/suggest-input.html"
    suggestions: Iterable[tuple[str, Mapping[str, Any]]] = ()

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["suggestions"] = self.suggestions
        context["widget"]["attrs"]["list"] = context["list"] = f"{context['widget']['attrs']['id']}-list"
        return context


class TidyURLField(forms.URLField):
    """An address on the web; one typed without https:// gets it."""

    def __init__(self, **kwargs):
        super().__init__(assume_scheme="https", **kwargs)

    def to_python(self, value):
        return super().to_python(value if value in self.empty_values else _tidied(value))


class LongTextField(TidyCharField):
    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, max_length: int = 10_000, **kwargs):
        super().__init__(max_length=max_length, **kwargs)


class MonthInput(forms.DateInput):
    input_type = "month"

    def format_value(self, value):
        return str(value) if isinstance(value, Month) else value


class MonthInputField(forms.Field):
    widget = MonthInput
    default_error_messages = {"invalid": _("年と月を 2026-10 の形で入れてください。")}

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, Month):
            return value or None
        try:
            return Month.parse(unicodedata.normalize("NFKC", str(value)).strip())
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class YenField(forms.Field):
    """Whole yen; full-width digits, commas and a trailing 円 or 万円 are understood."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-unit": _("円")})
    default_error_messages = {
        "invalid": _("半角の数字で入れてください。例: 600000、60万"),
        "too_large": _("大きすぎる金額です。単位を確かめてください。"),
    }
    HIGHEST = 10**13

    _written = re.compile(r"(\d[\d,]*)(万)?円?", re.ASCII)

    def prepare_value(self, value):
        return f"{value:,}" if isinstance(value, int) else value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        match = self._written.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", str(value))))
        if not match or len(match[1]) > 20:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        yen = int(match[1].replace(",", "")) * (10_000 if match[2] else 1)
        if yen > self.HIGHEST:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        return yen


class MomentField(forms.DateTimeField):
    """A date and time in the tenant's zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value):
        return _in_our_time(super().to_python(value))


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value):
        return _in_our_time(super().to_python(value))


def _in_our_time(day):
    """Years that Baton keeps: at the ends of the calendar, zones fall off it."""
    if day is not None and not 1900 <= day.year <= 2200:
        raise ValidationError(_("1900年から2200年までの日付を入れてください。"), code="invalid")
    return day


class AsOfField(MomentField):
    """A moment to look back from; a day alone means its end."""

    def to_python(self, value):
        moment = super().to_python(value)
        if moment is None or len(str(value).strip()) > len("2026-10-15"):
            return moment
        return moment + timedelta(days=1) - timedelta(microseconds=1)


class OnceForm(forms.Form):
    """Makes a record: its key lets `made_once` see that the same opened form was sent before."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    def clean(self):
        _say_hidden_faults(self)
        return super().clean()


@dataclass(frozen=True)
class Conflict:
    """Two versions of one field: what stands there meanwhile, and what its writer has typed."""

    name: str
    label: Any
    present: str
    mine: str
    both: bool
    """Whether they can stand one below the other."""
    of: Any
    """The record that the present value stands in."""


class BothVersions(forms.Form):
    """After a conflict it shows both versions of each field, and takes the one that was chosen."""

    PRESENT, MINE, BOTH = "present", "mine", "both"
    record: Any
    conflicts: tuple[Conflict, ...] = ()
    present: Any = None
    """After a conflict: the record as it stands now."""

    @classmethod
    def facts_of(cls, record: Any) -> Mapping[str, Any]:
        """The record's values by the names of the form's fields."""
        names = [name for name in cls.base_fields if name not in ("version", "key")]
        return {name: getattr(record, name) for name in names}

    def facts_now(self, present: Any) -> Mapping[str, Any]:
        """What a conflict may be about: the record, and what else its form writes."""
        return self.facts_of(present)

    def record_of(self, name: str, present: Any) -> Any:
        """The record that a field of the form writes."""
        return present

    def show_present(self, present: Any) -> None:
        """Name the values that stand now beside those that were typed; sent again, what was chosen holds."""
        found = []
        for name, value in self.facts_now(present).items():
            if name not in self.cleaned_data or _same(value, self.cleaned_data[name]):
                continue
            field = self.fields[name]
            now, mine = in_words(field, value), in_words(field, self.cleaned_data[name])
            both = isinstance(field, LongTextField) and bool(value) and bool(self.cleaned_data[name])
            of = self.record_of(name, present)
            found.append(Conflict(self.add_prefix(name), field.label, now, mine, both, of))
            self.add_error(name, _("今は「%(value)s」です。") % {"value": now})
        self.conflicts, self.present = tuple(found), present
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = present.version

    def chosen(self, name: str) -> str:
        """Which version of the field was chosen, after both were shown."""
        return self.data.get(f"keep-{self.add_prefix(name)}", self.MINE)

    def take_chosen(self) -> None:
        """Against the version that was shown: another one meets its own conflict."""
        if self.cleaned_data.get("version") != getattr(self.record, "version", None):
            return
        for name, value in self.facts_now(self.record).items():
            if name not in self.cleaned_data or self.chosen(name) == self.MINE:
                continue
            mine = self.cleaned_data[name]
            self.cleaned_data[name] = f"{value}\n{mine}" if self.chosen(name) == self.BOTH else value


class ChangeForm(BothVersions):
    """Changes a record: it knows the version that was shown, and can say what stands there meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data=None, *, record: Versioned, **kwargs):
        self.record = record
        initial = {"version": record.version} | dict(self.facts_of(record)) | kwargs.pop("initial", {})
        super().__init__(data, initial=initial, **kwargs)

    @property
    def changed(self) -> dict[str, Any]:
        """What differs from what was shown, but for what was left as it stands now."""
        names = (name for name in self.changed_data if name != "version")
        return {name: self.cleaned_data[name] for name in names if self.chosen(name) != self.PRESENT}

    def clean(self):
        _say_hidden_faults(self)
        given = super().clean()
        self.take_chosen()
        return given


def _say_hidden_faults(form: forms.Form) -> None:
    if any(field.errors for field in form.hidden_fields()):
        form.add_error(None, _("画面を開き直してから、もう一度保存してください。"))


def _same(present: Any, given: Any) -> bool:
    if isinstance(present, list):
        return set(present) == set(given)
    return (present or None) == (given or None)


def in_words(field: forms.Field, value: Any) -> str:
    """A value as the form's reader would say it."""
    if isinstance(field, forms.BooleanField):
        return str(_("はい") if value else _("いいえ"))
    if isinstance(value, list):
        return str(_("、")).join(_chosen(field, one) for one in value) or str(_("空"))
    if value in field.empty_values:
        return str(_("空"))
    if isinstance(value, datetime):
        return baton.timed(value)
    if isinstance(value, date):
        return baton.dated(value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return _chosen(field, value)
    return str(field.prepare_value(value) if isinstance(value, str | int) else value)


def _chosen(field: forms.Field, value: Any) -> str:
    """A choice by its label, groups included."""
    for key, label in getattr(field, "choices", ()):
        words = dict(label) if isinstance(label, list | tuple) else {key: label}
        if value in words:
            return str(words[value])
    return str(value)
