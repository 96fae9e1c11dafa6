"""What is written about what reaches a person. It lies below the permission table: only our own doors come here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from apps.base.origin import PAGE
from apps.inbox import rules
from apps.inbox.models import FormUse
from apps.inbox.opening import Sent
from apps.journal.models import Entry


@transaction.atomic
def count_input(
    sent: Sent, *, user_id: UUID, form: str, noted: Iterable[Entry], at: datetime
) -> FormUse | None:
    """入力の時間を数える — for the first thing that was noted by the page and stands; none: nothing counts."""
    by_page = [entry.pk for entry in noted if entry.door == PAGE]
    about = Entry.objects.filter(pk__in=by_page).order_by("pk").first()
    if about is None:
        return None
    _one_after_another(user_id)
    before = FormUse.objects.filter(opening=sent.opening.number, part=sent.part)
    known = before.aggregate(until=Max("until"), counted=Sum("milliseconds"))
    said = timedelta(milliseconds=sent.until - (known["until"] or 0))
    if said <= rules.NONE:  # sent again
        return None
    if sent.opening.at is None:
        time = rules.offline_time(said, before=timedelta(milliseconds=known["counted"] or 0))
    else:
        others = _counted_since(sent.opening.at, user_id)
        time = rules.input_time(said, opened_at=sent.opening.at, sent_at=at, others=others)
    return FormUse.objects.create(
        user_id=user_id,
        form=form,
        subject_kind=about.subject_kind,
        subject_id=about.subject_id,
        on=timezone.localdate(at),
        sent_at=at,
        milliseconds=time // timedelta(milliseconds=1),
        offline=sent.opening.at is None,
        opening=sent.opening.number,
        part=sent.part,
        until=sent.until,
    )


def _one_after_another(user_id: UUID) -> None:
    """What a person sends at once is counted in turn: each must see what the others count."""
    key = int.from_bytes(user_id.bytes[-8:], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _counted_since(moment: datetime, user_id: UUID) -> list[rules.Counted]:
    """When an offline form was used, nobody knows: it takes nothing from others."""
    uses = FormUse.objects.filter(user_id=user_id, sent_at__gt=moment, offline=False)
    return [rules.Counted(use.sent_at, use.time) for use in uses]
