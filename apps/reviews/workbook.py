"""The goal/process table as an Excel file: real numbers, formulas with their values, a sheet per table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from apps.base.month import Month
from apps.base.templatetags.baton import timed
from apps.goals.vocabulary import Row, Unit
from apps.reviews.presentation import GROUPS, columns, named
from apps.reviews.queries import Board
from apps.reviews.rules import Line, Name, Ratio

MOST_NAMES = 200
"""Names in one cell: Excel holds 32,767 characters there."""
HEAD, FIRST = 3, 4
"""The row of the column heads and the first of the figures, counted from 0."""
BENCHMARK, FIRST_MONTH = 1, 2
NOTHING = "—"
_A3 = 8
_LINE = 15
_HIGHEST = 409
_MONEY = "#,##0"
_LOOKS = {Unit.YEN: _MONEY, Unit.YEN_EACH: _MONEY, Unit.COUNT: _MONEY, Unit.RATE: "0.0%", Unit.NAMES: "@"}
_GAP = "+#,##0;-#,##0;±0"
_PARTS = {Row.ATTAINMENT: (Row.SALES, Row.SALES_TARGET), Row.UNIT_PRICE: (Row.SALES, Row.ORDERS)}
"""Rates and the rows that they divide."""


def workbook(boards: Sequence[Board], *, title: str, tenant: str) -> IO[bytes]:
    """The tables as a file that lies on disk and stands at its beginning: the first one, then one per person."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book = Workbook(
        file,
        {
            "in_memory": True,  # a sheet is small, and a file for each takes longer than the sheet
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": title, "company": tenant})
    taken: set[str] = set()
    formats: dict[tuple, Format] = {}
    for board in boards:
        sheet = book.add_worksheet(_sheet_name(board.scope.name or _("組織"), taken), _Worksheet)
        _Sheet(book, sheet, board, formats).write(title, tenant)
    book.close()
    file.seek(0)
    return file


def _sheet_name(whose: str, taken: set[str]) -> str:
    """What Excel allows as a sheet's name: 31 characters, none of []:*?/\\, each name once."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", whose).strip(" '") or _("表")
    if plain.lower() == "history":  # Excel keeps this one for itself
        plain += "_"
    name, number = plain[:31], 1
    while name.lower() in taken:
        number += 1
        ending = f" ({number})"
        name = plain[: 31 - len(ending)] + ending
    taken.add(name.lower())
    return name


class _Worksheet(Worksheet):
    """Its formulas add, subtract and divide: none holds one of the functions that XlsxWriter would look for in each."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class _Sheet:
    """One table. A month takes two columns: the figure, and its gap to the benchmark, folded away."""

    def __init__(self, book: Workbook, sheet: Worksheet, board: Board, formats: dict[tuple, Format]) -> None:
        self.book, self.sheet, self.board, self.formats = book, sheet, board, formats
        self.months = range(FIRST_MONTH, FIRST_MONTH + 2 * len(board.months), 2)
        self.undated = FIRST_MONTH + 2 * len(board.months)
        self.total = self.undated + 1
        self.row_of = {line.row: FIRST + n for n, line in enumerate(board.lines)}
        self.running = {c for c, month in zip(self.months, columns(board), strict=True) if month.running}

    def write(self, title: str, tenant: str) -> None:
        self._set_up()
        self._head(title, tenant)
        for line in self.board.lines:
            self._line(line)
        self._past_due(FIRST + len(self.board.lines) + 1)

    def _format(self, **given: Any) -> Format:
        key = tuple(sorted(given.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "top", **given})
        return self.formats[key]

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, 18)
        sheet.set_column(BENCHMARK, BENCHMARK, 13)
        for column in self.months:
            sheet.set_column(column, column, 17, None, {"collapsed": column > FIRST_MONTH})
            sheet.set_column(column + 1, column + 1, 11, None, {"level": 1, "hidden": True})
        sheet.set_column(self.undated, self.undated, 17, None, {"collapsed": True})
        sheet.set_column(self.total, self.total, 14)
        sheet.freeze_panes(FIRST, FIRST_MONTH)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
        sheet.set_footer("&L&F&R&P / &N")
        sheet.repeat_rows(HEAD)

    def _head(self, title: str, tenant: str) -> None:
        board = self.board
        at = _("%(at)s 現在・単位 円・件") % {"at": timed(board.as_of)}
        self._text(0, 0, title, bold=True, font_size=14)
        self._text(
            1, 0, _("%(tenant)s・%(whose)s") % {"tenant": tenant, "whose": board.scope.name or _("組織")}
        )
        self._text(2, 0, at)
        heads = {
            0: _("項目"),
            BENCHMARK: _("ベンチマーク"),
            self.undated: _("時期未定"),
            self.total: _("合計"),
        }
        for column, month in zip(self.months, board.months, strict=True):
            heads |= {column: str(month), column + 1: _("ベンチマークとの差")}
        for column, text in heads.items():
            align = "left" if column == 0 else "right"
            self._text(
                HEAD, column, text, bold=True, bottom=1, align=align, bg_color=self._tint(column, "#F4F5F1")
            )

    def _text(self, row: int, column: int, text: str, **look: Any) -> None:
        self.sheet.write_string(row, column, text, self._format(**look))

    def _tint(self, column: int, other: str = "#FFFFFF") -> str:
        """Only the running month has a colour."""
        return "#E0EFED" if column in self.running else other

    def _line(self, line: Line) -> None:
        row = self.row_of[line.row]
        top = {"top": 1} if line.row in GROUPS or line.row == Row.LOST_COUNT else {}
        self._text(row, 0, str(line.row.label), bold=line.unit != Unit.NAMES, **top)
        look = {"num_format": _LOOKS[line.unit], **top}
        if line.unit == Unit.NAMES:
            self._names(row, line, look)
            return
        self._figure(row, BENCHMARK, line.benchmark, look, absent="")
        for column, month, value in zip(self.months, self.board.months, line.values, strict=True):
            self._figure(row, column, value, look, formula=self._rate(line, column, value))
            self._gap(row, column, line, month, value, top)
        self._figure(row, self.undated, line.undated, look, absent="")
        self._figure(row, self.total, line.total, look | {"bold": True}, formula=self._total(line))

    def _figure(
        self,
        row: int,
        column: int,
        value: Any,
        look: dict[str, Any],
        *,
        formula: str = "",
        absent: str = NOTHING,
    ) -> None:
        style = self._format(align="right", bg_color=self._tint(column), **look)
        if formula:
            self.sheet.write_formula(
                row, column, formula, style, NOTHING if value is None else _number(value)
            )
        elif value is None and not absent:
            self.sheet.write_blank(row, column, None, style)
        elif value is None:
            self.sheet.write_string(row, column, absent, style)
        else:
            self.sheet.write_number(row, column, _number(value), style)

    def _rate(self, line: Line, column: int, value: Any) -> str:
        """A rate computed from the cells it divides; 頭数生産性 by its number of people, which no row shows."""
        if line.row in _PARTS:
            over, under = (xl_rowcol_to_cell(self.row_of[row], column) for row in _PARTS[line.row])
            return f'=IF(N({under})=0,"{NOTHING}",{over}/{under})'
        if line.row == Row.PER_HEAD and value is not None:
            return f"={xl_rowcol_to_cell(self.row_of[Row.SALES], column)}/{value.den}"
        return ""

    def _total(self, line: Line) -> str:
        if line.unit in (Unit.RATE, Unit.YEN_EACH):
            return self._rate(line, self.total, line.total)
        if line.total is None:
            return ""
        counted = [*self.months, self.undated] if line.undated is not None else self.months
        return f"=SUM({','.join(xl_rowcol_to_cell(self.row_of[line.row], column) for column in counted)})"

    def _gap(self, row: int, column: int, line: Line, month: Month, value: Any, top: dict[str, Any]) -> None:
        benchmark = self.board.benchmarks[month].get(line.row.value)
        if benchmark is None or value is None or line.unit == Unit.RATE:
            self.sheet.write_blank(row, column + 1, None, self._format(**top))
            return
        need = float(Fraction(benchmark))
        formula = f"={xl_rowcol_to_cell(row, column)}-{need:.10g}"
        style = self._format(num_format=_GAP, font_color="#5C665F", **top)
        self.sheet.write_formula(row, column + 1, formula, style, _number(value) - need)

    def _names(self, row: int, line: Line, look: dict[str, Any]) -> None:
        cells = {column: list(_lines(names)) for column, names in zip(self.months, line.values, strict=True)}
        cells[self.undated] = list(_lines(line.undated or []))
        self.sheet.set_row(row, min(_HIGHEST, _LINE * max(1, *map(len, cells.values()))))
        for column, names in cells.items():
            style = self._format(text_wrap=True, bg_color=self._tint(column), **look)
            if names:
                self.sheet.write_string(row, column, "\n".join(names), style)
            else:
                self.sheet.write_blank(row, column, None, style)

    def _past_due(self, row: int) -> None:
        if names := list(_lines(self.board.past_due)):
            self._text(row, 0, _("時期が過ぎた案件"), bold=True)
            for n, name in enumerate(names):
                self._text(row + n, FIRST_MONTH, name)


def _lines(names: Sequence[Name]) -> Iterator[str]:
    yield from (named(name) for name in names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        yield _("ほか%(n)s件") % {"n": len(names) - MOST_NAMES}


def _number(value: Any) -> float:
    return float(value.fraction) if isinstance(value, Ratio) else value
