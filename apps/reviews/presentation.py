"""How the goal/process table looks: cells with their words, gaps to the benchmark and tone. No database here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.base.month import Month
from apps.base.templatetags.baton import grouped
from apps.goals.vocabulary import Row, Unit
from apps.reviews.queries import Board
from apps.reviews.rules import Line, Name, Ratio, half_up

MAN = 10_000
NAMES_SHOWN = 10
GROWING = (Row.SALES, Row.ORDERS, Row.VISIT_COUNT, Row.FOLLOW_COUNT)
"""Rows that can still grow within the running month: what is missing is "あと", held against the pace."""
_FIXED = (Row.OPENING_DEAL_AMOUNT, Row.OPENING_DEAL_COUNT)
_WITHOUT_GAP = (Row.SALES_TARGET, Row.LOST_COUNT, Row.PER_HEAD, Row.ATTAINMENT)

GROUPS: dict[Row, tuple[Any, int]] = {
    Row.OPENING_DEAL_AMOUNT: (gettext_lazy("月初の商談"), 2),
    Row.SURE_AMOUNT: (gettext_lazy("商談◯"), 3),
    Row.LIKELY_AMOUNT: (gettext_lazy("商談△"), 3),
    Row.TOPIC_AMOUNT: (pgettext_lazy("many", "話題"), 3),
}
"""The first row of each group, the group's name and how many rows it has."""


@dataclass(frozen=True)
class Gap:
    text: str
    tone: str


@dataclass(frozen=True)
class Cell:
    """One figure. `column`: the CSS class of its column; `exact`: the tooltip; `records`: what its link asks for."""

    column: str
    text: str = ""
    unit: str = ""
    exact: str = ""
    gap: Gap | None = None
    bar: int | None = None
    tone: str = ""
    zero: bool = False
    names: list[Name] = field(default_factory=list)
    more: int = 0
    records: str = ""


@dataclass(frozen=True)
class TableRow:
    """`group`: (name, rows) where a group begins; `label`: what of the group is counted, or the row's own name."""

    code: str
    label: str
    kind: str
    cells: list[Cell]
    group: tuple[Any, int] | None = None
    grouped: bool = False


@dataclass(frozen=True)
class Column:
    month: Month
    kind: str

    @property
    def running(self) -> bool:
        return self.kind == "now"


def columns(board: Board) -> list[Column]:
    return [Column(month, _kind(month, board.running)) for month in board.months]


def _kind(month: Month, running: Month) -> str:
    return "now" if month == running else "fut" if month > running else ""


def table(board: Board, *, elapsed: Fraction) -> list[TableRow]:
    """The rows as they stand on the page. `elapsed`: the share of the running month's working days gone by."""
    rows, left = [], 0
    for line in board.lines:
        group = GROUPS.get(line.row)
        left = group[1] if group else left - 1
        inside = left > 0
        label = str(line.row.label).rpartition(" ")[2] if inside else str(line.row.label)
        cells = list(_cells(board, line, elapsed))
        rows.append(TableRow(line.row.value, label, _row_kind(line), cells, group, inside))
    return rows


def _row_kind(line: Line) -> str:
    if line.unit == Unit.NAMES:
        return "names"
    return {Row.SALES_TARGET: "plain", Row.SALES: "key"}.get(line.row, "")


def _cells(board: Board, line: Line, elapsed: Fraction) -> Iterator[Cell]:
    yield _cell("bm", line, line.benchmark)
    for column, value in zip(columns(board), line.values, strict=True):
        yield _month_cell(board, line, column, value, elapsed)
    yield _cell("und", line, line.undated, records="undated") if line.undated is not None else Cell("und")
    yield Cell("sum") if line.unit == Unit.NAMES else _cell("sum", line, line.total, records="all")


def _month_cell(board: Board, line: Line, column: Column, value: Any, elapsed: Fraction) -> Cell:
    benchmark = board.benchmarks[column.month].get(line.row.value)
    gap = _gap(line, column, value, benchmark, elapsed)
    bar = _bar(value, column, elapsed) if line.row == Row.ATTAINMENT else (None, "")
    return _cell(column.kind, line, value, gap=gap, bar=bar, records=str(column.month))


