"""What a worker does for an import: read the file, try its first rows, bring it in, a slice at a time."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import SYSTEM, User
from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.base.storage import TenantFiles
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.integrations.imports import layouts, reading, undoing, wording
from apps.integrations.imports import mapping as mappings
from apps.integrations.imports.kinds import Fate, Kind, Row
from apps.integrations.imports.reading import BadFile
from apps.integrations.imports.running import DEFAULT_SOURCE, KINDS, Busy, Importer, alone
from apps.integrations.models import Import, LedgerLine, Problem
from apps.integrations.vocabulary import Same, Settled, State
from apps.journal.models import Entry
from apps.journal.operations import note

log = logging.getLogger("baton.imports")

SLICE = 60
"""Seconds after which an import goes to the end of the queue, so that others get their turn."""
SILENT_FOR = timedelta(seconds=45)
"""Who has given no sign of life for so long is taken up again."""
KEPT_UNDECIDED = timedelta(days=30)
MOST_ATTEMPTS = 5
SAMPLE = 50
MOST_SHOWN = 300
"""Characters of a cell that a page shows."""
MOST_COLUMNS = 300
TRIED_ROWS = 5_000
BEAT_EVERY = 20_000
_FIGURE = re.compile(r"[\d,./:\-]{2,}")


def work(import_id: str) -> bool:
    """Do what the import waits for. True if there is more to do."""
    import_ = Import.objects.filter(pk=import_id).select_related("by").first()
    if import_ is None or import_.state not in DEEDS:
        return False
    try:
        # Only one file at a time comes into a tenant; reading and trying go on meanwhile.
        writes = import_.state in (State.RUNNING, State.UNDOING)
        with alone("import" if writes else f"import {import_id}"):
            return _work(import_)
    except Busy:
        return False


def _work(import_: Import) -> bool:
    import_.refresh_from_db()
    if (deed := DEEDS.get(State(import_.state))) is None:
        return False
    Import.objects.filter(pk=import_.pk).update(attempts=import_.attempts + 1, beat_at=timezone.now())
    if import_.attempts >= MOST_ATTEMPTS:
        _end(
            import_,
            _broken_off(import_),
            _("何度か試しましたが、終わりませんでした。ファイルを分けて試してください。"),
        )
        return False
    try:
        return deed(import_)
    except BadFile as bad:
        _end(import_, _broken_off(import_), str(bad))
    except DatabaseError:
        raise
    except Exception:
        log.exception("import failed", extra={"facts": {"import": str(import_.pk)}})
        _end(import_, _broken_off(import_), _("思わぬ誤りで止まりました。もう一度試してください。"))
    return False


def _broken_off(import_: Import) -> State:
    """Where an import stands when a deed failed: nothing is lost of what stood before."""
    return {State.READING: State.UNREADABLE, State.CHECKING: State.MAPPING}.get(
        State(import_.state), State.STOPPED
    )


def _end(import_: Import, state: State, reason: str = "") -> None:
    """Leave the import where it stands now, unless a person decided otherwise meanwhile."""
    now = timezone.now()
    with transaction.atomic():
        present = Import.objects.select_for_update().get(pk=import_.pk)
        if present.state != import_.state:
            return
        present.state, present.reason, present.ended_at, present.attempts = state, reason, now, 0
        present.save()
        if state == State.DONE:
            note("import.finished", present, by=present.by, **present.counts)


# ── reading ────────────────────────────────────────────────────────────────────────────────────────


def read(import_: Import) -> bool:
    """Find out how the file is written, how many rows it has and what its first ones say."""
    table = reading.opened(
        import_.path, encoding=import_.encoding, delimiter=import_.delimiter, sheet=import_.sheet
    )
    first_time = import_.rows is None
    sample: list[Sequence[str]] = []
    rows = 0
    with closing(table.lines):
        for line in table.lines:
            if line.is_blank:
                continue
            if not rows and line.fault:
                raise BadFile(
                    _("%(line)d行目が読めません: %(why)s") % {"line": line.number, "why": line.fault}
                )
            if len(sample) <= SAMPLE and not line.fault:
                sample.append([value[:MOST_SHOWN] for value in line.values])
            rows += 1
            if rows % BEAT_EVERY == 0:
                Import.objects.filter(pk=import_.pk).update(beat_at=timezone.now(), done=rows)
    if not sample:
        raise BadFile(_("ファイルが空です。"))
    if len(sample[0]) > MOST_COLUMNS:
        raise BadFile(_("列が多すぎます(%(most)d列まで)。") % {"most": MOST_COLUMNS})
    import_.encoding, import_.delimiter = table.encoding, table.delimiter
    import_.sheet, import_.sheets = table.sheet, list(table.sheets)
    import_.header = _is_header(sample[0]) if first_time else import_.header
    import_.rows, import_.sample = rows - import_.header, sample
    proposal = layouts.proposed(import_)
    import_.kind, import_.mapping, import_.decided = proposal.kind, proposal.mapping, proposal.decided
    import_.same = proposal.same
    import_.state, import_.reason, import_.attempts, import_.done = State.MAPPING, "", 0, 0
    with transaction.atomic():
        present = Import.objects.select_for_update().filter(pk=import_.pk).first()
        if present and present.state == State.READING:
            import_.save()
    return False


def _is_header(values: Sequence[str]) -> bool:
    """A first line with figures or dates in it is a row already."""
    return not any(_FIGURE.fullmatch(value.strip()) for value in values)


# ── trying ─────────────────────────────────────────────────────────────────────────────────────────


def kind_of(import_: Import) -> Kind:
    """The kind as the import's own decisions make it."""
    mapping = mappings.made(import_.mapping)
    return KINDS[import_.kind](
        mapping,
        source=import_.source or mapping.source or DEFAULT_SOURCE,
        at=import_.started_at or timezone.now(),
        by=import_.by,
        same=Same(import_.same),
    )


