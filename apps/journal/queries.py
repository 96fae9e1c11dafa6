"""What happened."""

from django.db.models import QuerySet

from apps.journal.models import Delivery, Entry


def entries_about(subject_id) -> QuerySet[Entry]:
    return Entry.objects.filter(subject_id=subject_id).order_by("-id")


def undone() -> QuerySet[Delivery]:
    return Delivery.objects.filter(done_at__isnull=True)
