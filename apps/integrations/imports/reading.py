"""Files as numbered lines of text, one at a time: CSV in UTF-8 or CP932, and XLSX."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _


class BadFile(Exception):
    """The file cannot be read at all; the message is a sentence for the user."""


@dataclass(frozen=True)
class Line:
    """One row. `number`: where it begins in the file; `fault`: why it cannot be read; `notice`: what was odd."""

    number: int
    values: tuple[str, ...]
    fault: str = ""
    notice: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.fault and not any(value.strip() for value in self.values)


@dataclass(frozen=True)
class Table:
    """A file's lines; `size`: how many it has, as far as that is known beforehand."""

    lines: Generator[Line]
    size: int | None


_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def opened(path: Path, *, delimiter: str = "", sheet: str = "") -> Table:
    """The table in the file, told by its content, not by its name. Raises BadFile."""
    from apps.integrations.imports import delimited, workbooks  # both are built on this module

    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise BadFile(_("ファイルを開けません: %(why)s") % {"why": error.strerror}) from error
    if not head:
        raise BadFile(_("ファイルが空です。"))
    if head == _OLE:
        raise BadFile(
            _("古い形式(.xls)か、パスワード付きのブックです。.xlsx か CSV で保存し直してください。")
        )
    if head == _ZIP:
        return workbooks.table(path, sheet=sheet)
    return delimited.table(path, delimiter=delimiter)
