"""A calendar month: what targets, expected closings and the table's columns are kept in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a date; for a moment, the month in that moment's own zone."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "YYYY-MM"; raise ValueError otherwise."""
        if not (match := _WRITTEN.fullmatch(text)):
            raise ValueError(f"not a month: {text!r}")
        return cls(int(match[1]), int(match[2])).checked()

    def checked(self) -> Month:
        if not 1900 <= self.year <= 2200:
            raise ValueError(f"not a year that Baton keeps: {self.year}")
        return self

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def __add__(self, months: int) -> Month:
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def __sub__(self, months: int) -> Month:
        return self + -months

    def until(self, later: Month) -> int:
        """How many months later `later` is."""
        return (later.year - self.year) * 12 + later.month - self.month

    def range(self, length: int) -> Iterator[Month]:
        return (self + n for n in range(length))

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def starts_at(self, zone: tzinfo) -> datetime:
        """The month's first moment in the zone."""
        return datetime(self.year, self.month, 1, tzinfo=zone)

    def ends_at(self, zone: tzinfo) -> datetime:
        """The first moment after the month."""
        return (self + 1).starts_at(zone)
