from celery import shared_task
from django.utils import timezone

from apps.integrations import idempotency


@shared_task(name="integrations.forget_answers")
def forget_answers() -> None:
    idempotency.forget_answers(now=timezone.now())
