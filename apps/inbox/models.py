"""What reaches a person. People are plain ids: accounts lies above."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import models

from apps.base.models import Row, TellsOfPeople


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
