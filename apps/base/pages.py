"""What every page does: render itself, or only the part htmx asked for; page by keyset."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.base import text
from apps.base.refusal import Refused

M = TypeVar("M", bound=models.Model)


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    parts: Sequence[str] = (),
    status: int | None = None,
) -> TemplateResponse:
    """Render the page, or only the part htmx asked for."""
    if request.htmx.target in parts:  # type: ignore[attr-defined]
        template += f"#{request.htmx.target}"  # type: ignore[attr-defined]
    response = TemplateResponse(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Target"])
    return response


@dataclass(frozen=True)
class Slice:
    """One page of a keyset-paged list; `next` and `previous` are the cursors around it, or None at the ends."""

    rows: list
    next: str | None
    previous: str | None = None


class BadCursor(ValueError):
    """The cursor was not made by `keyset_slice` for this order."""


def keyset_slice(
    queryset: QuerySet,
    *,
    order: Sequence[str],
    after: str | None = None,
    before: str | None = None,
    at: Sequence | None = None,
    size: int = 50,
) -> Slice:
    """`size` rows of the queryset in `order` (column names, "-" for descending; the last one unique).

    `after` and `before` are cursors of this order, else BadCursor is raised; `at` are the values of a row with
    which the page begins. Rows may be instances or dicts of `.values()`.
    """
    way = turned(order) if before else order
    rows = queryset
    try:
        if cursor := before or after:
            rows = rows.filter(beyond(way, _read(cursor, len(order))))
        elif at is not None:
            rows = rows.filter(~beyond(turned(order), at))
        rows = list(rows.order_by(*way)[: size + 1])
    except (ValidationError, ValueError, TypeError, DataError) as error:
        if after or before:  # values that no column of this order can have
            raise BadCursor(before or after) from error
        raise
    further = len(rows) > size
    rows = rows[:size]
    if before:
        rows.reverse()
    if not rows:
        return Slice([], None)
    first, last = (
        _written([_value(row, column.lstrip("-")) for column in order]) for row in (rows[0], rows[-1])
    )
    ahead, behind = (True, further) if before else (further, bool(after) or at is not None)
    return Slice(rows, last if ahead else None, first if behind else None)


def turned(order: Sequence[str]) -> tuple[str, ...]:
    """The same order from its end."""
    return tuple(column[1:] if column.startswith("-") else f"-{column}" for column in order)


def beyond(order: Sequence[str], values: Sequence) -> Q:
    """Rows after `values`: (a > x) or (a = x and b > y) or …"""
    further, equal = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name, direction = (column[1:], "lt") if column.startswith("-") else (column, "gt")
        further |= equal & Q(**{f"{name}__{direction}": value})
        equal &= Q(**{name: value})
    return further


def _value(row: Any, column: str) -> Any:
    if isinstance(row, dict):
        return row[column]
    for part in column.split("__"):
        row = getattr(row, part)
    return row


def _written(values: list) -> str:
    if None in values:
        raise ValueError("no row with an empty column can be paged by it")
    text = json.dumps([v if isinstance(v, int | str) else str(v) for v in values], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise BadCursor(cursor) from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor(cursor)
    if any(not isinstance(v, int | str) or (isinstance(v, str) and "\x00" in v) for v in values):
        raise BadCursor(cursor)
    return values


def listed(
    request: HttpRequest,
    queryset: QuerySet,
    *,
    order: Sequence[str],
    at: Sequence | None = None,
    size: int = 50,
) -> Slice:
    """The slice that the address asks for by `after` or `before`; its cursors are the addresses around it.

    `at`: the values of a row that the page shall hold; it begins with that row if it would not.
    """
    cursors = {name: request.GET.get(name) for name in ("after", "before")}
    try:
        found = keyset_slice(queryset, order=order, size=size, **cursors)
    except BadCursor:
        raise Http404 from None
    if at is not None and found.rows and not _holds(found.rows, order, at):
        found = keyset_slice(queryset, order=order, at=at, size=size)
    return Slice(
        found.rows, _turning(request, "after", found.next), _turning(request, "before", found.previous)
    )


def latest_of(request: HttpRequest, kinds: Sequence[QuerySet], *, by: str, size: int = 50) -> Slice:
    """As `listed`, of rows of several kinds at once: those with the latest `by` first."""
    order = (f"-{by}", "-pk")
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        parts = [keyset_slice(kind, order=order, after=after, before=before, size=size) for kind in kinds]
    except BadCursor:
        raise Http404 from None
    rows = sorted(
        (row for part in parts for row in part.rows), key=lambda row: (_value(row, by), row.pk), reverse=True
    )
    more = len(rows) > size or any(part.previous if before else part.next for part in parts)
    rows = rows[-size:] if before else rows[:size]
    if not rows:
        return Slice([], None)
    first, last = (_written([_value(row, by), row.pk]) for row in (rows[0], rows[-1]))
    ahead, behind = (True, more) if before else (more, bool(after))
    return Slice(
        rows,
        _turning(request, "after", last if ahead else None),
        _turning(request, "before", first if behind else None),
    )


def _holds(rows: list, order: Sequence[str], at: Sequence) -> bool:
    """Whether the row with these values is among the rows, by its id."""
    return any(_value(row, order[-1].lstrip("-")) == at[-1] for row in rows)


def _turning(request: HttpRequest, way: str, cursor: str | None) -> str | None:
    """The address of the next page, or of the one before."""
    if cursor is None:
        return None
    asked = request.GET.copy()
    for other in ("after", "before", "at"):
        asked.pop(other, None)
    asked[way] = cursor
    return f"?{asked.urlencode()}"


def searched(request: HttpRequest, name: str = "q") -> str:
    """The words that the address asks for."""
    return text.without_controls(request.GET.get(name, ""))[:200]


def found_or_404(queryset: QuerySet[M], pk: Any) -> M:
    """The row that an address names, which may be anything at all."""
    try:
        return queryset.get(pk=pk)
    except (queryset.model.DoesNotExist, ValidationError, ValueError):
        raise Http404 from None


def local_address(request: HttpRequest, name: str, *, otherwise: str) -> str:
    """The address that the query names, if it is one of ours."""
    return ours(request.GET.get(name, ""), otherwise=otherwise)


def ours(address: str, *, otherwise: str) -> str:
    """The address, if it is one of ours."""
    local = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if local else otherwise


def tell_done(request: HttpRequest, words: str, *, undo: str) -> None:
    """Say what was done, with the way back: `undo` is the address that takes it back by POST."""
    messages.success(request, words, extra_tags=undo)


def told_choosable(request: HttpRequest, word: Any, *, to: str) -> HttpResponse:
    """Say that the word can be chosen no more, or again, and go back to all of them."""
    words = _("「%(label)s」は、もう選べません。") if word.retired_at else _("「%(label)s」をまた選べます。")
    messages.success(request, words % {"label": word})
    return redirect(to)


PAGE = "page"
"""The source of what people record on pages."""


def made_once(model: type[M], key: Any, make: Callable[..., M]) -> tuple[M, bool]:
    """The record that the form with this key makes, and whether it is new: sent twice, the first one made it."""
    given = {"source": PAGE, "external_id": str(key)}
    if earlier := model._default_manager.filter(**given).first():
        return earlier, False
    try:
        return make(**given), True
    except (IntegrityError, Refused):  # the other of two at the same time was first
        if earlier := model._default_manager.filter(**given).first():
            return earlier, False
        raise
