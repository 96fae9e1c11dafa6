"""The periods and the moments that the table's head offers, and how they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.base.month import Month
from apps.base.templatetags.baton import month as month_word


@dataclass(frozen=True)
class Period:
    """Consecutive months with their name."""

    name: str
    first: Month
    length: int


def name(months: Sequence[Month], *, year_starts: int) -> str:
    """2026年度 上期, 2026年度 下期, 2026年度; else 2026年8月 – 2026年10月."""
    year, part = _in_fiscal_year(months, year_starts)
    match part:
        case "year":
            return _("%(year)s年度") % {"year": year}
        case "first":
            return _("%(year)s年度 上期") % {"year": year}
        case "second":
            return _("%(year)s年度 下期") % {"year": year}
    first, last = month_word(months[0]), month_word(months[-1])
    return first if first == last else f"{first} – {last}"


def in_file_name(months: Sequence[Month], *, year_starts: int) -> str:
    """2026上期, 2026下期, 2026年度; else 202608_202610."""
    year, part = _in_fiscal_year(months, year_starts)
    match part:
        case "year":
            return _("%(year)s年度") % {"year": year}
        case "first":
            return _("%(year)s上期") % {"year": year}
        case "second":
            return _("%(year)s下期") % {"year": year}
    return f"{months[0]}_{months[-1]}".replace("-", "")


def _in_fiscal_year(months: Sequence[Month], year_starts: int) -> tuple[int, str]:
    """The fiscal year in which the months begin, and which part of it they are: year, first, second or none."""
    into = (months[0].month - year_starts) % 12
    parts = {(12, 0): "year", (6, 0): "first", (6, 6): "second"}
    return (months[0] - into).year, parts.get((len(months), into), "")


def offered(today: date, *, year_starts: int) -> list[Period]:
    """The fiscal years before, around and after the day, each whole and by halves; the latest first."""
    running = Month.of(today)
    start = running - (running.month - year_starts) % 12
    spans = [
        (first + into, length)
        for first in (start + 12, start, start - 12)
        for into, length in ((0, 12), (6, 6), (0, 6))
    ]
    return [
        Period(name(list(first.range(length)), year_starts=year_starts), first, length)
        for first, length in spans
    ]


@dataclass(frozen=True)
class Moment:
    """As the address asks for it; one that has not come cannot be asked for."""

    word: str
    as_of: str
    day: date
    come: bool


def moments(running: Month, *, now: datetime, zone: tzinfo) -> list[Moment]:
    """月初, 中間 and 月末 of the month: its first moment, the end of its 15th and of its last day."""
    first, last = running.first_day, (running + 1).first_day - timedelta(days=1)
    middle = first.replace(day=15)
    today = now.astimezone(zone).date()
    return [
        Moment(_("月初"), f"{first}T00:00", first, first <= today),
        Moment(pgettext("of the month", "中間"), str(middle), middle, middle < today),
        Moment(_("月末"), str(last), last, last < today),
    ]
