"""All that is kept about a person, found through the database's own links: no table is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.base.models import TellsOfPeople
from apps.journal.models import Entry
from apps.mail.models import Message


class Plain(DjangoJSONEncoder):
    """What JSON has no word for (months, ranges) is told as people read it."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


SECRET = {"password", "session_salt", "session_key", "secret", "digest"}
"""Keys, not facts about the person."""


def rows_about(user: User) -> Iterator[tuple[str, QuerySet]]:
    """Each kind of row by the name of its table, history included."""
    yield _name(User), User.objects.filter(pk=user.pk)
    for model, named in sorted(_links().items(), key=lambda found: _name(found[0])):
        found = Q()
        for field in named:
            found |= Q(**{field: user.pk})
        yield _name(model), model._base_manager.filter(found).order_by("pk")
    yield _name(Entry), Entry.objects.filter(Q(actor_id=user.pk) | Q(subject_id=user.pk)).order_by("pk")
    for model in tables_of_copies():
        yield _name(model), model.about(user.pk)
    if user.email:
        yield _name(Message), Message.objects.filter(to__iexact=user.email).order_by("pk")


def tables_of_copies() -> list[type[TellsOfPeople]]:
    return [model for model in apps.get_models() if issubclass(model, TellsOfPeople)]


def _links() -> dict[type[Model], list[str]]:
    """Every table that names a user, and by which fields."""
    links: dict[type[Model], list[str]] = {}
    for relation in User._meta.get_fields(include_hidden=True):
        points_here = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if points_here and relation.related_model.__module__.startswith("apps."):
            links.setdefault(relation.related_model, []).append(relation.field.name)
    return links


def _name(model: type[Model]) -> str:
    return model._meta.label_lower


def disclosed(user: User) -> dict[str, list[dict[str, Any]]]:
    """All that is kept about the person, as plain values; kinds without a row are left out."""
    told = {
        name: [_without_keys(row) for row in rows.values(*_told(rows.model))]
        for name, rows in rows_about(user)
    }
    return {name: rows for name, rows in told.items() if rows}


def as_rows(told: dict[str, list[dict[str, Any]]]) -> Iterator[list[Any]]:
    """The same as lines of a sheet: one per value, with the table it stands in and the row's number there."""
    yield [_("表"), _("番号"), _("項目名"), _("値")]
    for table, rows in told.items():
        for number, row in enumerate(rows, start=1):
            for field, value in row.items():
                yield [table, number, field, _plain(value)]


def _plain(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, cls=Plain, ensure_ascii=False).strip('"')


def _without_keys(row: dict[str, Any]) -> dict[str, Any]:
    """The row, whose values may be copies of rows."""
    return {
        name: _without_keys(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if name not in SECRET
    }


def _told(model: type[Model]) -> list[str]:
    fields: list[Field] = list(model._meta.concrete_fields)
    return [field.attname for field in fields if field.name not in SECRET]
