"""What an import leaves behind: counts, remarks, and a file of the rows that did not go in."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from apps.integrations.imports.kinds import Fate, Row
from apps.integrations.imports.reading import BadFile, Line, Place

NAMES_SHOWN = 10
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().,-]*$)")


@dataclass
class Report:
    """How it went. `remarks`: what was assumed or made on the way, by kind of remark and name."""

    fates: Counter[Fate] = field(default_factory=Counter)
    remarks: Counter[tuple[str, str]] = field(default_factory=Counter)
    noticed: int = 0
    unused: Sequence[str] = ()
    result: Path | None = None

    def count(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.fates[row.fate or Fate.SKIPPED] += 1
            self.noticed += bool(row.line.notice)
            if row.fate in (Fate.ADDED, Fate.CHANGED):
                self.remarks.update(row.remarks)

    @property
    def total(self) -> int:
        return self.fates.total()

    @property
    def refused(self) -> int:
        return self.fates[Fate.REFUSED]

    def sentences(self) -> list[str]:
        """The remarks as lines for people."""
        said = {
            "company": _("顧客を新しく作りました: %(count)d件(%(names)s)"),
            "team": _("チームを新しく作りました: %(count)d件(%(names)s)"),
            "lost_reason": _("ボツの理由を加えました: %(count)d件(%(names)s)"),
            "no_owner": _("担当が利用者の中に見つからず、担当なしにした行: %(count)d行(%(names)s)"),
            "no_company": _("顧客がわからず、顧客不明(取り込み)にした行: %(count)d行"),
            "no_amount": _("受注金額がなく、0円で受注にした行: %(count)d行"),
            "before_opening": _("案件の始まりより前なので、始まりからとした変化: %(count)d行"),
        }
        lines = []
        for kind, sentence in said.items():
            names = {name: count for (of, name), count in self.remarks.items() if of == kind}
            if names:
                lines.append(sentence % {"count": sum(names.values()), "names": _shown(names)})
        if self.unused:
            lines.append(_("使わなかった列: %(names)s") % {"names": _shown(dict.fromkeys(self.unused, 1))})
        if self.noticed:
            lines.append(
                _("気をつけて見てほしい行: %(count)d行(%(path)s)")
                % {"count": self.noticed, "path": self.result}
            )
        return lines


def _shown(names: dict[str, int]) -> str:
    some = [name or "—" for name in sorted(names)]
    more = len(some) - NAMES_SHOWN
    return _("、").join(some[:NAMES_SHOWN]) + (_(" ほか%(count)d") % {"count": more} if more > 0 else "")


class ResultFile:
    """Rows that did not go in, with line and reason; made only when there is one. Corrected, it can be imported."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: Sequence[str] = ()
        self.file: IO[str] | None = None
        self.writer: Any = None
        try:
            path.unlink(missing_ok=True)
            path.touch()
            path.unlink()
        except OSError as error:
            raise BadFile(
                _("結果ファイルを書けません(%(path)s: %(why)s)。--result で別の場所を指定してください。")
                % {"path": path, "why": error.strerror}
            ) from error

    def take(self, line: Line, reason: str) -> None:
        if self.file is None:
            self.file = self.path.open("w", encoding="utf-8-sig", newline="")
            self.writer = csv.writer(self.file)
            self.writer.writerow([_("行"), _("理由"), *self.header])
        self.writer.writerow([line.number, reason, *(_harmless(value) for value in line.values)])

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def _harmless(value: str) -> str:
    """A cell that a spreadsheet would calculate stands as text."""
    return f"'{value}" if _FORMULA.match(value) else value


class Seen:
    """What the file said before, kept on disk so that its length costs no memory.

    With a file of its own it is there again for the run that goes on after the line `done`; else it goes away with
    the connection.
    """

    def __init__(self, path: Path | None = None, *, done: int = 0) -> None:
        self.rows = sqlite3.connect(path or "")
        self.rows.execute(
            "CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, line INT, said BLOB, times INT) WITHOUT ROWID"
        )
        self.rows.execute("CREATE TABLE IF NOT EXISTS place (done INT, line INT, begins TEXT)")
        if self.rows.execute("SELECT 1 FROM place WHERE done > ?", [done]).fetchone():
            self.rows.executescript(
                "DELETE FROM seen; DELETE FROM place"
            )  # the database was put back meanwhile

    @property
    def place(self) -> Place | None:
        """Up to where the file was read when this was kept last."""
        found = self.rows.execute("SELECT line, begins FROM place").fetchone()
        return (found[0], int(found[1])) if found else None

    def keep(self, place: Place, *, done: int) -> None:
        """What was seen up to this place outlives this run."""
        line, begins = place
        self.rows.execute("DELETE FROM place")
        # As text: a place in a file whose decoder has a state is a number beyond 64 bits.
        self.rows.execute("INSERT INTO place VALUES (?, ?, ?)", [done, line, str(begins)])
        self.rows.commit()

    def before(self, key: str, line: int, said: bytes) -> tuple[int, int, bytes]:
        """How often the key came up to now, this time included; its first line, and what stood there."""
        return self.rows.execute(
            "INSERT INTO seen VALUES (?, ?, ?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1"
            " RETURNING times, line, said",
            [key, line, said],
        ).fetchone()

    def close(self) -> None:
        self.rows.close()
