"""A list as a file: every row that it asks for, in the list's columns, as CSV or for Excel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, HttpResponseBase
from django.utils import timezone
from xlsxwriter import Workbook

from apps.base.listing.asked import Asked
from apps.base.month import Month
from apps.base.spreadsheet import csv_response

FORMS = ("csv", "xlsx")


def rows_of(asked: Asked, *, most: int) -> list[list[Any]]:
    """The rows' values, in the list's order; one more than `most` tells that there are too many."""
    found = asked.ordered(asked.rows).order_by(*asked.order)[: most + 1]
    values = [column.value for column in asked.directory.columns]
    return [[value(row) for value in values] for row in found]


def file_of(asked: Asked, rows: Sequence[Sequence[Any]], *, form: str) -> HttpResponseBase:
    """The download. The rows ask the database nothing any more."""
    heads = [str(column.label) for column in asked.directory.columns]
    name = f"{asked.directory.label}_{timezone.localdate():%Y%m%d}.{form}"
    if form == "csv":
        return csv_response(name, [heads, *([_said(value) for value in row] for row in rows)])
    return FileResponse(_workbook(heads, rows), as_attachment=True, filename=name)


def _said(value: Any) -> Any:
    """A value in text that sorts as it reads; numbers stay numbers."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date | Month):
        return str(value)
    return "" if value is None else value


def _workbook(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """On disk and at its beginning; text stays text, so that nothing in it is run."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    kept_as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(file, {**kept_as_text, "constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, 18)
    sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
    looks = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        int: book.add_format({"num_format": "#,##0"}),
    }
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if type(value) is date:
                sheet.write_datetime(number, column, value, looks[date])
            elif isinstance(value, int):
                sheet.write_number(number, column, value, looks[int])
            elif value not in (None, ""):
                sheet.write_string(number, column, str(_said(value))[:32_767])
    book.close()
    file.seek(0)
    return file
