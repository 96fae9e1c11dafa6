"""What a list is: its rows, columns, sorts and fields, declared once by the app that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.db import models
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.base.listing.fields import Field

if TYPE_CHECKING:
    from apps.base.listing.asked import Asked


@dataclass(frozen=True)
class Sort:
    """What rows can stand by: a column that is never null, or an expression that is not, maybe of the day asked for."""

    label: Any
    by: str | models.expressions.Combinable | Callable[[Asked], models.expressions.Combinable]
    down: bool = False
    """Whether the first click gives the highest first."""


def number_or_less(column: str) -> Coalesce:
    """The column, where it is empty a number below all others.

    It is signed whatever the column is: of a column of positive numbers Django takes "above −1" for always true.
    """
    return Coalesce(F(column), Value(-1), output_field=BigIntegerField())


@dataclass(frozen=True)
class Column:
    """A column of the list and of its file: `value` is exact, the page's cell is the template's."""

    label: Any
    value: Callable[[Any], Any]
    sort: str = ""
    css: str = ""
    page: bool = True
    """Whether the page has it, too; the file has every column."""


@dataclass
class Directory:
    """A list. `rows` gives what there is before any condition, `keeps` what its addresses carry besides."""

    name: str
    label: Any
    model: type[models.Model]
    url: str
    record: str
    """The URL name of one row's page, which takes its id."""
    rows: Callable[[Asked], QuerySet]
    columns: Sequence[Column]
    sorts: Mapping[str, Sort]
    usual_sort: Callable[[Asked], str]
    fields: dict[str, Field] = field(default_factory=dict)
    keeps: Sequence[str] = ("saved",)
    short: Sequence[str] = ()
    """Fields that an address may also name alone: ?industry=E is ?where=industry:in:E."""
    implied: Mapping[str, str] = field(default_factory=dict)
    """What a field is asked for while no condition names it."""
    scoped_by: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What else holds once a condition names the field: asking for an owner asks among everybody's."""

    def __post_init__(self) -> None:
        LISTS[self.name] = self

    def with_fields(self, *fields: Field) -> Directory:
        """Add fields: an app above may ask for what only it knows."""
        self.fields |= {given.name: given for given in fields}
        return self

    @property
    def address(self) -> str:
        return reverse(self.url)

    def address_of(self, pk: Any, here: str) -> str:
        """One row's page, which knows the list that it was opened from."""
        return f"{reverse(self.record, args=[pk])}?from={quote(here, safe='')}"


LISTS: dict[str, Directory] = {}
"""Every list by its name."""
