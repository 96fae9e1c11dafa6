"""Where one was in a list: a row's page leads back to it, and on to the rows before and after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from apps.base.listing.asked import Asked, asked_of
from apps.base.listing.conditions import Asker
from apps.base.listing.declared import LISTS
from apps.base.pages import beyond, turned

LONGEST = 4_000


def from_row(request: HttpRequest, asked: Asked) -> list | None:
    """The place of the row that the address names by `at`: the page begins there if it would not hold it."""
    try:
        return place_in(asked, UUID(request.GET.get("at", "")))
    except ValueError:
        return None


def place_in(asked: Asked, pk: Any) -> list | None:
    """A row's values in the columns that the list is sorted by; it need not be in the list any more."""
    columns = [column.lstrip("-") for column in asked.order]
    found = asked.ordered(asked.directory.model._default_manager.filter(pk=pk)).values_list(*columns).first()
    return found and list(found)


@dataclass
class Place:
    """A record within the list that it was opened from."""

    asked: Asked
    record: Model
    here: str

    @property
    def label(self) -> str:
        return str(self.asked.directory.label)

    @property
    def back(self) -> str:
        """The list as it was, at the record's row."""
        sign = "&" if "?" in self.here else "?"
        return f"{self.here}{sign}at={self.record.pk}#row-{self.record.pk}"

    @cached_property
    def _values(self) -> list | None:
        return place_in(self.asked, self.record.pk)

    def _neighbour(self, order: tuple[str, ...]) -> str | None:
        if self._values is None:
            return None
        rows = self.asked.ordered(self.asked.rows).filter(beyond(order, self._values)).order_by(*order)
        pk = rows.values_list("pk", flat=True).first()
        return pk and self.asked.directory.address_of(pk, self.here)

    @cached_property
    def next(self) -> str | None:
        return self._neighbour(self.asked.order)

    @cached_property
    def previous(self) -> str | None:
        return self._neighbour(turned(self.asked.order))


def place_of(request: HttpRequest, record: Model) -> Place | None:
    """The list that the address says the record was opened from, if it is one of ours that shows such records."""
    here = request.GET.get("from", "")
    if len(here) > LONGEST or not here.startswith("/") or not url_has_allowed_host_and_scheme(here, None):
        return None
    address = urlsplit(here)
    asker = Asker(request.user, timezone.localdate())
    for directory in LISTS.values():
        if directory.model is type(record) and directory.address == address.path:
            asked = asked_of(directory, QueryDict(address.query), asker)
            try:
                asked.rows  # noqa: B018 - a scope that is not there answers with 404, which is not this page's
            except (Http404, ValidationError, ValueError):
                return None
            return Place(asked, record, here)
    return None
