"""Form fields that more than one app needs: tidy text, months, whole yen, moments."""

from __future__ import annotations

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.base import text
from apps.base.month import Month

NO_CONTROLS = _("見えない制御文字が入っています。消してからもう一度保存してください。")


class TidyCharField(forms.CharField):
    """Text as `text.tidied` leaves it; control characters are refused with a sentence."""

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        try:
            return text.tidied(str(value)) or self.empty_value
        except text.ControlCharacters:
            raise ValidationError(NO_CONTROLS, code="controls") from None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django's own check answers with the same fault in other words.
        self.validators = [
            v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"
        ]


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

    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-unit": "円"})
    default_error_messages = {
        "invalid": _("半角の数字で入れてください。例: 600000、60万"),
        "too_large": _("大きすぎる金額です。単位を確かめてください。"),
    }
    HIGHEST = 10**13

    _written = re.compile(r"(\d[\d,]*)(万)?円?", re.ASCII)

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


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
