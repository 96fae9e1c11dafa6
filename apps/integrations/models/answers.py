"""What the API must remember."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from apps.base.models import Row


class Answered(Row):
    """What a POST with an Idempotency-Key was answered: the same key gets the same answer for 24 hours."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["at"], name="answers_by_age")]
