"""Row history of records that people edit, kept by triggers so that no bulk write slips past it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Func


class Version(pghistory.models.Event):
    """A row as it was; the journal's entry of the same transaction says who changed it and why."""

    transaction_id = models.BigIntegerField(
        db_default=Func(function="txid_current", output_field=models.BigIntegerField()), editable=False
    )

    class Meta:
        abstract = True


def audited(*, exclude: list[str] | None = None):
    """Keep every version of the model's rows in an event table."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        context_field=None,
        base_model=Version,
    )
