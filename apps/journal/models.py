"""The audit trail and the outbox in one: what happened, and what must still follow from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from apps.base.models import Row


class Entry(Row):
    """One thing that happened. Actor and subject are plain ids with the name as it was."""

    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    subject_name = models.CharField(max_length=300)
    door = models.CharField(max_length=10, blank=True, default="", db_default="")
    """By which way the deed came in: `base.origin`."""
    details = models.JSONField(default=dict)
    transaction_id = models.BigIntegerField(
        db_default=Func(function="txid_current", output_field=models.BigIntegerField())
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "-id"], name="journal_of_subject"),
            models.Index(fields=["event", "-id"], name="journal_of_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_name}"


class Delivery(Row):
    """A reaction that is owed to an entry; done in the transaction of its effect."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="journal_undone", condition=Q(done_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(fields=["entry", "reaction"], name="one_delivery_per_reaction")
        ]