class _Trial:
    """What the first rows would do."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.fates: Counter[str] = Counter()
        self.repeated = 0
        self.first: list[dict[str, Any]] = []
        self.problems: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.remarks: Counter[tuple[str, str]] = Counter()
        self.new: dict[str, tuple[int, str]] = {}

    def settle(self, rows: Sequence[Row]) -> None:
        for row in rows:
            fate = row.fate or Fate.SKIPPED
            self.fates[fate] += 1
            self.repeated += ("repeated", "") in row.remarks
            if len(self.first) < 10:
                self.first.append({"line": row.line.number, "fate": fate, "reason": row.reason}
                                  | wording.shown(self.kind, row))  # fmt: skip
            if fate == Fate.REFUSED:
                self._refused(row)
            elif fate in (Fate.ADDED, Fate.CHANGED):
                self.remarks.update(row.remarks)
            if fate == Fate.ADDED and (digits := "".join(filter(str.isdigit, row.said.get("phone", "")))):
                self.new.setdefault(digits, (row.line.number, row.said.get("name", "")))

    def _refused(self, row: Row) -> None:
        cell = row.said.get(row.about, "")[:MOST_SHOWN]
        group = self.problems.setdefault((row.about, cell, row.reason), {
            "field": row.about, "cell": cell, "reason": row.reason, "line": row.line.number, "rows": 0,
        })  # fmt: skip
        group["rows"] += 1

    def told(self, *, whole: bool) -> dict[str, Any]:
        groups = sorted(self.problems.values(), key=lambda group: -group["rows"])
        return {
            "fates": dict(self.fates),
            "rows": self.fates.total(),
            "whole": whole,
            "repeated": self.repeated,
            "first": self.first,
            "problems": groups[:20],
            "kinds_of_problem": len(groups),
            "remarks": _counted(self.remarks),
            "alike": self._alike(),
        }

    def _alike(self) -> list[dict[str, Any]]:
        """New companies that have the phone of one that is here, though the name differs."""
        if self.kind.model is not Company or not self.new:
            return []
        found = customers.with_phones(list(self.new)[:2_000])[:20]
        return [
            {"line": self.new[digits][0], "name": self.new[digits][1], "id": str(pk), "known": known}
            for pk, known, digits in found
        ]


def check(import_: Import) -> bool:
    """Try the first rows, batch by batch, and keep nothing but what was found."""
    kind = kind_of(import_)
    trial = _Trial(kind)
    importer = Importer(kind, import_.path, settle=trial.settle, encoding=import_.encoding, trial=True)
    whole = True
    with closing(importer):
        for _line in importer.steps():
            Import.objects.filter(pk=import_.pk).update(beat_at=timezone.now(), done=trial.fates.total())
            if trial.fates.total() >= TRIED_ROWS:
                whole = trial.fates.total() >= (import_.rows or 0)
                break
    with transaction.atomic():
        present = Import.objects.select_for_update().filter(pk=import_.pk).first()
        if present and present.state == State.CHECKING:
            present.checked, present.state = trial.told(whole=whole), State.CHECKED
            present.reason, present.attempts = "", 0
            present.save()
    return False


# ── bringing in ────────────────────────────────────────────────────────────────────────────────────


class _Stopped(Exception):
    """A person stopped the import: the batch at hand is not kept."""


def run(import_: Import) -> bool:
    """Bring rows in until the file ends, a person stops it, or the slice is over."""
    if not (import_.by and import_.by.is_active and may(import_.by, Act.IMPORT)):
        _end(import_, State.STOPPED, _("取り込みを始めた人は、もう取り込めません。"))
        return False
    again = set(import_.problems.filter(settled=Settled.AGAIN).values_list("line", flat=True))
    importer = Importer(
        kind_of(import_),
        import_.path,
        settle=lambda rows: _settle(import_, rows),
        encoding=import_.encoding,
        done=import_.line,
        takes=(lambda line: line in again) if import_.again else (lambda line: True),
        repairs=_repairs(import_),
        ledger_of=import_.pk,
        seen=None if import_.again else import_.seen_path,  # a repaired row is held against the whole file
    )
    until: float | None = None
    with closing(importer):
        try:
            for _line in importer.steps():
                # From the first batch on: what had to be read before it must not leave room for one batch only.
                until = until or time.monotonic() + SLICE
                if time.monotonic() > until:
                    return True
        except _Stopped:
            return False
    _finish(import_)
    return False


def _repairs(import_: Import) -> dict[int, dict[str, str]]:
    return dict(import_.problems.filter(settled=Settled.AGAIN).values_list("line", "repair"))


def _settle(import_: Import, rows: Sequence[Row]) -> None:
    """Count the batch and keep its problems, in the batch's own transaction."""
    now = timezone.now()
    present = Import.objects.select_for_update().get(pk=import_.pk)
    if present.state != State.RUNNING:
        raise _Stopped
    counts, remarks = Counter(present.counts), Counter({(k, n): c for k, n, c in present.remarks})
    for row in rows:
        counts[row.fate or Fate.SKIPPED] += 1
        if row.fate in (Fate.ADDED, Fate.CHANGED):
            remarks.update(row.remarks)
            counts["noticed"] += bool(row.line.notice)
    refused = [row for row in rows if row.fate == Fate.REFUSED]
    if present.again:  # they were counted as refused when they first failed
        counts[Fate.REFUSED] -= len(rows)
        came_in = [row.line.number for row in rows if row.fate != Fate.REFUSED]
        present.problems.filter(line__in=came_in).delete()
    _keep(present, refused)
    present.counts, present.remarks = dict(counts), _counted(remarks)
    present.line, present.done = rows[-1].line.number, present.done + len(rows)
    present.beat_at, present.attempts = now, 0
    present.save(update_fields=["counts", "remarks", "line", "done", "beat_at", "attempts"])


