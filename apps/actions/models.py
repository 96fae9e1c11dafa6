"""What a person put off until another day, what became of a line, and which lines wait for a look."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps.activities.models import Follow, PostVisitReport, Visit
from apps.base.models import Row
from apps.deals.models import Deal


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


class Capture(Row):
    """ひとことで記録 — what one line became, so that all of it can be taken back at once. Its id is the form's key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    together = models.UUIDField(db_index=True)
    """Lines that were kept at once are taken back at once."""
    follow = models.ForeignKey(Follow, models.CASCADE, null=True, related_name="+")
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, related_name="+")
    deal = models.ForeignKey(Deal, models.CASCADE, null=True, related_name="+")
    deal_version = models.PositiveIntegerField(null=True)
    """The deal as it stood after the line told it something; None where it was told nothing."""
    opened_deal = models.BooleanField(default=False)

    @property
    def activity(self) -> Follow | Visit:
        """What the line became: one of the two."""
        return self.follow or self.visit  # type: ignore[return-value]

    @property
    def responsible_id(self) -> UUID:
        return self.user_id


class UnseenLineQuerySet(models.QuerySet):
    def waiting(self) -> UnseenLineQuerySet:
        """Neither recorded, thrown away, nor sent as part of its visit's report, as long as that one stands."""
        # As it was sent: it may be reworded afterwards.
        said = PostVisitReport.pgh_event_model.objects.filter(
            pgh_obj__visit=OuterRef("visit"),
            pgh_obj__visit__trashed_at=None,
            result__contains=OuterRef("line"),
        )
        return self.filter(Q(visit=None) | ~Exists(said), done_at__isnull=True)


class UnseenLine(Row):
    """確かめる行 — a line sent from a place without network: nobody saw how it is read, so nothing is recorded yet.

    Its id is the key under which it is recorded once its writer has looked at it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    line = models.CharField(max_length=1_000)
    written_at = models.DateTimeField()
    """Its 今日 and 明日 are those of that moment."""
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="+")
    """Whose report the line was taken into, to be sent there."""
    done_at = models.DateTimeField(null=True)
    """Recorded or thrown away."""

    objects = UnseenLineQuerySet.as_manager()

    @property
    def responsible_id(self) -> UUID:
        return self.user_id
