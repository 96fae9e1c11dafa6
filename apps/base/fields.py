"""Fields of the API: strict about types, so that nothing is guessed, and in one normalisation with the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.validators import EmailValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from apps.base import text
from apps.base.forms import NO_CONTROLS, YenField
from apps.base.models import MonthField
from apps.base.month import Month

YEARS = range(1900, 2201)
"""The years that Baton keeps, as `Month` does."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PLUS_AS_BLANK = re.compile(r"(T\S+) (\d\d:?\d\d)$", re.ASCII)
"""…T11:20 09:00: what becomes of an offset's plus sign in an address where it was not escaped."""
MOST_REFERENCES = 50
LONGEST_NUMBER = 200
"""Characters of an id or external_id."""


class Text(serializers.CharField):
    """Text as `text.tidied` leaves it. Where it may be empty, null says so too."""

    default_error_messages = {"controls": NO_CONTROLS, "invalid": _("文字で入れてください。")}

    def __init__(self, *, nothing: str | None = "", **given: Any) -> None:
        self.nothing = nothing
        if given.get("allow_blank"):
            given.setdefault("allow_null", True)
        super().__init__(trim_whitespace=False, **given)

    def run_validation(self, data: Any = empty) -> Any:
        if data is None and self.allow_null:
            return self.nothing
        if isinstance(data, str):
            try:
                data = text.tidied(data)
            except text.ControlCharacters:
                self.fail("controls")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Email(Text):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.validators.append(EmailValidator())


class Web(Text):
    """An address that a browser may be sent to."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.validators.append(URLValidator(schemes=["http", "https"]))


class Whole(serializers.IntegerField):
    """A whole number, written as one."""

    default_error_messages = {"invalid": _("整数で入れてください。")}

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class Yen(Whole):
    def __init__(self, **given: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": YenField.HIGHEST} | given)


class Flag(serializers.BooleanField):
    default_error_messages = {"invalid": _("true か false で入れてください。")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Choice(serializers.ChoiceField):
    """One of the words; a column that may be empty is null then."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=str(data)[:100])
        return data

    def run_validation(self, data: Any = empty) -> Any:
        if data is None and self.allow_null:
            return ""
        return super().run_validation(data)

    def to_representation(self, value: Any) -> str | None:
        return value or None


@extend_schema_field(
    {"type": "string", "pattern": r"^(19\d\d|2[01]\d\d|2200)-(0[1-9]|1[0-2])$", "example": "2026-10"}
)
class MonthText(serializers.Field):
    default_error_messages = {"invalid": _("年と月を 2026-10 の形で入れてください。")}

    def to_internal_value(self, data: Any) -> Month:
        try:
            return Month.parse(data)
        except (TypeError, ValueError):
            self.fail("invalid")

    def to_representation(self, value: Month) -> str:
        return str(value)


@extend_schema_field({"type": "string", "format": "date"})
class Day(serializers.Field):
    default_error_messages = {"invalid": _("日付を 2026-10-15 の形で入れてください。")}

    def to_internal_value(self, data: Any) -> date:
        if (day := _day(data)) is None:
            self.fail("invalid")
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


def _day(data: Any) -> date | None:
    """The day that is written, if one is."""
    if not isinstance(data, str) or not _DAY.fullmatch(data):
        return None
    try:
        day = date.fromisoformat(data)
    except ValueError:
        return None
    return day if day.year in YEARS else None


class Moment(serializers.Field):
    """ISO 8601, without offset in the tenant's zone. A bare day stays a day: the deed knows which moment it means."""

    default_error_messages = {
        "invalid": _(
            "日時を 2026-10-15T11:20:00+09:00 の形で、または日付を 2026-10-15 の形で入れてください。"
        )
    }

    def to_internal_value(self, data: Any) -> datetime | date:
        if (day := _day(data)) is not None:
            return day
        try:
            moment = datetime.fromisoformat(_PLUS_AS_BLANK.sub(r"\1+\2", data))
        except (TypeError, ValueError):
            self.fail("invalid")
        if moment.year not in YEARS or len(data) <= len("2026-10-15"):
            self.fail("invalid")
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone())

    def to_representation(self, value: datetime) -> str:
        return timezone.localtime(value).isoformat()


