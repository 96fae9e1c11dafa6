"""How what was said is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from apps.conversations import queries, rules

register = template.Library()

_SET_OFF = re.compile(f"{rules.TOKEN.pattern}|{rules.ADDRESS.pattern}")


@register.filter
def told(text: str, names: Mapping[UUID, str]) -> SafeString:
    """The text with names for tokens, web addresses as links and its line ends. Everything else is escaped."""
    parts: list[Any] = []
    end = 0
    for found in _SET_OFF.finditer(text):
        parts.append(conditional_escape(text[end : found.start()]))
        part, end = _set_off(found, names)
        parts.append(part)
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts).replace("\n", "<br>"))  # noqa: S308 - each part is escaped above


def _set_off(found: re.Match[str], names: Mapping[UUID, str]) -> tuple[SafeString, int]:
    """What stands there for the found token or address, and where the text goes on."""
    if found[1]:
        name = names.get(UUID(found[1]))
        return format_html('<b class="at">@{}</b>' if name else "{}", name or found[0]), found.end()
    address = rules.address_at(found)
    link = format_html(
        '<a class="link" href="{0}" rel="noreferrer noopener nofollow" target="_blank">{0}</a>', address
    )
    return link, found.start() + len(address)


@register.simple_tag
def remarks(*lists: Iterable[Any]) -> dict[UUID, int]:
    """How many comments stand beside each record of the lists, in one query."""
    return queries.remarks(record.pk for records in lists for record in records)


@register.filter
def beside(record: Any, remarks: Mapping[UUID, int]) -> int:
    return remarks.get(record.pk, 0)


@register.filter
def bytes_in_words(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
