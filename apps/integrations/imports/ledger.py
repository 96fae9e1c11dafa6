"""Which rows an import wrote: the database keeps the lines while an import says that it is at work."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection

from apps.integrations.models import Import
from apps.integrations.vocabulary import State


@contextmanager
def recording(import_id: UUID) -> Iterator[None]:
    """What is written within belongs to this import. Only inside a transaction: its end is the end of it, too."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL baton.import = '{UUID(str(import_id))}'")  # SET takes no parameters
    yield
    with (
        connection.cursor() as cursor
    ):  # an error has ended the transaction, or the savepoint, and this with it
        cursor.execute("SET LOCAL baton.import = ''")


@contextmanager
def by_command(path: Path, *, kind: str, source: str, at: datetime) -> Iterator[Import]:
    """A file that comes in by command is an import, too; one that wrote nothing leaves nothing."""
    import_ = Import.objects.create(
        key=uuid.uuid4(), file_name=path.name[:255], size=0, state=State.RUNNING, kind=kind, source=source,
        created_at=at, started_at=at,
    )  # fmt: skip
    try:
        yield import_
    finally:
        if import_.ledger.exists():
            import_.state, import_.ended_at = State.DONE, at
            import_.save()
        else:
            import_.delete()
