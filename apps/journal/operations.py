"""Noting what happened, and doing once what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.module_loading import import_string

from apps.base.origin import door
from apps.journal import hearing
from apps.journal.models import Delivery, Entry

log = logging.getLogger("baton.journal")

REACTIONS: dict[str, list[str]] = {}
"""Event → dotted names of the functions that wait for it, filled by `after` when apps load."""

LONGEST_WAIT = timedelta(hours=1)
SWEEP_AFTER = timedelta(seconds=5)
SWEEP_AT_MOST = 500
SWEPT_HOLDS_FOR = timedelta(seconds=10)
"""What the sweeper queued is swept again by then: later it is not worth doing, or a slow worker drowns in it."""


class Actor(Protocol):
    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> str: ...


Reaction = Callable[[Entry], object]


def after(event: str) -> Callable[[Reaction], Reaction]:
    """Run the function once for each entry of this event, in the background, in one transaction with its effect."""

    def register(reaction: Reaction) -> Reaction:
        REACTIONS.setdefault(event, []).append(f"{reaction.__module__}.{reaction.__qualname__}")
        return reaction

    return register


def note(event: str, subject: models.Model, *, by: Actor, **details: Any) -> Entry:
    """Write the journal line of a deed in the deed's own transaction, and queue what waits for it."""
    return note_many(event, [subject], by=by, **details)[0]


def note_many(event: str, subjects: Iterable[models.Model], *, by: Actor, **details: Any) -> list[Entry]:
    """`note` for many subjects of one deed at the cost of one."""
    kept = {name: _plain(value) for name, value in details.items()}
    entries = Entry.objects.bulk_create(
        [
            Entry(
                event=event,
                actor_id=by.pk,
                actor_name=by.name,
                subject_kind=subject._meta.label_lower,
                subject_id=subject.pk,
                subject_name=str(subject)[:300],
                door=door(),
                details=kept,
            )
            for subject in subjects
        ],
        batch_size=1_000,
    )
    _owe(entries)
    hearing.tell(entries)
    return entries


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"id": str(value.pk), "name": str(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    try:
        return DjangoJSONEncoder().default(value)
    except TypeError:
        return str(value)


def _owe(entries: list[Entry]) -> None:
    owed = Delivery.objects.bulk_create(
        [
            Delivery(entry=entry, reaction=name)
            for entry in entries
            for name in REACTIONS.get(entry.event, ())
        ],
        batch_size=1_000,
    )
    transaction.on_commit(lambda: queue(delivery.pk for delivery in owed))


def queue(deliveries: Iterable[Any], *, within: timedelta | None = None) -> None:
    """Ask the workers for these deliveries now; where the broker does not answer, the sweeper asks again."""
    from apps.journal import tasks  # the task imports this module

    all(tasks.deliver.soon(delivery_id=str(delivery), within=within) for delivery in deliveries)


def deliver(delivery_id: str, *, now: datetime) -> bool:
    """Run one owed reaction. True if it ran now; a delivery that is done or in other hands is left alone."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("entry")
            .filter(pk=delivery_id, done_at__isnull=True)
            .first()
        )
        if delivery is None:
            return False
        try:
            with transaction.atomic():
                import_string(delivery.reaction)(delivery.entry)
        except Exception as error:
            log.exception("reaction failed", extra={"facts": {"reaction": delivery.reaction}})
            delivery.attempts += 1
            delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
            delivery.due_at = now + min(LONGEST_WAIT, timedelta(seconds=5 * 2 ** min(delivery.attempts, 12)))
            delivery.save(update_fields=["attempts", "last_error", "due_at"])
            return False
        delivery.done_at = now
        delivery.save(update_fields=["done_at"])
        return True


def sweep(*, now: datetime) -> int:
    """Queue again what is due and not done; returns how many. Each is left alone for a while afterwards."""
    with transaction.atomic():
        owed = list(
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(done_at__isnull=True, due_at__lte=now - SWEEP_AFTER)
            .order_by("due_at")
            .values_list("pk", flat=True)[:SWEEP_AT_MOST]
        )
        Delivery.objects.filter(pk__in=owed).update(due_at=now)
    queue(owed, within=SWEPT_HOLDS_FOR)
    return len(owed)
