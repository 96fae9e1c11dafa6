"""Files as numbered lines of text, one at a time: CSV in UTF-8 or CP932, and XLSX."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
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


Place = tuple[int, int]
"""The number of the line that was read last, and where in the file the next one begins."""


@dataclass(frozen=True)
class Table:
    """A file's lines; `size`: how many it has, as far as that is known beforehand; and how it is read.

    `place`: where reading stands, None in the middle of something; `go_to`: read on from such a place. A book has none.
    """

    lines: Generator[Line]
    size: int | None
    place: Callable[[], Place | None] = lambda: None
    go_to: Callable[[Place], None] | None = None
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: Sequence[str] = ()


HEAD = 512
"""As many bytes tell what kind of file it is."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NO_TABLE = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x7fELF": "ELF",
    b"MZ\x90\x00": "EXE",
    b"<!DO": "HTML",
    b"<htm": "HTML",
    b"<?xm": "XML",
    b"{\\rt": "RTF",
}


def refuse_strangers(head: bytes) -> None:
    """Raise BadFile if a file that begins so cannot be a table, in words that say what it is."""
    if not head:
        raise BadFile(_("ファイルが空です。"))
    if head.startswith(_OLE):
        raise BadFile(
            _("古い形式(.xls)か、パスワード付きのブックです。.xlsx か CSV で保存し直してください。")
        )
    for sign, name in _NO_TABLE.items():
        if head.startswith(sign):
            raise BadFile(
                _("これは %(name)s のファイルです。CSV・TSV・XLSX を選んでください。") % {"name": name}
            )


def opened(path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Table:
    """The table in the file, told by its content, not by its name. Raises BadFile."""
    from apps.integrations.imports import delimited, workbooks  # both are built on this module

    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise BadFile(_("ファイルを開けません: %(why)s") % {"why": error.strerror}) from error
    refuse_strangers(head)
    if head.startswith(_ZIP):
        return workbooks.table(path, sheet=sheet)
    return delimited.table(path, encoding=encoding, delimiter=delimiter)
