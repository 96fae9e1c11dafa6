"""XLSX, read row by row behind guards: a small file can hold a large bomb."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from apps.integrations.imports.reading import BadFile, Line, Table

MOST_PARTS = 2_000
MOST_BYTES = 512 << 20
"""Of all parts together, unpacked; a sheet may be as large: it is read row by row."""
MOST_BYTES_OF_STRINGS = 128 << 20
MOST_BYTES_OF_PART = 4 << 20
"""Of a part that is built in memory as a whole: the book's list of sheets, its styles, what points where."""
MOST_BYTES_OF_ROW = 8 << 20
PROLOG = 64 << 10
MOST_ROWS = 1_048_576
MOST_COLUMNS = 2_000
MOST_TEXT = 32_767
"""What Excel itself keeps in a cell."""


def table(path: Path, *, sheet: str = "") -> Table:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles that nobody here looks at
            archive, pages = _read(path)
            page = _chosen(pages, sheet)
            archive.most = MOST_BYTES
            with page.source():  # a hostile sheet is told before anybody waits for its rows
                pass
    except BadFile:
        raise
    except Exception as error:  # whatever a hostile file does to the libraries is the file's fault
        raise _broken(error) from error
    return Table(_lines(archive, page), None, sheet=page.title, sheets=[one.title for one in pages])


def _read(path: Path) -> tuple[_Archive, list[_Page]]:
    """The book's sheets. What we never look at (properties, themes, charts, macros) is not opened."""
    with path.open("rb") as file:  # a path would be judged by its name, and ours has no ending
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.archive = archive = _Archive(path)
    archive.refuse_bombs()
    reader.read_manifest()
    archive.most = MOST_BYTES_OF_STRINGS
    reader.read_strings()
    archive.most = MOST_BYTES_OF_PART
    reader.read_workbook()
    apply_stylesheet(archive, reader.wb)
    return archive, [
        _Page(reader.wb, sheet.name, rel.target, reader.shared_strings)
        for sheet, rel in reader.parser.find_sheets()
        if "worksheet" in rel.Type and rel.target in reader.valid_files
    ]


def _broken(error: Exception) -> BadFile:
    return BadFile(_("ブックが壊れていて読めません(%(why)s)。") % {"why": type(error).__name__})


def _too_large() -> BadFile:
    return BadFile(_("ブックが大きすぎます。CSV で保存し直してください。"))


def _chosen(pages: list[_Page], sheet: str) -> _Page:
    for page in pages:
        if not sheet or page.title == sheet:
            return page
    raise BadFile(
        _("シート「%(sheet)s」がありません。") % {"sheet": sheet} if sheet else _("シートがありません。")
    )


class _Archive(zipfile.ZipFile):
    """Opens no part that is larger than it may be for what it is read as, whatever its name, or declares entities."""

    most = MOST_BYTES_OF_PART

    def refuse_bombs(self) -> None:
        parts = self.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise _too_large()

    def open(self, name: Any, mode: Any = "r", *given: Any, **named: Any) -> Any:
        # No more than the size that is told here is ever unpacked: a part that is larger fails its check sum.
        if self.getinfo(getattr(name, "filename", name)).file_size > self.most:
            raise _too_large()
        with super().open(name) as part:
            _refuse_doctype(part)
        return super().open(name, mode, *given, **named)


class _Metered:
    """A sheet's bytes, as long as rows come of them: a row without end is refused before it fills the memory."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.since_row = 0

    def read(self, size: int = -1) -> bytes:
        block: bytes = self.part.read(size)
        self.since_row += len(block)
        if self.since_row > MOST_BYTES_OF_ROW:
            raise _too_large()
        return block

    def __enter__(self) -> _Metered:
        return self

    def __exit__(self, *_given: object) -> None:
        self.part.close()


class _Page(ReadOnlyWorksheet):
    """A sheet whose word on its own size is not asked for: it may lie, or stand behind all its rows."""

    def _get_size(self) -> None:
        pass

    def _get_source(self) -> _Metered:
        self.metered = _Metered(super()._get_source())
        return self.metered

    source = _get_source


class _Begun(Exception):
    pass


def _refuse_doctype(xml: Any) -> None:
    """Only a DOCTYPE can declare entities; it stands before the first element, so no more than that is read."""

    def doctype(*_given: object) -> None:
        raise BadFile(_("ブックの中に宣言(DOCTYPE)があります。安全のため読みません。"))

    def begun(*_given: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = begun
    try:
        for _block in range(0, PROLOG, 4096):
            parser.Parse(xml.read(4096), False)
    except _Begun:
        return
    raise BadFile(_("ブックが壊れていて読めません(%(why)s)。") % {"why": "XML"})


def _lines(archive: _Archive, page: _Page) -> Generator[Line]:
    with closing(archive):
        yield from _checked(_rows(page))


def _checked(rows: Iterator[tuple[Any, ...]]) -> Generator[Line]:
    width = 0
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise BadFile(_("行が多すぎます(%(most)d行まで)。") % {"most": MOST_ROWS})
        if len(row) > MOST_COLUMNS:
            raise BadFile(
                _("%(line)d行目の列が多すぎます(%(most)d列まで)。") % {"line": number, "most": MOST_COLUMNS}
            )
        values = tuple(_text(cell) for cell in row)
        while values and not values[-1]:
            values = values[:-1]
        width = width or len(values)
        if any(len(value) > MOST_TEXT for value in values):
            yield Line(number, (), _("1つの値が長すぎます。"))
        elif len(values) > width:
            yield Line(
                number,
                values,
                _("列の数が違います(見出しは%(width)d列、この行は%(found)d列)。")
                % {"width": width, "found": len(values)},
            )
        else:
            yield Line(number, values + ("",) * (width - len(values)))


def _rows(page: _Page) -> Iterator[tuple[Any, ...]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for row in page.iter_rows(values_only=True):
                page.metered.since_row = 0
                yield row
    except BadFile:
        raise
    except Exception as error:
        raise _broken(error) from error


def _text(cell: Any) -> str:
    """A cell as a CSV would hold it: dates in ISO, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(int(cell.total_seconds()))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
