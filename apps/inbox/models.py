"""What reaches a person. People are plain ids: accounts lies above."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from apps.base.models import Row, TellsOfPeople
from apps.inbox.unsent import Draft, SentOnce

__all__ = ["Draft", "FormUse", "Notification", "Preference", "SentOnce"]


class FormUse(TellsOfPeople, Row):
    """入力の時間 — how long a form was really in use until it was sent, and the record that came of it."""

    user_id = models.UUIDField()
    form = models.CharField(max_length=100)
    """The name of the address that it was sent to."""
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    on = models.DateField()
    sent_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    offline = models.BooleanField(default=False)
    """Opened without the server."""
    opening = models.UUIDField()
    part = models.PositiveSmallIntegerField()
    """Which form of the opened page."""
    until = models.PositiveIntegerField()
    """What the browser's count of that form stood at, in milliseconds: sent again, it stands there still."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opening", "part", "until"], name="a_use_counts_once"),
        ]
        indexes = [
            models.Index(fields=["user_id", "on"], name="form_uses_by_day"),
            models.Index(fields=["user_id", "sent_at"], name="form_uses_lately"),
        ]

    def __str__(self) -> str:
        return self.form

    @property
    def time(self) -> timedelta:
        return timedelta(milliseconds=self.milliseconds)

    @classmethod
    def about(cls, user_id: UUID) -> models.QuerySet:
        return cls.objects.filter(user_id=user_id).order_by("pk")

    @classmethod
    def forget(cls, user_id: UUID) -> None:
        """Nothing here is called by a name: the hours stay counted, as follows do."""


class NotificationQuerySet(models.QuerySet):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True, in_app=True)


class Notification(TellsOfPeople, Row):
    """通知 — that something happened which concerns a person. It names nobody: names are read when it is."""

    user_id = models.UUIDField()
    key = models.CharField(max_length=200)
    """What it is for: no cause tells a person twice."""
    kind = models.CharField(max_length=60)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1, db_default=1)
    """How many records one deed did it to; the subject is the first of them."""
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)
    """As the person had chosen when it happened."""
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="notifications_of_person"),
            models.Index(fields=["user_id"], name="notifications_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["user_id", "at"],
                name="notifications_to_mail",
                condition=Q(mailed_at__isnull=True, read_at__isnull=True, by_mail=True),
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @classmethod
    def about(cls, user_id: UUID) -> models.QuerySet:
        return cls.objects.filter(Q(user_id=user_id) | Q(by_id=user_id)).order_by("pk")

    @classmethod
    def forget(cls, user_id: UUID) -> None:
        """What waited for the person is read by nobody any more; what they did to others names them by id."""
        cls.objects.filter(user_id=user_id).delete()


class Preference(TellsOfPeople, Row):
    """通知の選び方 — what a person wants to be told of, and how; without a row: by every way."""

    user_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "kind"], name="chosen_once_per_kind")]

    def __str__(self) -> str:
        return self.kind

    @classmethod
    def about(cls, user_id: UUID) -> models.QuerySet:
        return cls.objects.filter(user_id=user_id).order_by("pk")

    @classmethod
    def forget(cls, user_id: UUID) -> None:
        cls.objects.filter(user_id=user_id).delete()