def _keep(import_: Import, refused: Sequence[Row]) -> None:
    """Keep the rows that did not go in; one that failed again says its new reason and keeps its repair."""
    Problem.objects.bulk_create(
        [
            Problem(
                import_of=import_,
                line=row.line.number,
                values=[value.replace("\x00", "") for value in row.line.values],
                reason=row.reason,
                field=row.about,
                cell=row.said.get(row.about, "")[:2_000],
                choices=row.choices,
            )
            for row in refused
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["import_of", "line"],
        update_fields=["reason", "field", "cell", "choices", "settled"],
    )


def _finish(import_: Import) -> None:
    _end(import_, State.DONE)
    import_.seen_path.unlink(missing_ok=True)
    Import.objects.filter(pk=import_.pk, state=State.DONE).update(again=False)


def _counted(remarks: Counter[tuple[str, str]]) -> list[list[Any]]:
    """Remarks as JSON keeps them; of very many names the most frequent."""
    return [[kind, name, count] for (kind, name), count in remarks.most_common(1_000)]


# ── taking away ────────────────────────────────────────────────────────────────────────────────────


def take_away(import_: Import) -> bool:
    """Undo it; where that is refused, it stands as it stood, and says why."""
    asked = Entry.objects.filter(event="import.undo_asked", subject_id=import_.pk).order_by("-pk").first()
    by = User.objects.filter(pk=asked.actor_id).first() if asked else None
    try:
        undoing.undo(import_, by=by or import_.by or SYSTEM, at=timezone.now())
    except Refused as refusal:
        Import.objects.filter(pk=import_.pk, state=State.UNDOING).update(
            state=State.DONE, reason=str(refusal), attempts=0
        )
    return False


DEEDS = {State.READING: read, State.CHECKING: check, State.RUNNING: run, State.UNDOING: take_away}


def silent(*, now: datetime) -> list[str]:
    """Imports whose worker gave no sign of life for a while, or that wait for their turn."""
    waiting = Import.objects.filter(state__in=DEEDS, beat_at__lt=now - SILENT_FOR)
    return [str(pk) for pk in waiting.values_list("pk", flat=True)]


def forget_files(*, now: datetime) -> None:
    """Uploads of other people's data do not lie about: as long as an undo, or a month if nothing came of them.

    With the file goes what is left of it here: its first lines, and the rows that did not go in.
    """
    storage = TenantFiles()
    old = Import.objects.filter(
        Q(ended_at__lt=now - undoing.FOR) | Q(ended_at=None, created_at__lt=now - KEPT_UNDECIDED)
    )
    for pk in old.exclude(size=0).exclude(state__in=Import.WORKING).values_list("pk", flat=True)[:100]:
        storage.delete(f"imports/{pk}")
        storage.delete(f"imports/{pk}.seen")
        Import.objects.filter(pk=pk).update(size=0, sample=[])
        Problem.objects.filter(import_of=pk).delete()


def forget_ledgers(*, now: datetime) -> None:
    """Former states of other people's data lie about only as long as an import can be undone."""
    long_ago = now - undoing.FOR
    ended = Q(ended_at__lt=long_ago) & ~Q(state__in=Import.WORKING)
    broken_off = Q(state=State.RUNNING, by=None, created_at__lt=long_ago)  # a command that died
    LedgerLine.objects.filter(import_of__in=Import.objects.filter(ended | broken_off)).delete()
