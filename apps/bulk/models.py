"""One deed done to many rows, and how far it came."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.urls import reverse

from apps.base.models import Row


class Bulk(Row):
    """まとめて変更 — its rows are taken in their order, a slice per transaction, so that nothing is done twice."""

    key = models.UUIDField(unique=True)
    """Of the form: sent twice, it is one."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    deed = models.CharField(max_length=60)
    given = models.TextField(blank=True)
    """What the form said, as it was sent."""
    back = models.CharField(max_length=4_000, blank=True)
    """The list's address, with its conditions."""
    rows = models.JSONField()
    position = models.PositiveIntegerField(default=0)
    done = models.JSONField(default=list)
    """[id, what undo needs] of each row that changed."""
    failed = models.JSONField(default=list)
    """[id, name, why] of each row that did not."""
    finished_at = models.DateTimeField(null=True)
    undo_begun_at = models.DateTimeField(null=True)
    undone = models.PositiveIntegerField(default=0)
    """How many of `done`, from its end, were taken back or could not be."""
    stayed = models.JSONField(default=list)
    """[id, name, why] of each row that could not be taken back."""

    def __str__(self) -> str:
        return self.deed

    def get_absolute_url(self) -> str:
        return reverse("bulk:bulk", args=[self.pk])

    @property
    def responsible_id(self) -> UUID:
        return self.by_id

    @property
    def is_running(self) -> bool:
        return self.finished_at is None or (bool(self.undo_begun_at) and self.undone < len(self.done))

    @property
    def unchanged(self) -> int:
        return self.position - len(self.done) - len(self.failed)
