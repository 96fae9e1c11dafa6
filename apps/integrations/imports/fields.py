"""What a cell may hold: the pages' own fields, and those that files write in more ways than people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from apps.base.forms import TidyCharField, YenField
from apps.base.month import Month

EARLIEST, LATEST = 1900, 2200

_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?:(?P<between>[-/.年])(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?|(?P<packed>\d{4}))"
    r"(?:[T ]+(?P<hour>\d{1,2})[:時](?P<minute>\d{2})(?:[:分](?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?[分秒]?"
    r" ?(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?", re.ASCII)


def text(model: type[models.Model], name: str, *, required: bool = False) -> TidyCharField:
    """A text field as long as the model's own."""
    field: Any = model._meta.get_field(name)
    return TidyCharField(label=field.verbose_name, max_length=field.max_length, required=required)


def reference(label: Any, *, required: bool = False) -> TidyCharField:
    """What another record is called: its name or its number in the source."""
    return TidyCharField(label=label, max_length=200, required=required)


class ReadingField(TidyCharField):
    """よみ — half-width kana and full-width Latin become the usual width."""

    def to_python(self, value):
        return super().to_python(unicodedata.normalize("NFKC", value)) if value else self.empty_value


class WordField(forms.Field):
    """One word of a vocabulary, by its code or as users say it."""

    default_error_messages = {"unknown": _("「%(value)s」はわかりません。使える値: %(choices)s")}

    def __init__(
        self,
        words: type[models.TextChoices],
        *,
        label: Any,
        also: dict[str, str] | None = None,
        required=False,
    ):
        super().__init__(label=label, required=required)
        self.words, self.also = words, also or {}

    def to_python(self, value):
        if value in self.empty_values:
            return None
        known = {folded(word): self.words(code) for word, code in self.also.items()}
        for word in self.words:
            known[folded(word.value)] = known[folded(str(word.label))] = word
        try:
            return known[folded(value)]
        except KeyError:
            choices = str(_("、")).join(f"{word.value}({word.label})" for word in self.words)
            raise ValidationError(
                self.error_messages["unknown"], code="unknown", params={"value": value, "choices": choices}
            ) from None


class WordsField(WordField):
    """Several words of a vocabulary in one cell."""

    def to_python(self, value):
        return [super(WordsField, self).to_python(word) for word in separated(value)]


class NamesField(TidyCharField):
    """Several names in one cell, apart by ; 、 or a line's end."""

    def to_python(self, value):
        return separated(super().to_python(value))


class WhenField(forms.Field):
    """A day or a moment. One without offset is of the zone given, one at exactly 00:00 only says the day."""

    default_error_messages = {
        "invalid": _(
            "「%(value)s」は日付として読めません。2026-10-31 か 2026-10-31 14:30 の形で入れてください。"
        ),
        "ahead": _("これからの日付は入れられません。"),
    }

    def __init__(
        self, *, label: Any, formats: Iterable[str] = (), zone: tzinfo | None = None,
        past_of: datetime | None = None, required: bool = False,
    ):  # fmt: skip
        super().__init__(label=label, required=required)
        self.formats, self.zone, self.past_of = formats, zone, past_of

    def to_python(self, value):
        if value in self.empty_values:
            return None
        when = self._read(unicodedata.normalize("NFKC", value).strip())
        if when is None or not EARLIEST <= when.year <= LATEST:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})
        if isinstance(when, datetime) and when.tzinfo is None:
            when = (
                when.date()
                if when.time() == time()
                else when.replace(tzinfo=self.zone or get_current_timezone())
            )
        if self.past_of and _is_ahead(when, self.past_of):
            raise ValidationError(self.error_messages["ahead"], code="ahead")
        return when

    def _read(self, value: str) -> datetime | None:
        for form in self.formats:
            try:
                return datetime.strptime(value, form)  # noqa: DTZ007 - the zone is added above
            except ValueError:
                continue
        return _moment(value)


def _is_ahead(when: datetime | date, now: datetime) -> bool:
    if isinstance(when, datetime):
        return when > now
    return when > now.astimezone(get_current_timezone()).date()


def _moment(value: str) -> datetime | None:
    if not (found := _WRITTEN.fullmatch(value)):
        return None
    part = found.groupdict(default="0")
    month, day = (part["packed"][:2], part["packed"][2:]) if found["packed"] else (part["month"], part["day"])
    micro = int(part["fraction"].ljust(6, "0")[:6])
    try:
        return datetime(
            int(part["year"]), int(month), int(day),
            int(part["hour"]), int(part["minute"]), int(part["second"]), micro, tzinfo=_offset(found["offset"]),
        )  # fmt: skip
    except ValueError:
        return None


def _offset(written: str | None) -> tzinfo | None:
    if not written:
        return None
    if written in ("Z", "UTC"):
        return UTC
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(written[1:3]), minutes=int(written[-2:])))


class DayField(WhenField):
    """A day; of a moment its day."""

    def to_python(self, value):
        when = super().to_python(value)
        if isinstance(when, datetime):
            return when.astimezone(get_current_timezone()).date()
        return when


class MomentField(WhenField):
    """A moment; of a day its first."""

    def to_python(self, value):
        when = super().to_python(value)
        if when is None or isinstance(when, datetime):
            return when
        return datetime(when.year, when.month, when.day, tzinfo=get_current_timezone())


class MonthField(DayField):
    """A month, also as any day within it."""

    def to_python(self, value):
        written = _MONTH.fullmatch(unicodedata.normalize("NFKC", value or "").strip())
        if written and 1 <= int(written[2]) <= 12 and EARLIEST <= int(written[1]) <= LATEST:
            return Month(int(written[1]), int(written[2]))
        day = super().to_python(value)
        return day and Month.of(day)


class AmountField(YenField):
    """Whole yen; zeros after the point and a currency sign are no harm."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        plain = unicodedata.normalize("NFKC", value).strip().lstrip("¥\\").strip()
        return super().to_python(re.sub(r"\.0+$", "", plain))


class CountField(AmountField):
    HIGHEST = 2**31 - 1


class MonthsField(TidyCharField):
    """Months of any year in one cell: 4;5 or 4月、5月."""

    def __init__(self, **given):
        super().__init__(required=False, **given)

    def to_python(self, value):
        written = separated(unicodedata.normalize("NFKC", super().to_python(value)).replace(",", ";"))
        numbers = {part.removesuffix("月") for part in written}
        if wrong := sorted(number for number in numbers if number not in _OF_A_YEAR):
            raise ValidationError(_("「%(value)s」は月ではありません。") % {"value": wrong[0]})
        return sorted(int(number) for number in numbers)


_OF_A_YEAR = [str(number) for number in range(1, 13)]


class YesField(forms.Field):
    """Yes or no, as systems write it; an empty cell says nothing."""

    WORDS = dict.fromkeys(["1", "true", "yes", "y", "はい", "○", "◯", "既存"], True) | dict.fromkeys(
        ["0", "false", "no", "n", "いいえ", "×", "新規"], False
    )

    def __init__(self, **given):
        super().__init__(required=False, **given)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if (word := folded(value)) not in self.WORDS:
            raise ValidationError(
                _("「%(value)s」は、はい・いいえのどちらかわかりません。") % {"value": value}
            )
        return self.WORDS[word]


def folded(word: str) -> str:
    """A word without what makes no difference between two ways of writing a header or a choice."""
    return re.sub(r"[\s_\-・]+", "", unicodedata.normalize("NFKC", word).casefold())


def separated(value: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;;、\n]", value or "") if part.strip()]