class Since(Moment):
    """From this moment on, or from the beginning of this day."""

    def to_internal_value(self, data: Any) -> datetime:
        given = super().to_internal_value(data)
        return given if isinstance(given, datetime) else start_of(given)


class Until(Moment):
    """Up to this moment, or up to the end of this day."""

    def to_internal_value(self, data: Any) -> datetime:
        given = super().to_internal_value(data)
        if isinstance(given, datetime):
            return given
        return start_of(given) + timedelta(days=1) - timedelta(microseconds=1)


def start_of(day: date) -> datetime:
    """The day's first moment in the tenant's zone."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())


class Ref(serializers.Field):
    """Another record, by its id or by the external_id that it came with; shown as its id."""

    default_error_messages = {
        "invalid": _("idかexternal_idを文字で入れてください。"),
        "unknown": _("「%(given)s」は見つかりません。"),
        "ambiguous": _("「%(given)s」は複数の取り込み元にあります。idで指定してください。"),
    }

    def __init__(self, among: Callable[[], models.QuerySet], **given: Any) -> None:
        self.among = among
        super().__init__(**given)

    def get_attribute(self, instance: Any) -> Any:
        return getattr(instance, f"{self.source}_id")

    def to_internal_value(self, data: Any) -> models.Model:
        if (
            not isinstance(data, str)
            or not 0 < len(data) <= LONGEST_NUMBER
            or text.without_controls(data) != data
        ):
            self.fail("invalid")
        found = self._found(data)
        if not found:
            self._say("unknown", data)
        if len(found) > 1:
            self._say("ambiguous", data)
        return found[0]

    def _found(self, number: str) -> list[models.Model]:
        """Who knows a record by a number from before it was merged means the one that took its place."""
        found = self._named(self.among(), number)
        if found or not hasattr(self.among().model, "merged_into"):
            return found
        gone = self.among().model._base_manager.filter(merged_into__isnull=False)
        survivors = {record.merged_into_id for record in self._named(gone, number)}
        return [record for pk in survivors for record in self._found(str(pk))]

    def _named(self, among: models.QuerySet, number: str) -> list[models.Model]:
        try:
            by_id = list(among.filter(pk=UUID(number)))
        except ValueError:
            by_id = []
        return by_id or list(among.filter(external_id=number)[:2])

    def _say(self, code: str, given: str) -> None:
        raise serializers.ValidationError(self.error_messages[code] % {"given": given}, code=code)

    def to_representation(self, value: UUID) -> str:
        return str(value)


class Refs(serializers.ListField):
    """Several other records, each once."""

    def __init__(self, among: Callable[[], models.QuerySet], **given: Any) -> None:
        super().__init__(child=Ref(among), max_length=MOST_REFERENCES, **given)

    def get_attribute(self, instance: Any) -> list[UUID]:
        return [record.pk for record in getattr(instance, self.source).all()]

    def to_internal_value(self, data: Any) -> list[models.Model]:
        return list(dict.fromkeys(super().to_internal_value(data)))


_OF_COLUMN: Mapping[type[models.Field], type[serializers.Field]] = {
    models.EmailField: Email,
    models.URLField: Web,
    MonthField: MonthText,
    models.DateField: Day,
    models.CharField: Text,
    models.TextField: Text,
}


def of(model: type[models.Model], name: str, **given: Any) -> serializers.Field:
    """The API's field for a text, word, day or month column: as long, and as optional, as the column is."""
    column = model._meta.get_field(name)
    given.setdefault("label", column.verbose_name)
    if column.choices:
        return _word(column, given)
    if isinstance(column, models.CharField | models.TextField):
        given = {"max_length": column.max_length, "allow_blank": column.blank} | given
    elif column.null:
        given = {"allow_null": True} | given
    if column.blank:
        given.setdefault("required", False)
    kind = next(kind for base, kind in _OF_COLUMN.items() if isinstance(column, base))
    return kind(**given)


def _word(column: models.Field, given: dict[str, Any]) -> Choice:
    if column.blank:
        given = {"required": False, "allow_null": True} | given
    elif column.has_default():
        given = {"required": False} | given
    return Choice(choices=column.choices, **given)
