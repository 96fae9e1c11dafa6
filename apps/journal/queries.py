"""What happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from apps.journal.models import Delivery, Entry


def entries_about(subject_id) -> QuerySet[Entry]:
    return Entry.objects.filter(subject_id=subject_id).order_by("-id")


AROUND = timedelta(seconds=10)
"""A deed reads its clock before it writes, and notes what it did at its end."""


def doer(subject_id: UUID, *, at: datetime) -> str:
    """Who did what was done to it at that moment: the name as it was, none where nothing was noted then."""
    noted = entries_about(subject_id).filter(at__range=(at - AROUND, at + AROUND))
    near = noted.values_list("at", "actor_name")
    # The database may have another clock: what lies before the moment is the second choice.
    return min(near, key=lambda one: (one[0] < at, abs(one[0] - at)), default=(at, ""))[1]


def undone() -> QuerySet[Delivery]:
    return Delivery.objects.filter(done_at__isnull=True)


def who_last(verb: str, *, to: Iterable[UUID]) -> dict[UUID, str]:
    """Who did this last to each of these: the name as it was. `verb` is the event without its kind of record."""
    entries = Entry.objects.filter(subject_id__in=list(to), event__endswith=f".{verb}").order_by("id")
    return dict(entries.values_list("subject_id", "actor_name"))
