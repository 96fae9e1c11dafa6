"""What a person put off until another day."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models

from apps.base.models import Row


class Snooze(Row):
    """明日にする — a deal or a company that stands on this person's page again on `until_on`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject_id = models.UUIDField()
    until_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "subject_id"], name="put_off_once")]

    @property
    def responsible_id(self) -> UUID:
        return self.user_id
