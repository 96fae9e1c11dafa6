"""What a person has written and not sent yet, and what was sent more than once. People are plain ids, as elsewhere here."""

from __future__ import annotations

from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from apps.base.models import Row, TellsOfPeople


class _OfAPerson(TellsOfPeople, Row):
    user_id = models.UUIDField()

    class Meta:
        abstract = True

    @classmethod
    def about(cls, user_id: UUID) -> models.QuerySet:
        return cls.objects.filter(user_id=user_id).order_by("pk")

    @classmethod
    def forget(cls, user_id: UUID) -> None:
        cls.objects.filter(user_id=user_id).delete()


class Draft(_OfAPerson):
    """下書き — what stands in a form that was not sent; of one that was, only that it was."""

    place = models.CharField(max_length=500)
    """The address that the form is sent to."""
    writing = models.UUIDField()
    """From the first key to the sending: the browser's number for it."""
    step = models.PositiveIntegerField(default=0)
    hand = models.UUIDField(null=True)
    """The browser that wrote this step: it need not have seen its own words before it goes on."""
    closed = models.BooleanField(default=False)
    """Sent or thrown away: what arrives of this writing afterwards is late."""
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What was changed in the form and where the caret stood; the form's script alone reads it."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "place"], name="one_draft_per_form"),
            models.CheckConstraint(
                name="nothing_stays_of_what_was_sent",
                condition=models.Q(closed=False) | models.Q(content={}),
            ),
        ]
        indexes = [models.Index(fields=["changed_at"], name="drafts_by_age")]

    def __str__(self) -> str:
        return self.place

    @property
    def seen_as(self) -> str:
        """By this a browser says that it has read these very words."""
        return f"{self.writing.hex}:{self.step}:{self.hand.hex if self.hand else ''}"


class SentOnce(_OfAPerson):
    """送信の控え — what was answered to a form that may come a second time."""

    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    answer = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="a_key_is_done_once")]
        indexes = [models.Index(fields=["at"], name="sendings_by_age")]

    def __str__(self) -> str:
        return self.key
