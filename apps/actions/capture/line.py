"""One line as it was written, read in one width, with what has been understood of it taken out piece by piece."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from apps.actions.capture import heard
from apps.base import text

TAKEN = "\ue000"
"""Stands where a word was understood: no pattern reads across it."""

_CLAUSE = re.compile(
    rf"(?:(?<=\d)[/,.:](?=\d)|(?<=[a-z])\.(?=[a-z])|[^\s、。,.!?;:→⇒>|/…{TAKEN}()「」\[\]『』【】~])+"
)
_KANA_AHEAD = re.compile("[ぁ-ん]$")
_LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")
_JOINED = re.compile("[\uff9e\uff9f\u3099\u309a\ufe0f]")


@dataclass
class Line:
    """`text` is the line in one width; `rest` is as long, with TAKEN where a fact was found."""

    written: str
    text: str = ""
    rest: str = ""
    _places: list[int] = field(default_factory=list)
    _heard: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for start, piece in _pieces(self.written):
            one_width = unicodedata.normalize("NFKC", piece).replace("〜", "~")
            if (
                one_width == "n"
                and _KANA_AHEAD.search(self.text)
                and not _LATIN.match(self.written, start + 1)
            ):
                one_width = "ん"  # でｎわ
            self.text += one_width
            self._places += [start] * len(one_width)
        self._places.append(len(self.written))
        self.rest = self.text

    def take(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + TAKEN * (end - start) + self.rest[end:]

    def spell_out(self) -> None:
        """Words that were written as they sound are read in their usual signs from here on."""
        for start, end, usual in reversed(list(heard.words(self.rest))):
            said = self.text[start:end]
            if said != usual and usual not in self.text:
                self._heard[usual] = said
            self.text = self.text[:start] + usual + self.text[end:]
            self.rest = self.rest[:start] + usual + self.rest[end:]
            self._places[start:end] = [self._places[start]] * len(usual)

    def as_said(self, words: str) -> str:
        """Words of this line as its writer spelled them."""
        for usual, said in self._heard.items():
            words = words.replace(usual, said)
        return words

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the line as it was written."""
        return self._places[start], self._places[max(start, end - 1)] + len(
            self._last(end)
        ) if end > start else 0

    def _last(self, end: int) -> str:
        start = self._places[end - 1]
        following = next((place for place in self._places[end:] if place > start), len(self.written))
        return self.written[start:following]

    def clauses(self) -> Iterator[re.Match[str]]:
        """What stands between marks and what was understood."""
        return clauses(self.rest)


def clauses(rest: str) -> Iterator[re.Match[str]]:
    return _CLAUSE.finditer(rest)


def clause_around(rest: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause begins and ends that holds this stretch."""
    first, last = start, end
    for clause in clauses(rest):
        if clause.start() <= start < clause.end():
            first = clause.start()
        if clause.start() <= end <= clause.end() and start < clause.end():
            last = max(clause.end(), end)
    return first, last


def _pieces(written: str) -> Iterator[tuple[int, str]]:
    """Letters with the marks that belong to them: half-width ﾌ and ﾞ are one."""
    start = 0
    for place in range(1, len(written) + 1):
        if place == len(written) or not _JOINED.match(written[place]):
            yield start, written[start:place]
            start = place


@lru_cache(maxsize=8_192)
def folded(sign: str) -> str:
    """A letter as `search_key` holds it; nothing for a mark."""
    return text.search_key(sign)
