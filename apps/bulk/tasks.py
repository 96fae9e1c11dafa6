from celery import shared_task
from django.utils import timezone

from apps.bulk import operations
from apps.bulk.models import Bulk


@shared_task(name="bulk.run")
def run(*, bulk_id: str) -> None:
    """To the end, a slice per transaction: killed, it goes on where it was."""
    bulk = Bulk.objects.select_related("by").get(pk=bulk_id)
    while bulk.is_running:
        bulk = operations.go_on(bulk, by=bulk.by, at=timezone.now())
