"""What leans on what: the columns through which rows of a tenant name other rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.apps import apps
from django.db import connection, models

from apps.base.models import Versioned
from apps.journal.models import Entry

Table = type[models.Model]


@dataclass(frozen=True)
class Link:
    """A column of `child` that names a row of `parent`. The parent of a `part` is its whole."""

    child: Table
    column: str
    parent: Table
    part: bool = False


def tables() -> dict[str, Table]:
    """Every table of our own by its name, but for the histories that the database keeps."""
    ours = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("apps.")]
    return {model._meta.db_table: model for model in ours if not hasattr(model, "pgh_tracked_model")}


def links_to(parents: list[Table]) -> list[Link]:
    return [link for link in _links(parents) if link.parent in parents]


def _links(parents: list[Table]) -> Iterator[Link]:
    for model in tables().values():
        owner = model._meta.auto_created  # the visit of a pair (visit, contact), which is the pair's whole
        for field in model._meta.concrete_fields:
            target = cast("Table | None", field.related_model)
            if target is not None and field.remote_field.on_delete is not models.DO_NOTHING:
                part = field.remote_field.on_delete is models.CASCADE and owner in (False, target)
                yield Link(model, field.column, target, part)
            elif field.name == "subject_id" and model is not Entry:  # a remark on a record of any kind
                records = (parent for parent in parents if issubclass(parent, Versioned))
                yield from (Link(model, field.column, record) for record in records)


def name_of(model: Table) -> str:
    return model._meta.db_table


def key_type(model: Table) -> str:
    return str(cast(models.Field, model._meta.pk).db_type(connection))


def columns_of(model: Table, *, row: str = "") -> str:
    """The columns that can be written, perhaps as those of a row of that name."""
    names = [f'"{field.column}"' for field in model._meta.concrete_fields if not field.generated]
    return ", ".join(f"{row}.{name}" if row else name for name in names)
