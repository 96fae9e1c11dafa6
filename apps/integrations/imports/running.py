"""One import from file to report: batch by batch, each in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.base.refusal import Refused
from apps.integrations.imports import mapping as mappings
from apps.integrations.imports import reading
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
    importer = _Importer(KINDS[kind](mapping, source=named, at=at), path, progress)
    with _alone(), closing(ResultFile(result)) as refused, closing(Seen()) as seen:
        if not dry_run:
            return importer.run(refused, seen)
        with transaction.atomic():
            report = importer.run(refused, seen)
            transaction.set_rollback(True)
        return report


@contextmanager
def _alone() -> Iterator[None]:
    """Two imports into one tenant would make the same companies twice."""
    lock = "hashtext('import'), hashtext(current_schema())"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({lock})")
        if not cursor.fetchone()[0]:
            raise BadFile(_("別の取り込みが動いています。終わってからもう一度実行してください。"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({lock})")


class _Importer:
    def __init__(self, kind: Kind, path: Path, progress: Progress) -> None:
        self.kind, self.path, self.progress = kind, path, progress
        self.report = Report()

    def run(self, refused: ResultFile, seen: Seen) -> Report:
        mapping = self.kind.mapping
        table = reading.opened(self.path, delimiter=mapping.delimiter, sheet=mapping.sheet)
        with closing(table.lines):
            bound, lines = self._bound(table.lines, refused)
            rows = (self._row(line, bound, seen) for line in lines if not line.is_blank)
            while batch := list(islice(rows, BATCH)):
                waiting = [row for row in batch if row.fate is None]
                settled = [row for row in batch if row.fate is not None]
                self._close([*self._take(waiting), *settled], refused)
                self.progress(batch[-1].line.number, table.size)
        self.report.unused = () if mapping.columns else bound.unused  # a mapping leaves out on purpose
        self.report.result = refused.path if refused.file else None
        return self.report

    def _bound(self, lines: Iterator[Line], refused: ResultFile) -> tuple[Bound, Iterable[Line]]:
        """The mapping on this file's columns, and the lines that hold rows."""
        first = next((line for line in lines if not line.is_blank), None)
        if first is None:
            raise BadFile(_("ファイルが空です。"))
        if first.fault:
            raise BadFile(_("%(line)d行目が読めません: %(why)s") % {"line": first.number, "why": first.fault})
        bound = mappings.bind(self.kind.mapping, self.kind.fields, self.kind.aliases, first.values)
        if not self.kind.mapping.header:
            return bound, chain([first], lines)
        refused.header = first.values
        return bound, lines

    def _row(self, line: Line, bound: Bound, seen: Seen) -> Row:
        row = self.kind.clean(line, bound)
        if row.fate is None:
            self._identify(row, seen)
        return row

    def _identify(self, row: Row, seen: Seen) -> None:
        """Give the row its key; one that the file has said already is the same, or a contradiction."""
        key, has_number = self.kind.identify(row)
        said = hashlib.blake2b(repr(row.line.values).encode(), digest_size=16).digest()
        times, first_line, first_said = seen.before(key, row.line.number, said)
        if times > 1 and self.kind.repeats and not has_number:
            key = f"{key}#{times}"
        elif times > 1 and said == first_said:
            row.fate = Fate.SAME
        elif times > 1:
            row.refuse(
                _("%(line)d行目と同じ番号(番号がなければ同じ見分け方)の行です。") % {"line": first_line}
            )
        row.key = key

    def _take(self, rows: Sequence[Row]) -> list[Row]:
        """Bring the rows in together; where one of them spoils it, in halves, until it stands alone."""
        tried = [row.again() for row in rows]
        try:
            with transaction.atomic():
                if tried:
                    self.kind.take(tried)
        except (Refused, IntegrityError, DataError) as error:
            self.kind.find.forget()
            if len(rows) > 1:
                half = len(rows) // 2
                return [*self._take(rows[:half]), *self._take(rows[half:])]
            tried[0].refuse(error if isinstance(error, Refused) else _not_kept(error))
        return tried

    def _close(self, rows: Sequence[Row], refused: ResultFile) -> None:
        self.report.count(rows)
        for row in sorted(rows, key=lambda row: row.line.number):
            if reason := row.reason or row.line.notice:
                refused.take(row.line, reason)


def _not_kept(error: Exception) -> str:
    return _("データベースが受け付けません: %(why)s") % {"why": str(error).splitlines()[0]}
