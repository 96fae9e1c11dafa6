"""What happened."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from apps.journal.models import Delivery, Entry


def entries_about(subject_id) -> QuerySet[Entry]:
    return Entry.objects.filter(subject_id=subject_id).order_by("-id")


def undone() -> QuerySet[Delivery]:
    return Delivery.objects.filter(done_at__isnull=True)


def who_last(verb: str, *, to: Iterable[UUID]) -> dict[UUID, str]:
    """Who did this last to each of these: the name as it was. `verb` is the event without its kind of record."""
    entries = Entry.objects.filter(subject_id__in=list(to), event__endswith=f".{verb}").order_by("id")
    return dict(entries.values_list("subject_id", "actor_name"))
