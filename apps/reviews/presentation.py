"""How the goal/process table looks: cells with their words, gaps to the benchmark and tone. No database here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.base.month import Month
from apps.base.templatetags.baton import grouped, money, rank_sign, short_month, stage_word
from apps.goals.vocabulary import Row, Unit
from apps.reviews.behind import Move, Standing
from apps.reviews.queries import NAMES_SHOWN, Board, Fates
from apps.reviews.rules import Fate, Line, Name, Ratio, half_up

MAN = 10_000
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
class Mention:
    """A deal named in a cell. `mark`: what became of it since, in words; `won` paints the mark."""

    name: Name
    mark: str = ""
    won: bool = False


@dataclass(frozen=True)
class Cell:
    """One figure. `column`: the CSS class of its column; `exact`: the tooltip; `records`: what its link asks for.

    `changed`: it says something else now than at the moment looked at.
    """

    column: str
    text: str = ""
    unit: str = ""
    exact: str = ""
    gap: Gap | None = None
    bar: int | None = None
    tone: str = ""
    zero: bool = False
    names: list[Mention] = field(default_factory=list)
    more: int = 0
    records: str = ""
    changed: bool = False


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


def month_on_phone(board: Board, asked: Month | None) -> Month:
    """The one month that a phone shows: the one asked for, the running one, else the last."""
    return next((month for month in (asked, board.running) if month in board.months), board.months[-1])


def _kind(month: Month, running: Month) -> str:
    return "now" if month == running else "fut" if month > running else ""


def table(
    board: Board, *, elapsed: Fraction, fates: Fates | None = None, now: Board | None = None
) -> list[TableRow]:
    """The rows as they stand on the page. `elapsed`: the share of the running month's working days gone by.

    `fates`: what became of former names; `now`: the same table as it stands now, to dot what differs.
    """
    rows, left = [], 0
    for line in board.lines:
        group = GROUPS.get(line.row)
        left = group[1] if group else left - 1
        inside = left > 0
        label = str(line.row.label).rpartition(" ")[2] if inside else str(line.row.label)
        cells = list(_cells(board, line, elapsed, fates or {}))
        if now:
            cells = [
                _dotted(*pair) for pair in zip(cells, _values(line), _values(now.line(line.row)), strict=True)
            ]
        rows.append(TableRow(line.row.value, label, _row_kind(line), cells, group, inside))
    return rows


def density(rows: Sequence[TableRow]) -> str:
    """How close the printed table stands so that all its names fit one page: "", dense or denser."""
    lines = sum(max(len(cell.names) + bool(cell.more) for cell in row.cells) for row in rows)
    lines += 2 * any(row.code == Row.PER_HEAD for row in rows)
    return "" if lines <= 8 else "dense" if lines <= 15 else "denser"


def _row_kind(line: Line) -> str:
    if line.unit == Unit.NAMES:
        return "names"
    return {Row.SALES_TARGET: "plain", Row.SALES: "key"}.get(line.row, "")


def _cells(board: Board, line: Line, elapsed: Fraction, fates: Fates) -> Iterator[Cell]:
    yield _cell("bm", line, line.benchmark)
    for column, value in zip(columns(board), line.values, strict=True):
        yield _month_cell(board, line, column, value, elapsed, fates)
    yield _cell("und", line, line.undated, records="undated") if line.undated is not None else Cell("und")
    yield Cell("sum") if line.unit == Unit.NAMES else _cell("sum", line, line.total, records="all")


def _month_cell(
    board: Board, line: Line, column: Column, value: Any, elapsed: Fraction, fates: Fates
) -> Cell:
    if line.unit == Unit.NAMES:
        mentions = [_mention(name, fates.get((column.month, name.deal))) for name in value[:NAMES_SHOWN]]
        return _named_cell(column.kind, mentions, len(value), str(column.month))
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
        return _named_cell(column, [Mention(name) for name in names[:NAMES_SHOWN]], len(names), records)
    if value is None:
        return Cell(column, text="" if column == "bm" else "—", tone="nil")
    text, unit, exact = shown(value, line.unit)
    return Cell(column, text, unit, exact, gap, bar[0], bar[1], zero=not _number(value), records=records)


def _named_cell(column: str, mentions: list[Mention], count: int, records: str) -> Cell:
    return Cell(column, names=mentions, more=count - len(mentions), records=records)


def _mention(name: Name, fate: Fate | None) -> Mention:
    return Mention(name, _mark(fate), fate.stage == "won") if fate else Mention(name)


def _mark(fate: Fate) -> str:
    if fate.stage == "won":
        return _("受注")
    if fate.stage == "lost":
        return _("ボツ")
    return f"→{short_month(fate.month)}" if fate.month else _("→未定")


def _values(line: Line) -> list[Any]:
    """What a row's cells hold, in their order."""
    return [line.benchmark, *line.values, line.undated, line.total]


def _dotted(cell: Cell, then: Any, now: Any) -> Cell:
    return replace(cell, changed=then != now)


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


@dataclass(frozen=True)
class Part:
    """A piece of the strip: its CSS class, its word, its width and figure in 万円."""

    look: str
    word: Any
    man: int


