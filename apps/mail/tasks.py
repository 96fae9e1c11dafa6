from celery import shared_task
from django.utils import timezone

from apps.mail import operations


@shared_task(name="mail.send")
def send(*, message_id: str) -> None:
    operations.send(message_id, now=timezone.now())


@shared_task(name="mail.sweep")
def sweep() -> None:
    operations.sweep(now=timezone.now())
