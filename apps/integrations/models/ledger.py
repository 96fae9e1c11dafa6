"""What an import did to which row: enough to take all of it away again."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q, QuerySet, TextChoices, TextField
from django.db.models.functions import Cast

from apps.base.models import Row, TellsOfPeople
from apps.integrations.models.imports import Import


class Did(TextChoices):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class LedgerLine(TellsOfPeople, Row):
    """One row of one table that an import wrote. The database itself keeps these lines (migration `ledger`).

    However often the import wrote the row: `before` is how it stood before the first time, `after` a checksum of
    how it stood after the last. Undone, only what was kept stays here.
    """

    # Checking each line's import would cost as much as the line; the database has it from the import itself.
    import_of = models.ForeignKey(Import, models.CASCADE, related_name="ledger", db_constraint=False)
    table = models.CharField(max_length=63)
    record = models.CharField(max_length=40)
    did = models.CharField(max_length=10, choices=Did)
    before = models.JSONField(null=True)
    after = models.UUIDField(null=True)
    at = models.DateTimeField()
    kept = models.CharField(max_length=63, blank=True, default="")
    """Why it could not be taken away: `changed`, `whole`, `part`, or the table that leans on it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_of", "table", "record"], name="one_line_per_row_and_import"
            )
        ]
        indexes = [models.Index(fields=["table", "record"], name="ledger_of_row")]

    @classmethod
    def about(cls, user_id: UUID) -> QuerySet[LedgerLine]:
        """What was imported of the person themselves, and former rows that name them."""
        told = cls.objects.annotate(told=Cast("before", TextField()))
        return told.filter(_row_of(user_id) | Q(told__contains=str(user_id))).order_by("pk")

    @classmethod
    def forget(cls, user_id: UUID) -> None:
        """Other rows name a person by id. The line stays: an undo still sees that this row is another by now."""
        cls.objects.filter(_row_of(user_id)).update(before=None)


def _row_of(user_id: UUID) -> Q:
    return Q(table=get_user_model()._meta.db_table, record=str(user_id))
