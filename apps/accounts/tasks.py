from celery import shared_task
from django.utils import timezone

from apps.accounts import digest


@shared_task(name="accounts.post_digests")
def post_digests() -> None:
    digest.post_digests(at=timezone.now())
