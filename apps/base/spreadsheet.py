"""What leaves in a form that spreadsheets open."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_response(name: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The rows as a download that Excel opens as UTF-8. `rows` must not ask the database any more."""
    writer = csv.writer(_Echo())
    lines = ("\ufeff" * (n == 0) + writer.writerow([harmless(v) for v in row]) for n, row in enumerate(rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
