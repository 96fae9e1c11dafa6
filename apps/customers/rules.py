"""Arithmetic about companies. No Django here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

Span = tuple[date, date | None]
"""From a day until the day that no longer counts; None: it goes on."""


def uncovered(span: Span, by: Iterable[Span]) -> list[Span]:
    """The parts of the span that none of the others covers."""
    start, end = span
    gaps: list[Span] = []
    for begins, ends in sorted(by, key=lambda other: other[0]):
        if begins == ends or (ends is not None and ends <= start):
            continue
        if end is not None and begins >= end:
            break
        if begins > start:
            gaps.append((start, begins))
        if ends is None or (end is not None and ends >= end):
            return gaps
        start = max(start, ends)
    return [*gaps, (start, end)]
