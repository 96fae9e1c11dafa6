from celery import shared_task
from django.utils import timezone

from apps.journal import operations


@shared_task(name="journal.deliver")
def deliver(*, delivery_id: str) -> None:
    operations.deliver(delivery_id, now=timezone.now())


@shared_task(name="journal.sweep")
def sweep() -> None:
    operations.sweep(now=timezone.now())