def _cell(
    column: str,
    line: Line,
    value: Any,
    *,
    gap: Gap | None = None,
    bar: tuple[int | None, str] = (None, ""),
    records: str = "",
) -> Cell:
    if line.unit == Unit.NAMES:
        names = value or []
        return Cell(column, names=names[:NAMES_SHOWN], more=max(0, len(names) - NAMES_SHOWN), records=records)
    if value is None:
        return Cell(column, text="" if column == "bm" else "—", tone="nil")
    text, unit, exact = shown(value, line.unit)
    return Cell(column, text, unit, exact, gap, bar[0], bar[1], zero=not _number(value), records=records)


def shown(value: Any, unit: Unit) -> tuple[str, str, str]:
    """A figure's words: (number, small unit, exact value for the tooltip). Money in 万円, rounded half up."""
    if unit == Unit.RATE:
        return str(half_up(value.fraction * 100)), "%", ""
    if unit == Unit.COUNT:
        return grouped(value), "", ""
    yen = value.fraction if isinstance(value, Ratio) else Fraction(value)
    return grouped(half_up(yen / MAN)), "", _("%(yen)s円") % {"yen": grouped(half_up(yen))}


def _number(value: Any) -> Fraction:
    return value.fraction if isinstance(value, Ratio) else Fraction(value)


def _gap(line: Line, column: Column, value: Any, benchmark: Any, elapsed: Fraction) -> Gap | None:
    """How far the figure is from its own month's benchmark; coloured only where it can still change."""
    if benchmark is None or value is None or line.unit == Unit.NAMES or line.row in _WITHOUT_GAP:
        return None
    if column.kind == "fut" and (line.row in GROWING or line.row == Row.UNIT_PRICE):
        return None
    have, need = _number(value), Fraction(benchmark)
    scale = 1 if line.unit == Unit.COUNT else MAN
    missing = half_up(need / scale) - half_up(have / scale)
    if missing <= 0:
        return Gap("±0" if missing == 0 else f"+{grouped(-missing)}", "pos")
    growing = line.row in GROWING and column.running
    text = _("あと%(n)s") % {"n": grouped(missing)} if growing else f"−{grouped(missing)}"
    if not column.running or line.row in _FIXED:
        return Gap(text, "")
    return Gap(text, _tone(have / need, elapsed if growing else Fraction(1), growing=growing))


def _tone(share: Fraction, expected: Fraction, *, growing: bool) -> str:
    """ok on pace, w below pace (80 %), a far below (half of it)."""
    if growing and share >= expected * Fraction(4, 5):
        return "ok"
    return "w" if share >= expected / 2 else "a"


def _bar(value: Ratio | None, column: Column, elapsed: Fraction) -> tuple[int | None, str]:
    if value is None:
        return None, ""
    percent = half_up(value.fraction * 100)
    if not column.running:
        return percent, "past"
    return percent, {"ok": "", "w": "low", "a": "far"}[_tone(value.fraction, elapsed, growing=True)]


def as_rows(board: Board) -> Iterator[Sequence[Any]]:
    """The table for a spreadsheet: exact yen, rates in percent with one decimal, names one per line."""
    yield [_("項目"), _("ベンチマーク"), *map(str, board.months), _("時期未定"), _("合計")]
    for line in board.lines:
        values = [line.benchmark, *line.values, line.undated, line.total]
        yield [str(line.row.label), *(_plain(value, line.unit) for value in values)]
    yield []
    yield [_("時期が過ぎた案件"), *(_named(name) for name in board.past_due)]


def _plain(value: Any, unit: Unit) -> Any:
    if value is None:
        return ""
    if unit == Unit.NAMES:
        return "\n".join(_named(name) for name in value)
    if unit == Unit.RATE:
        tenths = half_up(value.fraction * 1000)
        return f"{tenths // 10}.{tenths % 10}%"
    return half_up(value.fraction) if isinstance(value, Ratio) else value


def _named(name: Name) -> str:
    return f"{name.company} {name.amount if name.amount is not None else _('金額未定')}"
