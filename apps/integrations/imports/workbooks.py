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

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from apps.integrations.imports.reading import BadFile, Line, Table

MOST_PARTS = 2_000
MOST_BYTES = 512 << 20
MOST_BYTES_OF_STRINGS = 128 << 20
MOST_ROWS = 1_048_576
MOST_COLUMNS = 2_000
MOST_TEXT = 32_767
"""What Excel itself keeps in a cell."""


def table(path: Path, *, sheet: str = "") -> Table:
    _guard(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles that nobody here looks at
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # whatever a hostile file does to the library is the file's fault
        raise _broken(error) from error
    page = _page(book, sheet)
    size = page.max_row
    page.reset_dimensions()  # a lie there would widen every row
    size = size if size and size <= MOST_ROWS else None
    return Table(_lines(book, page), size, sheet=page.title, sheets=[one.title for one in book.worksheets])


def _broken(error: Exception) -> BadFile:
    return BadFile(_("ブックが壊れていて読めません(%(why)s)。") % {"why": type(error).__name__})


def _page(book: openpyxl.Workbook, sheet: str) -> ReadOnlyWorksheet:
    pages = [page for page in book.worksheets if not sheet or page.title == sheet]
    if not pages:
        raise BadFile(
            _("シート「%(sheet)s」がありません。") % {"sheet": sheet} if sheet else _("シートがありません。")
        )
    return pages[0]


def _guard(path: Path) -> None:
    """Refuse a book that unpacks to more than we would read, or whose XML declares entities."""
    too_large = BadFile(_("ブックが大きすぎます。CSV で保存し直してください。"))
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise too_large
            if any(
                part.file_size > MOST_BYTES_OF_STRINGS
                for part in parts
                if part.filename.endswith("sharedStrings.xml")
            ):
                raise too_large
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with book.open(part) as xml:
                        _refuse_doctype(xml)
    except BadFile:
        raise
    except Exception as error:  # zipfile and expat raise many kinds
        raise _broken(error) from error


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
        while block := xml.read(4096):
            parser.Parse(block, False)
    except _Begun:
        pass


def _lines(book: openpyxl.Workbook, page: ReadOnlyWorksheet) -> Generator[Line]:
    with closing(book):
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


def _rows(page: ReadOnlyWorksheet) -> Iterator[tuple[Any, ...]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from page.iter_rows(values_only=True)
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
