"""What can be read out of the words of a contact. No Django here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SAID = re.compile(r"(\d[\d,]*(?:\.\d+)?)(億|万)円?|(\d[\d,]{3,})円", re.ASCII)
_UNITS = {"億": 100_000_000, "万": 10_000}
HIGHEST = 10**13


def amounts_said(text: str) -> list[int]:
    """The sums of money that a text names, in yen: 70万, 1.2億円, 698,000円."""
    found = []
    for figure, unit, plain in _SAID.findall(unicodedata.normalize("NFKC", text)):
        yen = Decimal((figure or plain).replace(",", "")) * _UNITS.get(unit, 1)
        if 0 < yen <= HIGHEST and yen == int(yen):
            found.append(int(yen))
    return found


_BETWEEN_WORDS = re.compile(r"[\s、,，・/／]+")


def kind_said(text: str, kinds: Mapping[K, str]) -> K | None:
    """Which of the kinds a line speaks of: the one with most of its words in it, of several the one said first."""
    line = _even(text)
    best: tuple[int, int] | None = None
    found = None
    for kind, words in kinds.items():
        places = [
            place for word in _BETWEEN_WORDS.split(_even(words)) if word and (place := line.find(word)) >= 0
        ]
        score = (len(places), -min(places, default=0))
        if places and (best is None or score > best):
            best, found = score, kind
    return found


def carried(said: Mapping[str, V], *, rows: Sequence[str], lines: Sequence[str]) -> dict[str, V]:
    """What was said of each row also holds for the line that has been reworded in its place since."""
    reworded = {
        line: said[row]
        for row, line in zip(rows, lines, strict=False)
        if row in said and row not in lines and line not in rows
    }
    return dict(said) | reworded


def _even(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
