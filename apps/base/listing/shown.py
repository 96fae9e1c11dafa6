"""A list as its page shows it: rows, heads, chips and the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.base.listing import conditions
from apps.base.listing.asked import Asked, asked_of
from apps.base.listing.conditions import Asker
from apps.base.listing.declared import Column, Directory
from apps.base.listing.forms import FilterForm
from apps.base.listing.places import from_row
from apps.base.pages import Slice, listed

FILTER = "filter"
"""The parameter with which the form of 絞り込み is sent, and asked for."""


@dataclass(frozen=True)
class Chip:
    """One condition and the address without it."""

    words: str
    without: str


@dataclass(frozen=True)
class Head:
    """A column's head: the address that sorts by it, and how it is sorted now (ascending, descending or nothing)."""

    column: Column
    url: str
    sorted: str


class Listing:
    """What a page shows of a list; nothing is asked of the database before it is used."""

    def __init__(self, request: HttpRequest, declared: Directory) -> None:
        self.request, self.directory = request, declared
        self.asked: Asked = asked_of(declared, request.GET, Asker(request.user, timezone.localdate()))

    @cached_property
    def slice(self) -> Slice:
        """The page's rows with the addresses of the next and the one before."""
        rows = self.asked.ordered(self.asked.rows)
        if named := from_row(self.request, self.asked):
            return listed(self.request, rows, order=self.asked.order, at=named)
        return listed(self.request, rows, order=self.asked.order)

    @property
    def rows(self) -> list:
        return self.slice.rows

    @property
    def found(self) -> QuerySet:
        return self.asked.rows

    @cached_property
    def from_here(self) -> str:
        """What a row's link adds, so that its page leads back here."""
        return f"?from={quote(self.here, safe='')}"

    @cached_property
    def here(self) -> str:
        """This page of the list, as its rows remember it."""
        paging = {name: self.request.GET[name] for name in ("after", "before") if name in self.request.GET}
        page = "".join(f"&{name}={quote(value)}" for name, value in paging.items())
        return f"{self.directory.address}?{self.asked.query}{page}"

    # ── conditions ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def chips(self) -> list[list[Chip]]:
        """The groups, each with its alternatives."""
        groups = self.asked.groups
        return [
            [
                Chip(
                    self.asked.said(condition),
                    self.asked.address(groups=tuple(conditions.without(groups, number, alternative))),
                )
                for alternative, condition in enumerate(group)
            ]
            for number, group in enumerate(groups)
        ]

    @property
    def bare(self) -> str:
        """The list without conditions, in the same scope and view."""
        return self.asked.address(groups=(), words="")

    @property
    def filter_url(self) -> str:
        return f"{self.asked.address()}&{FILTER}=open"

    @property
    def is_open(self) -> bool:
        """Whether the form stands on the page: asked for without a script, or sent with a fault."""
        return FILTER in self.request.GET

    @cached_property
    def form(self) -> FilterForm:
        sent = self.request.GET.get(FILTER) == "set"
        return FilterForm(self.request.GET if sent else None, asked=self.asked)

    @cached_property
    def narrowed_to(self) -> str | None:
        """Where the form, sent whole, leads: the address of what it asks for."""
        if self.request.GET.get(FILTER) != "set" or not self.form.is_valid():
            return None
        changed = self.asked.with_groups(self.form.groups)
        return f"{self.directory.address}?{changed.query}"

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the search field's form carries besides the words."""
        return self.asked.pairs(leave=["q"])

    # ── order ──────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.directory.columns if column.page]

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column, "", "")
        name, down = self.asked.sorted_by
        now = name == column.sort
        turned = not down if now else self.directory.sorts[column.sort].down
        url = self.asked.address(sort=f"-{column.sort}" if turned else column.sort)
        return Head(column, url, ("descending" if down else "ascending") if now else "")

    @property
    def sorts(self) -> Iterator[tuple[str, Any, bool]]:
        """For a phone, which has no heads: each order by name, both ways."""
        name, down = self.asked.sorted_by
        for key, sort in self.directory.sorts.items():
            for sign in ("-", "") if sort.down else ("", "-"):
                yield f"{sign}{key}", sort.label, (key, sign == "-") == (name, down)
