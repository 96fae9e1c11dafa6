"""What is written about what reaches a person. It lies below the permission table: only our own doors come here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max, Model, Sum
from django.utils import timezone

from apps.base.origin import PAGE
from apps.inbox import queries, rules
from apps.inbox.kinds import KINDS
from apps.inbox.models import FormUse, Notification, Preference
from apps.inbox.opening import Sent
from apps.journal.models import Entry
from apps.journal.operations import Actor, note


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


# ── notifications ──────────────────────────────────────────────────────────────────────────────────


def tell(
    people: Iterable[UUID | None],
    *,
    key: str,
    kind: str,
    about: Model,
    by: UUID | None,
    at: datetime,
    **facts: Any,
) -> None:
    """知らせる — in the transaction of what happened. Nobody hears of their own deeds, nor twice of one key.

    Within `told_together` the records of a deed are counted on what was told of its first.
    """
    hearers = {person for person in people if person and person != by}
    if (deed := _deed.get()) and KINDS[kind].many:
        key = f"{deed}:{kind}"
        hearers -= _counted(hearers, key)
    chosen = {row.user_id: row for row in Preference.objects.filter(kind=kind, user_id__in=hearers)}
    for_all = queries.for_all(kind)
    told = [
        Notification(
            user_id=person,
            key=key,
            kind=kind,
            facts=facts,
            subject_kind=about._meta.label_lower,
            subject_id=about.pk,
            by_id=by,
            at=at,
            in_app=wish.in_app,
            by_mail=wish.by_mail,
        )
        for person in sorted(hearers)
        for wish in [chosen.get(person, for_all)]
        if wish.in_app or wish.by_mail
    ]
    Notification.objects.bulk_create(told, ignore_conflicts=True)


_deed: ContextVar[str] = ContextVar("deed", default="")


@contextmanager
def told_together(deed: str) -> Iterator[None]:
    """まとめて知らせる — what a deed does to many records is told once per person and kind, with their number.

    Who runs it in slices runs them one after another.
    """
    token = _deed.set(deed)
    try:
        yield
    finally:
        _deed.reset(token)


def _counted(people: set[UUID], key: str) -> set[UUID]:
    """Who had been told of the deed already: for them it is one record more."""
    told = Notification.objects.filter(user_id__in=people, key=key)
    known = set(told.values_list("user_id", flat=True))
    told.update(count=F("count") + 1)
    return known


def tell_anew(person: UUID, *, key: str, **told: Any) -> None:
    """もう一度知らせる — what was told of this key gives way to it, read or not."""
    Notification.objects.filter(user_id=person, key=key).delete()
    tell([person], key=key, **told)


def untell(*, key: str, person: UUID | None = None) -> None:
    """知らせを取り下げる — what is true no more, unless it has reached somebody."""
    told = Notification.objects.filter(key=key, read_at__isnull=True, mailed_at__isnull=True)
    (told.filter(user_id=person) if person else told).delete()


def untell_together(deed: str) -> None:
    for kind in KINDS.values():
        if kind.many:
            untell(key=f"{deed}:{kind.code}")


def mark_read(user_id: UUID, *, at: datetime, only: UUID | None = None, until: UUID | None = None) -> int:
    """既読にする — one, or all up to the newest that was shown. Returns how many were unread."""
    unread = Notification.objects.filter(user_id=user_id).unread()
    if only:
        unread = unread.filter(pk=only)
    if until:
        unread = unread.filter(pk__lte=until)
    return unread.update(read_at=at)


def mark_unread(user_id: UUID, *, read_at: datetime) -> int:
    """未読に戻す — what was marked at that moment."""
    return Notification.objects.filter(user_id=user_id, read_at=read_at).update(read_at=None)


@transaction.atomic
def choose(wishes: Mapping[str, tuple[bool, bool]], *, by: Actor) -> None:
    """通知を選ぶ — per kind: in the app, by mail. What was told already stays as it is."""
    rows = [
        Preference(user_id=by.pk, kind=kind, in_app=in_app, by_mail=by_mail)
        for kind, (in_app, by_mail) in wishes.items()
    ]
    Preference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user_id", "kind"],
        update_fields=["in_app", "by_mail"],
    )
    note("notifications.chosen", by, by=by)  # type: ignore[arg-type]


def mark_mailed(told: Iterable[Notification], *, at: datetime) -> None:
    Notification.objects.filter(pk__in=[one.pk for one in told]).update(mailed_at=at)
