"""One import from file to report: batch by batch, each in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.base.origin import IMPORT, coming_by
from apps.base.refusal import Refused
from apps.inbox.operations import told_together
from apps.integrations.imports import ledger, reading
from apps.integrations.imports import mapping as mappings
from apps.integrations.imports.activities import Follows, Visits
from apps.integrations.imports.customers import Companies, Contacts
from apps.integrations.imports.deals import Deals, History
from apps.integrations.imports.kinds import Fate, Kind, Row
from apps.integrations.imports.mapping import Bound, Mapping
from apps.integrations.imports.people import Goals, Users
from apps.integrations.imports.reading import BadFile, Line
from apps.integrations.imports.results import Report, ResultFile, Seen

KINDS: dict[str, type[Kind]] = {
    "companies": Companies,
    "contacts": Contacts,
    "users": Users,
    "deals": Deals,
    "deal-history": History,
    "follows": Follows,
    "visits": Visits,
    "goals": Goals,
}
BATCH = 500
DEFAULT_SOURCE = "import"

Progress = Callable[[int, int | None], None]


def import_file(
    path: Path,
    *,
    kind: str,
    result: Path,
    at: datetime,
    mapping: Mapping | None = None,
    source: str = "",
    dry_run: bool = False,
    progress: Progress = lambda line, size: None,
) -> Report:
    """取り込む — every good row of the file; the others stand in the result file. Raises BadFile.

    Killed at any moment, it is completed by running it again. `progress` is told the line and their number.
    """
    mapping = mapping or Mapping()
    named = source or mapping.source or DEFAULT_SOURCE
    if result.resolve() == path.resolve():
        raise BadFile(_("結果ファイルは、取り込むファイルとは別の場所にしてください。"))
    report = Report()
    recorded = nullcontext() if dry_run else ledger.by_command(path, kind=kind, source=named, at=at)
    with alone("import"), closing(ResultFile(result)) as refused, recorded as import_:

        def settle(rows: Sequence[Row]) -> None:
            report.count(rows)
            for row in rows:
                if reason := row.reason or row.line.notice:
                    refused.take(row.line, reason)

        importer = Importer(
            KINDS[kind](mapping, source=named, at=at), path, settle=settle, ledger_of=import_ and import_.pk
        )
        refused.header = importer.header
        with closing(importer), transaction.atomic() if dry_run else nullcontext():
            for line in importer.steps():
                progress(line, importer.size)
            if dry_run:
                transaction.set_rollback(True)
        report.unused = () if mapping.columns else importer.bound.unused  # a mapping leaves out on purpose
        report.result = refused.path if refused.file else None
        if import_:
            import_.counts = dict(report.fates)
    return report


class Busy(BadFile):
    pass


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Nobody else in this tenant does this meanwhile: two imports would make the same companies twice. Raises Busy."""
    key = "hashtext(%s), hashtext(current_schema())"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({key})", [name])
        if not cursor.fetchone()[0]:
            raise Busy(_("別の取り込みが動いています。終わってからもう一度実行してください。"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({key})", [name])


class Importer:
    """A file that comes in step by step. `settle` gets the rows of a batch in the batch's own transaction.

    `done` lines are in already; `takes`: which of the others are taken. What is only read tells what the file repeats.
    `repairs`: by line, the texts that a person put in place of the file's. `ledger_of`: the import that can be undone.
    `seen`: the file in which what was read is kept, so that who goes on reads on.
    """

    def __init__(
        self,
        kind: Kind,
        path: Path,
        *,
        settle: Callable[[Sequence[Row]], None],
        encoding: str = "",
        done: int = 0,
        takes: Callable[[int], bool] = lambda line: True,
        repairs: Map[int, Map[str, str]] | None = None,
        trial: bool = False,
        ledger_of: UUID | None = None,
        seen: Path | None = None,
    ) -> None:
        self.ledger_of = ledger_of
        self.kind, self.settle, self.done, self.takes, self.trial = kind, settle, done, takes, trial
        self.repairs = repairs or {}
        mapping = kind.mapping
        table = reading.opened(path, encoding=encoding, delimiter=mapping.delimiter, sheet=mapping.sheet)
        self.table, self.size = table, table.size
        self.header: Sequence[str] = ()
        self.bound, self.lines = self._bound(table.lines)
        self.seen = Seen(seen if table.go_to else None, done=done)
        if table.go_to and (place := self.seen.place):
            self.lines = table.lines
            table.go_to(place)

    def close(self) -> None:
        self.table.lines.close()
        self.seen.close()

    def steps(self) -> Iterator[int]:
        """Bring batch after batch in; the line up to which all is settled, after each of them."""
        lines = (line for line in self.lines if not line.is_blank)
        read = (row for line in lines if (row := self._row(line)) and line.number > self.done)
        rows = (row for row in read if self.takes(row.line.number))
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic(), self._recording():
                waiting = [row for row in batch if row.fate is None]
                settled = [row for row in batch if row.fate is not None]
                settled += self._take(waiting)
                transaction.set_rollback(self.trial)
                if not self.trial:
                    self.settle(sorted(settled, key=_line_of))
            if self.trial:
                self.kind.find.forget()
                self.settle(sorted(settled, key=_line_of))
            if place := self.table.place():
                self.seen.keep(
                    place, done=batch[-1].line.number
                )  # after the batch: what is kept never says more than what is in
            yield batch[-1].line.number

    @contextmanager
    def _recording(self) -> Iterator[None]:
        if not self.ledger_of:
            yield
            return
        with ledger.recording(self.ledger_of), told_together(f"import:{self.ledger_of}"):
            yield

    def _bound(self, lines: Iterator[Line]) -> tuple[Bound, Iterable[Line]]:
        """The mapping on this file's columns, and the lines that hold rows."""
        first = next((line for line in lines if not line.is_blank), None)
        if first is None:
            raise BadFile(_("ファイルが空です。"))
        if first.fault:
            raise BadFile(_("%(line)d行目が読めません: %(why)s") % {"line": first.number, "why": first.fault})
        bound = mappings.bind(self.kind.mapping, self.kind.fields, self.kind.aliases, first.values)
        if not self.kind.mapping.header:
            return bound, chain([first], lines)
        self.header = first.values
        return bound, lines

    def _row(self, line: Line) -> Row:
        row = self.kind.clean(line, self.bound, self.repairs.get(line.number))
        if row.fate is None:
            self._identify(row)
        return row

    def _identify(self, row: Row) -> None:
        """Give the row its key; one that the file has said already is the same, or a contradiction."""
        key, has_number = self.kind.identify(row)
        said = hashlib.blake2b(repr(row.said).encode(), digest_size=16).digest()
        times, first_line, first_said = self.seen.before(key, row.line.number, said)
        if times > 1 and self.kind.repeats and not has_number:
            key = f"{key}#{times}"
        elif times > 1 and said == first_said:
            row.fate = Fate.SAME
            row.remarks.append(("repeated", ""))
        elif times > 1:
            row.refuse(
                _("%(line)d行目と同じ番号(番号がなければ同じ見分け方)の行です。") % {"line": first_line}
            )
        row.key = key

    def _take(self, rows: Sequence[Row]) -> list[Row]:
        """Bring the rows in together; where one of them spoils it, in halves, until it stands alone."""
        tried = [row.again() for row in rows]
        try:
            with coming_by(IMPORT), transaction.atomic():
                if tried:
                    self.kind.take(tried)
        except (Refused, IntegrityError, DataError) as error:
            self.kind.find.forget()
            if len(rows) > 1:
                half = len(rows) // 2
                return [*self._take(rows[:half]), *self._take(rows[half:])]
            tried[0].refuse(error if isinstance(error, Refused) else _not_kept(error))
        return tried


def _line_of(row: Row) -> int:
    return row.line.number


def _not_kept(error: Exception) -> str:
    return _("データベースが受け付けません: %(why)s") % {"why": str(error).splitlines()[0]}
