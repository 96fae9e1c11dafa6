from celery import shared_task
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.conversations import operations


@shared_task(name="conversations.clear_away")
def clear_away() -> None:
    operations.clear_away(by=SYSTEM, at=timezone.now())
