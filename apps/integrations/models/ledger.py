"""What an import did to which row: enough to take all of it away again."""

from __future__ import annotations

from django.db import models
from django.db.models import TextChoices

from apps.base.models import Row
from apps.integrations.models.imports import Import


class Did(TextChoices):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class LedgerLine(Row):
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
