"""Who did it, where a page shows what was done."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from apps.base.templatetags import baton
from apps.journal import queries

register = template.Library()


@register.filter
def written(record: Any) -> str:
    """By whom and when a record came to say what it says: 大橋 12:04."""
    at = timezone.localtime(record.changed_at)
    subject = getattr(record, "visit_id", record.pk)  # a visit's reports are noted as its own
    when = date_format(at, "H:i") if at.date() == timezone.localdate() else baton.timed(at)
    return f"{queries.doer(subject, at=at)} {when}".strip()
