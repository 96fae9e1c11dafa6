"""What left by mail, and what is about to."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.mail.models import Message


def messages(*, waiting: bool | None = None) -> QuerySet[Message]:
    """Every mail without its text, the newest first; `waiting`: only those that have (not) left yet."""
    found = Message.objects.defer("text")
    if waiting is not None:
        found = found.filter(sent_at__isnull=waiting)
    return found.order_by("-written_at", "-pk")


def refused() -> QuerySet[Message]:
    """What did not leave at the last attempt and is tried again."""
    return messages(waiting=True).exclude(last_error="")


def was_posted(key: str) -> bool:
    return Message.objects.filter(key=key).exists()
