"""Date words as reps write them. Weeks begin on Monday; what is not settled here stays text."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from apps.actions.capture import figures, words

WEEKDAYS = "月火水木金土日"
NUMBER = _N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_WEEKDAY = (
    rf"の?\(?(?P<weekday>[{WEEKDAYS}])(?:曜日?|(?![一-鿿々])"
    r"|(?=再?(?:訪|往|架電|電話|連絡|商談|面談|打ち?合|提|見積|朝|午|夕|夜|昼)))\)?"
)
_WEEKS = {
    "先々週": -2, "先週": -1, "今週": 0, "こんしゅう": 0, "来週": 1, "らいしゅう": 1, "翌週": 1, "次週": 1,
    "再来週": 2, "さ来週": 2, "さらいしゅう": 2,
}  # fmt: skip
_MONTHS = {
    "先月": -1, "今月": 0, "こんげつ": 0, "当月": 0, "来月": 1, "らいげつ": 1, "翌月": 1,
    "再来月": 2, "さ来月": 2, "さらいげつ": 2,
}  # fmt: skip
_DAYS = {
    "一昨日": -2, "おととい": -2, "昨日": -1, "きのう": -1, "今日": 0, "きょう": 0, "本日": 0, "明日": 1, "あした": 1,
    "あす": 1, "翌日": 1, "明後日": 2, "あさって": 2, "明々後日": 3, "しあさって": 3,
}  # fmt: skip
_YEARS = {"": None, "今年": 0, "来年": 1, "翌年": 1, "再来年": 2}
_LATEST = r"(?:中|じゅう|ちゅう|いっぱい)"


def _one_of(words: dict) -> str:
    return "|".join(sorted(filter(None, words), key=len, reverse=True))


@dataclass(frozen=True)
class Day:
    """A day that a stretch of the line names. `back` is what it means in the past tense; `past`: it can only be past.

    `loose`: the words name a week or a month rather than a day.
    """

    start: int
    end: int
    on: date
    back: date
    past: bool = False
    loose: bool = False


@dataclass(frozen=True)
class Month:
    start: int
    end: int
    first: date
    to_the_day: bool = False


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def month_on(day: date, by: int) -> date:
    """The first of the month that many months on."""
    years, month = divmod(day.month - 1 + by, 12)
    return date(day.year + years, month + 1, 1)


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_weekday(today: date, weekday: int) -> date:
    """The first such day after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def last_weekday(today: date, weekday: int) -> date:
    """The latest such day before today."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def next_day_of_month(today: date, day: int) -> date | None:
    """The 19th: of this month, else of the next that has one."""
    return _first_with(day, (month_on(today, by) for by in range(3)), lambda found: found >= today)


def last_day_of_month(today: date, day: int) -> date | None:
    return _first_with(day, (month_on(today, -by) for by in range(3)), lambda found: found < today)


def _first_with(day: int, months: Iterator[date], fits: Callable[[date], bool]) -> date | None:
    for first in months:
        if 1 <= day <= monthrange(first.year, first.month)[1] and fits(first.replace(day=day)):
            return first.replace(day=day)
    return None


def _dated(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def _of_year(today: date, month: int, day: int, *, back: bool = False) -> date | None:
    """The next such date not before today; or the latest before it."""
    years = (today.year - by for by in range(5)) if back else (today.year + by for by in range(5))
    found = (_dated(year, month, day) for year in years)
    return next((on for on in found if on and ((on < today) if back else (on >= today))), None)


Meaning = tuple["date | None", "date | None", bool, bool]
"""The day, what it is in the past tense, whether it can only be past, whether it is loose."""


def _same(on: date | None, *, past: bool = False, loose: bool = False) -> Meaning:
    return on, on, past, loose


def _in_week(found: re.Match[str], today: date) -> Meaning:
    by = _WEEKS[found["week"]]
    monday = week_of(today) + timedelta(weeks=by)
    if found["weekday"]:
        return _same(monday + timedelta(days=WEEKDAYS.index(found["weekday"])), past=by < 0)
    by_friday = found["part"] and re.fullmatch(rf"{_LATEST}|末", found["part"])
    if by == 0 and not by_friday:
        return _same(None)
    return _same(monday + timedelta(days=4 if by_friday else 0), past=by < 0, loose=True)


def _in_month(found: re.Match[str], today: date) -> Meaning:
    by = _MONTHS[found["month"]]
    first = month_on(today, by)
    if found["day"]:
        return _same(_dated(first.year, first.month, int(figures.number(found["day"]))), past=by < 0)
    part = found["part"] or ""
    if re.fullmatch(rf"{_LATEST}|末", part):
        return _same(end_of_month(first), past=by < 0, loose=part != "末")
    if part in ("中旬", "半ば"):
        return _same(first.replace(day=15), past=by < 0, loose=True)
    if part == "下旬":
        return _same(first.replace(day=21), past=by < 0, loose=True)
    return _same(first if by else None, past=by < 0, loose=True)


def _named(found: re.Match[str], today: date) -> Meaning:
    month = int(figures.number(found["month"]))
    day = int(figures.number(found["day"]))
    if (by := _YEARS[found["year"] or ""]) is not None:
        return _same(_dated(today.year + by, month, day))
    return _of_year(today, month, day), _of_year(today, month, day, back=True), False, False


def _in_named_month(found: re.Match[str], today: date) -> Meaning:
    month = int(figures.number(found["month"]))
    if not 1 <= month <= 12:
        return _same(None)
    by = _YEARS[found["year"] or ""]
    first = date(today.year + (month < today.month if by is None else by), month, 1)
    if re.fullmatch(_LATEST, found["part"]):
        return _same(end_of_month(first), loose=True)
    day = {
        "末": end_of_month(first),
        "中旬": first.replace(day=15),
        "半ば": first.replace(day=15),
        "下旬": first.replace(day=21),
    }
    return _same(day.get(found["part"], first), loose=True)


def _later(found: re.Match[str], today: date) -> Meaning:
    count = int(figures.number(found["count"]))
    if found["unit"] == "日":
        return _same(today + timedelta(days=count))
    if found["unit"].startswith("週"):
        return _same(today + timedelta(weeks=count))
    first = month_on(today, count)
    return _same(first.replace(day=min(today.day, end_of_month(first).day)))


def _earlier(found: re.Match[str], today: date) -> Meaning:
    days = int(figures.number(found["count"])) * (7 if found["unit"].startswith("週") else 1)
    return _same(today - timedelta(days=days), past=True)


def _after_new_year(found: re.Match[str], today: date) -> Meaning:
    day = int(figures.number(found["day"])) if found["day"] else 4
    return _same(_dated(today.year + (today.month > 1 or today.day > day), 1, day), loose=not found["day"])


def _weekday(found: re.Match[str], today: date) -> Meaning:
    weekday = WEEKDAYS.index(found["weekday"])
    return next_weekday(today, weekday), last_weekday(today, weekday), False, False


def _day(found: re.Match[str], today: date) -> Meaning:
    day = int(figures.number(found["day"]))
    return next_day_of_month(today, day), last_day_of_month(today, day), False, False


def _this_week(found: re.Match[str], today: date) -> Meaning:
    return _same(week_of(today) + timedelta(days=4), loose=True)


_WORDS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Meaning]]] = [
    (
        re.compile(rf"(?P<year>\d{{4}})(?:年|[/\-.])(?P<month>{_N})(?:月|[/\-.])(?P<day>{_N})日?"),
        lambda found, today: _same(
            _dated(*(int(figures.number(found[part])) for part in ("year", "month", "day")))
        ),
    ),
    (re.compile(rf"(?P<year>{_one_of(_YEARS)})?の?(?P<month>{_N})月の?(?P<day>{_N})日"), _named),
    (re.compile(r"(?P<year>(?!))?(?<![\d/])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/])"), _named),
    (
        re.compile(
            rf"(?P<month>{_one_of(_MONTHS)})(?!曜)(?:の?(?P<day>{_N})日|の?(?P<part>{_LATEST}|末|頭|初め|はじめ|初旬|上旬|中旬|半ば|下旬|初)?)"
        ),
        _in_month,
    ),
    (
        re.compile(
            rf"(?:年明け(?:て)?|年始(?!回|まわ|の?挨)|来年(?=早々|一番|すぐ))の?(?:(?P<day>{_N})日)?(?:すぐ|早々|一番)?"
        ),
        _after_new_year,
    ),
    (
        re.compile(r"年内|年末(?!年始|の?ご?(?:挨拶|あいさつ)|回り|まわり|調整)|年の瀬"),
        lambda found, today: _same(date(today.year, 12, 28), loose=True),
    ),
    (
        re.compile(
            rf"(?P<week>{_one_of(_WEEKS)})(?:{_WEEKDAY}|の?(?P<part>{_LATEST}|末|頭|あたま|初め|はじめ|早々|前半|明け)?)"
        ),
        _in_week,
    ),
    (
        re.compile(r"週明け"),
        lambda found, today: _same(next_weekday(today, 0)),
    ),
    (re.compile(r"週内|週中(?=に)"), _this_week),
    (re.compile(r"(?<![今来先])週末"), _this_week),
    (
        re.compile(
            rf"(?P<year>{_one_of(_YEARS)})?の?(?P<month>{_N})月の?(?P<part>{_LATEST}(?![旬間])|末|頭|初め|はじめ|初旬|上旬|中旬|半ば|下旬)"
        ),
        _in_named_month,
    ),
    (
        re.compile(
            rf"(?P<year>{_one_of(_YEARS)})?の?(?P<month>{_N})月(?P<part>)(?=に(?:(?:なっ|入っ)(?:たら|て(?:から)?))?(?:また)?[^\s、。]{{0,6}}?(?:{words.ACT.pattern}))",
            re.IGNORECASE,
        ),
        _in_named_month,
    ),
    (re.compile(r"月末|(?<![\d一-鿿])月内"), lambda found, today: _same(end_of_month(today), loose=True)),
    (re.compile(r"月初め?|月頭"), lambda found, today: _same(month_on(today, 1), loose=True)),
    (re.compile(rf"(?P<count>\d{{1,3}}|{_N})(?P<unit>日|週間?|[ヶケかカヵ箇]月)(?:後|ご(?!ろ))"), _later),
    (re.compile(rf"(?P<count>\d{{1,3}}|{_N})(?P<unit>日|週間?)前"), _earlier),
    (re.compile(rf"(?P<day>{_N})日(?![間程目前後本系経]|以(?!降))(?:以降|頃|ごろ)?"), _day),
    (re.compile(rf"(?:(?:次|今度|こんど)の|翌)?(?<![毎{WEEKDAYS}])(?P<weekday>[{WEEKDAYS}])曜日?"), _weekday),
    (
        re.compile(rf"(?P<word>{_one_of(_DAYS)})(?P<latest>{_LATEST})?(?!香|か(?!け))"),
        lambda found, today: _same(
            today + timedelta(days=_DAYS[found["word"]]), past=_DAYS[found["word"]] < 0
        ),
    ),
]
_BRACKETED = re.compile(rf"\s*\([{WEEKDAYS}](?:曜日?)?\)")


def days(text: str, today: date) -> list[Day]:
    """The days that the words name, in their order; each letter is read once, the longer words first."""
    found: list[Day] = []
    free = [True] * len(text)
    for pattern, meaning in _WORDS:
        for match in pattern.finditer(text):
            if not all(free[match.start() : match.end()]):
                continue
            on, back, past, loose = meaning(match, today)
            if on is None and back is None:
                continue
            tail = _BRACKETED.match(text, match.end())
            end = tail.end() if tail else match.end()
            free[match.start() : end] = [False] * (end - match.start())
            on, back = on or back, back or on
            assert on
            assert back
            found.append(Day(match.start(), end, on, back, past, loose))
    return sorted(found, key=lambda day: day.start)


def ends(text: str) -> set[int]:
    """Where a word for a day ends."""
    return {found.end() for pattern, _meaning in _WORDS for found in pattern.finditer(text)}


def begins(text: str) -> bool:
    """Whether a day stands first."""
    return any(pattern.match(text) for pattern, _meaning in _WORDS)


def named_in(text: str) -> bool:
    """Whether a day is named at all."""
    return any(pattern.search(text) for pattern, _meaning in _WORDS)


def wholly(text: str) -> bool:
    """Whether the words are a day and nothing else."""
    return any(pattern.fullmatch(text) for pattern, _meaning in _WORDS)


_MONTH_WORDS = re.compile(
    rf"(?:(?P<year>{_one_of(_YEARS)})の?)?(?P<named>(?<![\d.,]){_N})月(?![\d一二三四五六七八九十]{{1,2}}日)"
    rf"|(?P<relative>{_one_of(_MONTHS)})(?!{_N}日|曜)"
    rf"|(?P<later>{_N})[ヶケかカヵ箇]月後"
    r"|(?<![\d/])(?P<dated>\d{1,2})(?:/\d{1,2}(?![\d/])|月\d{1,2}日)"
    r"|(?P<period>来期|翌期|来年度|新年度|次年度)|(?P<december>年内)|(?P<january>年明け)|(?P<this>月末)"
)
_MONTH_TAIL = re.compile(
    rf"(?:の?(?:{_LATEST}|末|頭|初め|はじめ|初旬|上旬|中旬|半ば|下旬))?(?:くらい|ぐらい|頃|ごろ|あたり|度)?"
)


def months(text: str, today: date, *, fiscal_year_starts: int) -> Iterator[Month]:
    """The months that the words name, as the time of an order."""
    for found in _MONTH_WORDS.finditer(text):
        first = _month(found, today, fiscal_year_starts)
        tail = _MONTH_TAIL.match(text, found.end())
        if first and first >= today.replace(day=1):
            yield Month(
                found.start(), tail.end() if tail else found.end(), first, to_the_day=bool(found["dated"])
            )


def _month(found: re.Match[str], today: date, fiscal_year_starts: int) -> date | None:
    this = today.replace(day=1)
    if named := found["named"] or found["dated"]:
        month = int(figures.number(named))
        if not 1 <= month <= 12:
            return None
        by = _YEARS[found["year"] or ""]
        return date(today.year + (month < today.month if by is None else by), month, 1)
    if found["relative"]:
        return month_on(today, _MONTHS[found["relative"]])
    if found["later"]:
        return month_on(today, int(figures.number(found["later"])))
    if found["period"]:
        return date(today.year + (today.month >= fiscal_year_starts), fiscal_year_starts, 1)
    if found["december"]:
        return date(today.year, 12, 1)
    return date(today.year + (today.month > 1), 1, 1) if found["january"] else this
