"""Choosing rows of a list, and what can be done with them."""

from __future__ import annotations

from typing import Any

from django import template

from apps.bulk.deeds import Deed, deeds_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bulk_deeds(context: dict[str, Any], listing: Any) -> list[Deed]:
    """What this person may do with many rows of the list; nothing: then no row is chosen."""
    return deeds_of(listing.directory.name, context["request"].user)
