"""Choosing rows of a list, and what can be done with them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.bulk.deeds import Deed, deeds_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bulk_deeds(context: dict[str, Any], listing: Any) -> list[Deed]:
    """What this person may do with many rows of the list; nothing: then no row is chosen."""
    return deeds_of(listing.directory.name, context["request"].user)


@register.simple_tag
def pick(record: Any) -> SafeString:
    """The box that chooses a row; as text rather than by a template, as every row has one."""
    words = escape(_("%(name)sを選ぶ") % {"name": record})
    return SafeString(
        f'<td class="pickcell"><input type="checkbox" name="id" value="{record.pk}" form="bulk" data-pick'
        f' aria-label="{words}"></td>'
    )
