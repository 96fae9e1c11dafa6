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
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from apps.base import text

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
    """One page of a keyset-paged list; `next` is the cursor after it, or None at the end."""

    rows: list
    next: str | None


class BadCursor(ValueError):
    """The cursor was not made by `keyset_slice` for this order."""


def keyset_slice(
    queryset: QuerySet, *, order: Sequence[str], after: str | None = None, size: int = 50
) -> Slice:
    """`size` rows of the queryset in `order` (column names, "-" for descending; the last one unique).

    Raises BadCursor if `after` is no cursor of this order. Rows may be instances or dicts of `.values()`.
    """
    try:
        if after:
            queryset = queryset.filter(_beyond(order, _read(after, len(order))))
        rows = list(queryset.order_by(*order)[: size + 1])
    except (ValidationError, ValueError, TypeError, DataError) as error:
        if after:  # values that no column of this order can have
            raise BadCursor(after) from error
        raise
    if len(rows) <= size:
        return Slice(rows, None)
    rows.pop()
    return Slice(rows, _written([_value(rows[-1], column.lstrip("-")) for column in order]))


def _beyond(order: Sequence[str], values: list) -> Q:
    """Rows after `values`: (a > x) or (a = x and b > y) or …"""
    beyond, equal = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name, direction = (column[1:], "lt") if column.startswith("-") else (column, "gt")
        beyond |= equal & Q(**{f"{name}__{direction}": value})
        equal &= Q(**{name: value})
    return beyond


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


def listed(request: HttpRequest, queryset: QuerySet, *, order: Sequence[str], size: int = 50) -> Slice:
    """The slice that the address asks for by `after`; its `next` is the address of the next one."""
    try:
        rows = keyset_slice(queryset, order=order, after=request.GET.get("after"), size=size)
    except BadCursor:
        raise Http404 from None
    if rows.next is None:
        return rows
    asked = request.GET.copy()
    asked["after"] = rows.next
    return Slice(rows.rows, f"?{asked.urlencode()}")


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
    address = request.GET.get(name, "")
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours else otherwise


def tell_done(request: HttpRequest, words: str, *, undo: str) -> None:
    """Say what was done, with the way back: `undo` is the address that takes it back by POST."""
    messages.success(request, words, extra_tags=undo)


PAGE = "page"
"""The source of what people record on pages."""


def made_once(model: type[M], key: Any, make: Callable[..., M]) -> tuple[M, bool]:
    """The record that the form with this key makes, and whether it is new: sent twice, the first one made it."""
    given = {"source": PAGE, "external_id": str(key)}
    if earlier := model._default_manager.filter(**given).first():
        return earlier, False
    try:
        return make(**given), True
    except IntegrityError:  # the other of two at the same time was first
        if earlier := model._default_manager.filter(**given).first():
            return earlier, False
        raise
