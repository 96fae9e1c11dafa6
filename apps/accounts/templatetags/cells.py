"""Values that are changed where they stand."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from apps.accounts.cells import CELLS

register = template.Library()


@register.simple_tag
def cell(record: Any, field: str, may_keep: bool) -> SafeString:
    """The value; who may change it opens its field by click, Enter or E."""
    return CELLS[type(record)].drawn(record, field, may_keep=may_keep)
