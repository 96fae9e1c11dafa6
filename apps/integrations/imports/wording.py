"""A row as people will see its record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from apps.base.templatetags import baton
from apps.customers import codes
from apps.integrations.imports.kinds import Kind, Row

TITLES = ("name", "company", "rep", "deal")
"""The first of these that a row has is what it is called."""
UNDER_IT = ("reading",)


def shown(kind: Kind, row: Row) -> dict[str, Any]:
    """Title, what stands under it, and label and value of everything else."""
    told = {name: said(name, value) for name, value in row.facts.items()} or row.said
    title = next((name for name in TITLES if told.get(name)), "")
    under = next((name for name in UNDER_IT if told.get(name)), "")
    facts = [
        [str(asked.label), told[name]]
        for name, asked in kind.fields.items()
        if name not in (title, under) and told.get(name)
    ]
    return {"title": told.get(title, ""), "under": told.get(under, ""), "facts": facts}


def said(name: str, value: Any) -> str:
    """A value in the words of the page that will show it."""
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, list | tuple):
        return str(_("、")).join(said(name, one) for one in value)
    if isinstance(value, models.Choices):
        return str(value.label)
    if isinstance(value, datetime):
        return baton.timed(value)
    if isinstance(value, date):
        return baton.dated(value)
    if isinstance(value, int):
        return f"{value:,}"
    if name == "industry":
        return str(codes.INDUSTRIES.get(value, value))
    if name == "area":
        return codes.area_name(value)
    return str(value)
