from celery import shared_task
from django.utils import timezone

from apps.inbox import drafts, sending


@shared_task(name="inbox.forget_drafts")
def forget_drafts() -> None:
    """Drafts that nobody came back for, and answers that nobody will ask for again."""
    now = timezone.now()
    drafts.forget_old(now=now)
    sending.forget_old(now=now)
