"""What every record of a tenant has in common."""

from __future__ import annotations

from functools import cache
from typing import Any, Self
from uuid import UUID

import uuid_utils.compat
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from apps.base.month import Month
from apps.base.refusal import Stale


def new_id():
    """A UUIDv7: unique everywhere, ordered by time."""
    return uuid_utils.compat.uuid7()


class WrongTenant(RuntimeError):
    """A record of one tenant was about to be written into another."""


class RecordQuerySet(models.QuerySet):
    def kept(self) -> Self:
        """Without the trash."""
        return self.filter(trashed_at__isnull=True)


@cache
def _labels(field: models.Field, _language: str) -> dict[Any, str]:
    return {value: str(label) for value, label in field.flatchoices}


class Row(models.Model):
    """A row with a time-ordered id that refuses to leave the tenant it came from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schema = connection.schema_name

    def _stays_home(self) -> None:
        if self._schema != connection.schema_name:
            raise WrongTenant(f"{self._meta.label} {self.pk} of {self._schema} in {connection.schema_name}")

    def _get_FIELD_display(self, field: models.Field) -> Any:  # noqa: N802
        """As Django's, but for making the table of choices anew on every row of a list."""
        value = getattr(self, field.attname)
        if not isinstance(value, str):
            return super()._get_FIELD_display(field)  # type: ignore[misc]
        return _labels(field, get_language()).get(value, value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._stays_home()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._stays_home()
        return super().delete(*args, **kwargs)


class TellsOfPeople(models.Model):
    """A table with copies of people's rows, to which no foreign key leads: what is told and erased of them reaches it."""

    class Meta:
        abstract = True

    @classmethod
    def about(cls, user_id: UUID) -> models.QuerySet:
        raise NotImplementedError

    @classmethod
    def forget(cls, user_id: UUID) -> None:
        """Erase what the person is called from the copies."""
        raise NotImplementedError


class Versioned(Row):
    """Something people change: versioned against lost updates, and known by the number of its source."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    source = models.CharField(gettext_lazy("取り込み元"), max_length=60, blank=True, default="")
    external_id = models.CharField(gettext_lazy("取り込み元の番号"), max_length=200, null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="%(class)s_known_once_per_source")
        ]

    def locked(self, *, version: int | None = None) -> Self:
        """The row as it stands now, held until the transaction ends; Stale if it is no longer `version`."""
        present = type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if version is not None and present.version != version:
            raise Stale(
                _("開いている間に、ほかの人が変更しました。今の内容を確かめてください。"), present=present
            )
        return present

    def saved(self, *, at) -> Self:
        """Save as the next version; generated fields are fresh afterwards."""
        if self._state.adding:
            self.created_at = at
        else:
            self.version += 1
        self.changed_at = at
        self.save()
        generated = [f.attname for f in self._meta.concrete_fields if f.generated]
        if generated:
            self.refresh_from_db(fields=generated)
        return self


class Record(Versioned):
    """Something people keep about customers: trashed rather than deleted."""

    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta(Versioned.Meta):
        abstract = True


class WordQuerySet(models.QuerySet):
    def offered(self) -> Self:
        """What can be chosen from now on."""
        return self.filter(retired_at__isnull=True)


class Word(Versioned):
    """What a tenant lets its people choose from; one that is retired stays where it was given."""

    retired_at = models.DateTimeField(null=True, blank=True)

    objects = WordQuerySet.as_manager()

    class Meta(Versioned.Meta):
        abstract = True

    def no_longer(self, *, at, version: int | None = None) -> Self:
        return self._turned(at, at=at, version=version)

    def again(self, *, at, version: int | None = None) -> Self:
        return self._turned(None, at=at, version=version)

    def _turned(self, retired_at, *, at, version: int | None) -> Self:
        word = self.locked(version=version)
        word.retired_at = retired_at
        return word.saved(at=at)


class MonthField(models.DateField):
    """A `Month`, kept as the date of its first day."""

    description = "A calendar month"

    def from_db_value(self, value, expression, connection) -> Month | None:
        return None if value is None else Month.of(value)

    def to_python(self, value) -> Month | None:
        if value is None or isinstance(value, Month):
            return value
        if isinstance(value, str) and len(value) == 7:
            return Month.parse(value)
        return Month.of(super().to_python(value))

    def get_prep_value(self, value):
        if isinstance(value, models.Expression | DatabaseDefault):
            return value
        month = self.to_python(value)
        return None if month is None else month.first_day

    def get_db_prep_value(self, value, connection, prepared=False):
        if not prepared:
            value = self.get_prep_value(value)
        return value

    def value_to_string(self, obj) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs):
        from apps.base.forms import MonthInputField  # forms import models' neighbours

        return models.Field.formfield(self, form_class=MonthInputField, **kwargs)
