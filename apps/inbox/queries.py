"""Every question about what reaches a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, IntegerField, QuerySet, Sum
from django.db.models.expressions import RawSQL

from apps.inbox.kinds import KINDS
from apps.inbox.models import FormUse, Notification, Preference
from apps.inbox.rules import Spent


def input_by_day(user_id: UUID, *, since: date) -> dict[date, Spent]:
    """The person's days on which they typed something in."""
    uses = FormUse.objects.filter(user_id=user_id, on__gte=since)
    days = uses.values("on").annotate(sum=Sum("milliseconds"), records=Count("subject_id", distinct=True))
    return {
        day["on"]: Spent(day["on"], timedelta(milliseconds=day["sum"]), day["records"], days=1)
        for day in days.order_by("on")
    }


def notifications_of(user_id: UUID) -> QuerySet[Notification]:
    """What the person is told in the app, the latest first. Of a kind that is gone nothing can be said."""
    return Notification.objects.filter(user_id=user_id, in_app=True, kind__in=KINDS).order_by("-pk")


def unread_count(person: str) -> RawSQL:
    """How much a person has not read, beside their own row (`person`: its column), so that the bell of every page
    costs no query of its own. Written out: put together by Django it costs twice as much, 1.0 ms a request for 0.5.
    """
    unread = "SELECT count(*) FROM inbox_notification WHERE user_id = {} AND read_at IS NULL AND in_app"
    return RawSQL(unread.format(person), (), output_field=IntegerField())  # noqa: S611 - the column is our own word


def to_mail(*, before: datetime) -> QuerySet[Notification]:
    """What happened before then, and is neither read nor mailed."""
    waiting = Notification.objects.filter(by_mail=True, mailed_at__isnull=True, read_at__isnull=True)
    return waiting.filter(at__lt=before, kind__in=KINDS).order_by("pk")


def wishes_of(user_id: UUID) -> dict[str, Preference]:
    """For each kind what the person chose, or what holds for all."""
    chosen = {row.kind: row for row in Preference.objects.filter(user_id=user_id)}
    return {code: chosen.get(code) or for_all(code, user_id=user_id) for code in KINDS}


def is_less(wish: Preference) -> bool:
    """Whether the person wants less than what holds for those who chose nothing."""
    usual = for_all(wish.kind)
    return usual.in_app > wish.in_app or usual.by_mail > wish.by_mail


def for_all(kind: str, **known: UUID) -> Preference:
    """What holds for those who chose nothing."""
    return Preference(kind=kind, by_mail=KINDS[kind].by_mail, **known)
