"""取り込み — what a person decides about a file on its way in. The worker does the rest (imports/working.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.base.storage import TenantFiles
from apps.integrations.imports import mapping as mappings
from apps.integrations.imports import reading, undoing
from apps.integrations.imports.reading import BadFile
from apps.integrations.models import Import, Layout, Problem
from apps.integrations.vocabulary import Same, Settled, State
from apps.journal.operations import note

MOST_BYTES = 100 << 20


class NotNow(Refused):
    """The import stands where this deed has no place."""


class AlreadyRunning(NotNow):
    pass


class Unreadable(Refused):
    """The file is none that could be read."""


@only_who_may(Act.IMPORT)
def upload_import(*, file: File, key: UUID, by: User, at: datetime) -> Import:
    """Take a file in and let the worker read it. The same opened form makes one import."""
    size, name = file.size or 0, (file.name or "")[:255]
    if size > MOST_BYTES:
        raise Unreadable(_("ファイルが大きすぎます(100MBまで)。分けてから選んでください。"), field="file")
    try:
        reading.refuse_strangers(file.read(reading.HEAD))
    except BadFile as bad:
        raise Unreadable(bad, field="file") from bad
    file.seek(0)
    with transaction.atomic():
        import_, new = Import.objects.get_or_create(
            key=key, defaults={"by": by, "file_name": name, "size": size, "created_at": at, "beat_at": at}
        )
        if new:
            TenantFiles().save(f"imports/{import_.pk}", file)
            note("import.uploaded", import_, by=by, size=size)
            _hand_over(import_)
    return import_


@only_who_may(Act.IMPORT)
@transaction.atomic
def read_again(
    import_: Import,
    *,
    encoding: str,
    delimiter: str,
    sheet: str = "",
    header: bool = True,
    by: User,
    at: datetime,
) -> Import:
    """Read the file as a person says it is written."""
    import_ = _held(import_, State.UNREADABLE, State.MAPPING, State.CHECKED)
    import_.encoding, import_.delimiter = encoding, delimiter
    import_.sheet, import_.header = sheet, header
    import_.mapping, import_.decided, import_.checked = {}, [], {}
    return _sent_to_work(import_, State.READING, "import.read_again", by=by, at=at)


@only_who_may(Act.IMPORT)
@transaction.atomic
def choose_columns(
    import_: Import,
    *,
    kind: str,
    mapping: Mapping[str, Any],
    decided: Sequence[int],
    same: Same,
    by: User,
    at: datetime,
) -> Import:
    """列の対応 — say what the file holds and which column is which field."""
    import_ = _held(import_, State.MAPPING, State.CHECKED)
    try:
        mappings.made(mapping)
    except BadFile as bad:
        raise NotNow(bad) from bad
    import_.kind, import_.mapping, import_.decided = kind, dict(mapping), list(decided)
    import_.same, import_.checked, import_.state = same, {}, State.MAPPING
    import_.save()
    note("import.columns_chosen", import_, by=by, kind=kind)
    return import_


@only_who_may(Act.IMPORT)
@transaction.atomic
def check_import(import_: Import, *, by: User, at: datetime) -> Import:
    """確認 — let the worker try the first rows without keeping anything."""
    import_ = _held(import_, State.MAPPING, State.CHECKED)
    import_.checked = {}
    return _sent_to_work(import_, State.CHECKING, "import.tried", by=by, at=at)


@only_who_may(Act.IMPORT)
@transaction.atomic
def start_import(import_: Import, *, by: User, at: datetime) -> Import:
    """取り込む — begin, or go on where it was stopped. Two clicks begin once."""
    import_ = _locked(import_)
    if import_.state in (State.RUNNING, State.DONE):
        raise AlreadyRunning(_("この取り込みは、もう始まっています。"))
    import_ = _held(import_, State.CHECKED, State.STOPPED)
    import_.started_at = import_.started_at or at
    import_.reason = ""
    return _sent_to_work(import_, State.RUNNING, "import.started", by=by, at=at)


@only_who_may(Act.IMPORT)
@transaction.atomic
def stop_import(import_: Import, *, by: User, at: datetime) -> Import:
    """止める — after the batch that is being written; what came in stays until it is undone."""
    import_ = _held(import_, State.RUNNING)
    import_.state, import_.ended_at = State.STOPPED, at
    import_.save()
    note("import.stopped", import_, by=by, line=import_.line)
    return import_


@only_who_may(Act.IMPORT)
@transaction.atomic
def undo_import(import_: Import, *, by: User, at: datetime) -> Import:
    """取り込みを取り消す — within seven days; the worker takes away what nobody has built on since."""
    import_ = _held(import_, State.STOPPED, State.DONE)
    undoing.check(import_, at=at)
    import_.reason = ""
    return _sent_to_work(import_, State.UNDOING, "import.undo_asked", by=by, at=at)


@only_who_may(Act.IMPORT)
@transaction.atomic
def repair_rows(
    import_: Import, problems: QuerySet[Problem], *, field: str, text: str, by: User, at: datetime
) -> int:
    """Put a text in the place of what the file says there; the rows wait to be taken in again. How many they are."""
    import_ = _held(import_, State.STOPPED, State.DONE)
    rows = list(problems.filter(import_of=import_, settled=Settled.OPEN).select_for_update())
    for row in rows:
        row.repair, row.settled = row.repair | {field: text}, Settled.AGAIN
    Problem.objects.bulk_update(rows, ["repair", "settled"], batch_size=500)
    note("import.repaired", import_, by=by, field=field, rows=len(rows))
    return len(rows)


@only_who_may(Act.IMPORT)
@transaction.atomic
def leave_out(import_: Import, problems: QuerySet[Problem], *, by: User, at: datetime) -> int:
    """この行は取り込まない — the rows count as left out from now on."""
    import_ = _held(import_, State.STOPPED, State.DONE)
    left = problems.filter(import_of=import_, settled=Settled.OPEN).update(settled=Settled.LEFT_OUT)
    counts = import_.counts
    counts["refused"] = counts.get("refused", 0) - left
    counts["skipped"] = counts.get("skipped", 0) + left
    import_.save(update_fields=["counts"])
    note("import.left_out", import_, by=by, rows=left)
    return left


@only_who_may(Act.IMPORT)
@transaction.atomic
def run_again(import_: Import, *, by: User, at: datetime) -> Import:
    """Take in again only the rows that were repaired."""
    import_ = _held(import_, State.DONE)
    if not import_.problems.filter(settled=Settled.AGAIN).exists():
        raise NotNow(_("直した行がまだありません。"))
    import_.again, import_.line = True, 0
    return _sent_to_work(import_, State.RUNNING, "import.run_again", by=by, at=at)


@only_who_may(Act.IMPORT)
@transaction.atomic
def discard_import(import_: Import, *, by: User, at: datetime) -> None:
    """やめる — forget a file of which nothing came in."""
    import_ = _held(import_, State.READING, State.UNREADABLE, State.MAPPING, State.CHECKING, State.CHECKED)
    note("import.discarded", import_, by=by)
    name = f"imports/{import_.pk}"
    import_.delete()
    transaction.on_commit(lambda: TenantFiles().delete(name))


@only_who_may(Act.IMPORT)
@transaction.atomic
def keep_layout(import_: Import, *, name: str, by: User, at: datetime) -> Layout:
    """Keep what was said about the columns, for the next file with this header."""
    layout, _new = Layout.objects.update_or_create(
        name=name,
        defaults={
            "kind": import_.kind,
            "header": import_.sample[0] if import_.header and import_.sample else [],
            "mapping": import_.mapping,
            "decided": import_.decided,
            "same": import_.same,
            "used_at": at,
        },
    )
    note("import.layout_kept", import_, by=by, name=name)
    return layout


def _locked(import_: Import) -> Import:
    return Import.objects.select_for_update().get(pk=import_.pk)


def _held(import_: Import, *states: State) -> Import:
    """The import as it stands now, held until the transaction ends, if it stands at one of these."""
    import_ = _locked(import_)
    if import_.state not in states:
        raise NotNow(
            _("今は「%(state)s」なので、できません。画面を開き直してください。")
            % {"state": State(import_.state).label}
        )
    return import_


def _sent_to_work(import_: Import, state: State, event: str, *, by: User, at: datetime) -> Import:
    import_.state, import_.beat_at, import_.run_at = state, at, at
    import_.done = import_.attempts = 0
    import_.save()
    note(event, import_, by=by)
    _hand_over(import_)
    return import_


def _hand_over(import_: Import) -> None:
    from apps.integrations import tasks  # the task imports what this package does

    transaction.on_commit(lambda: tasks.work_on_import.soon(import_id=str(import_.pk)))