@dataclass(frozen=True)
class Strip:
    """How far the running month is: its target's parts, and what is on pace and what is missing, in words."""

    month: Month
    target: int | None
    parts: list[Part]
    on_pace: str
    missing: str


_PARTS = (
    ("k1", gettext_lazy("売上"), Row.SALES),
    ("k2", gettext_lazy("商談◯"), Row.SURE_AMOUNT),
    ("k3", gettext_lazy("商談△"), Row.LIKELY_AMOUNT),
    ("k4", gettext_lazy("話題"), Row.TOPIC_AMOUNT),
)
_STEPS = (
    (gettext_lazy("フォロー"), (Row.FOLLOW_COUNT,)),
    (gettext_lazy("訪問"), (Row.VISIT_COUNT,)),
    (gettext_lazy("話題"), (Row.TOPIC_COUNT,)),
    (gettext_lazy("商談"), (Row.SURE_COUNT, Row.LIKELY_COUNT)),
)
"""What a month's orders come from, first step first: the word and the rows that count it."""


def strip(board: Board, *, elapsed: Fraction) -> Strip | None:
    """The running month in one line; None where the table does not show that month or it holds nothing."""
    if board.running not in board.months:
        return None
    target = _running(board, Row.SALES_TARGET)
    seen = [(look, word, _running(board, row)) for look, word, row in _PARTS]
    unseen = max(0, (target or 0) - sum(yen for _look, _word, yen in seen))
    pieces = [*seen, ("k5", _("まだ見えていない"), unseen)]
    parts = [Part(look, word, half_up(Fraction(yen, MAN))) for look, word, yen in pieces if yen]
    if not parts:
        return None
    on_pace, missing = _steps(board, elapsed)
    return Strip(
        board.running, target, parts, _("と").join(on_pace), format_html_join(_("と"), "{}", missing)
    )


def lacks_goal(board: Board) -> bool:
    """Whether the running month stands in the table and nobody has said what should be sold in it."""
    return board.running in board.months and _running(board, Row.SALES_TARGET) is None


def _running(board: Board, row: Row) -> Any:
    return board.line(row).values[board.months.index(board.running)]


def _steps(board: Board, elapsed: Fraction) -> tuple[list[str], list[tuple[str]]]:
    """The steps on pace by their words; those that are not, with what there is of what a normal month has."""
    on_pace, missing = [], []
    benchmarks = board.benchmarks[board.running]
    for word, rows in _STEPS:
        need = sum(Fraction(benchmarks.get(row.value, 0)) for row in rows)
        if not need:
            continue
        have = sum(_running(board, row) for row in rows)
        pace = elapsed if rows[0] in GROWING else Fraction(1)
        if _tone(have / need, pace, growing=rows[0] in GROWING) == "ok" or have >= need:
            on_pace.append(str(word))
        else:
            missing.append((format_html("<b>{}</b>({}/{})", word, grouped(have), grouped(half_up(need))),))
    return on_pace, missing


@dataclass(frozen=True)
class MoveTold:
    """A move in words; `gained`: what the row gained by it, in 万円 with its sign."""

    move: Move
    words: str
    gained: str


def told(move: Move) -> MoveTold:
    gained = half_up(Fraction(move.gained, MAN))
    return MoveTold(
        move, _move_words(move.was, move.now), f"+{grouped(gained)}" if gained > 0 else grouped(gained)
    )


def _move_words(was: Standing | None, now: Standing | None) -> str:
    if now is None or now.stage in ("won", "lost"):
        return _("受注") if now and now.stage == "won" else _("ボツ")
    if was is None:
        return _("新しい案件")
    if was.stage in ("won", "lost"):
        return _("再開")
    changes = [
        (_stood(was), _stood(now)),
        (_month_word(was.month), _month_word(now.month)),
        (_amount_word(was.amount), _amount_word(now.amount)),
    ]
    words = [_("%(was)sから%(now)sへ") % {"was": a, "now": b} for a, b in changes if a != b]
    return _("、").join(words) or _("担当の変更")


def _stood(standing: Standing) -> str:
    return stage_word(standing.stage) + rank_sign(standing.rank)


def _month_word(month: Month | None) -> str:
    return short_month(month) if month else _("時期未定")


def _amount_word(amount: int | None) -> str:
    return money(amount) if amount else _("金額未定")


def as_rows(board: Board) -> Iterator[Sequence[Any]]:
    """The table for a spreadsheet: exact yen, rates in percent with one decimal, names one per line."""
    yield [_("項目"), _("ベンチマーク"), *map(str, board.months), _("時期未定"), _("合計")]
    for line in board.lines:
        yield [str(line.row.label), *(_plain(value, line.unit) for value in _values(line))]
    yield []
    yield [_("時期が過ぎた案件"), *(named(name) for name in board.past_due)]


def _plain(value: Any, unit: Unit) -> Any:
    if value is None:
        return ""
    if unit == Unit.NAMES:
        return "\n".join(named(name) for name in value)
    if unit == Unit.RATE:
        tenths = half_up(value.fraction * 1000)
        return f"{tenths // 10}.{tenths % 10}%"
    return half_up(value.fraction) if isinstance(value, Ratio) else value


def named(name: Name) -> str:
    return f"{name.company} {name.amount if name.amount is not None else _('金額未定')}"
