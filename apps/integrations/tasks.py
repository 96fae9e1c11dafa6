from celery import shared_task
from django.utils import timezone

from apps.integrations import idempotency
from apps.integrations.imports import working


@shared_task(name="integrations.forget_answers")
def forget_answers() -> None:
    idempotency.forget_answers(now=timezone.now())


@shared_task(name="integrations.work_on_import")
def work_on_import(*, import_id: str) -> None:
    """A slice of it; what is left goes to the end of the queue."""
    if working.work(import_id):
        work_on_import.soon(import_id=import_id)


@shared_task(name="integrations.sweep_imports")
def sweep_imports() -> None:
    """Take up again what a dead worker left, and what waits for its turn; forget what nobody needs any more."""
    now = timezone.now()
    for import_id in working.silent(now=now):
        work_on_import.soon(import_id=import_id)
    working.forget_files(now=now)
    working.forget_ledgers(now=now)
