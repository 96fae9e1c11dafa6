"""What the parser asks of a tenant: whom it may be about. Answered by few queries, or by a test from memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import cached_property  # without functools' lock, which costs more than the work

from apps.actions.capture.signs import in_one_spelling
from apps.base import text

_RUN_BY = re.compile(
    r"(?:[一-鿿々]{1,5}会(?=.{4})|[一-鿿]{2,6}法人|(?:旅館|ホテル|民宿|料亭|割烹|居酒屋|レストラン|カフェ))(?=..)"
)
"""What stands before the name that people say: who runs a clinic (〇〇会), what kind of house it is."""
_SPELLED = re.compile(r"([ぁ-ゖ]{2,})([一-鿿々].+)")


@dataclass(frozen=True)
class Company:
    id: Hashable
    name: str
    reading: str = ""
    mine: bool = False
    """The rep's own: looked after, or spoken to of late."""
    found_by: str = ""
    """The search keys of name and reading, then of what was merged into it, where somebody knows them already."""
    gone: bool = False
    """In the trash: nothing is recorded there, but it may be whom the rep means."""

    @cached_property
    def core(self) -> str:
        """The name without its legal form, kana kinds kept apart."""
        return "".join(self.parts)

    @cached_property
    def parts(self) -> list[str]:
        return text.without_legal_form(self.name).split()

    @cached_property
    def keys(self) -> list[str]:
        """What the name is found by, each part of a name in several words, and the names of what was merged into it."""
        whole, *others = self.found_by.split(" ")
        whole = whole or text.search_key(self.name)
        parts = [*(text.search_key(part) for part in self.called), *others[1::2]]
        return list(
            dict.fromkeys(in_one_spelling(key) for key in (whole, *parts) if key == whole or len(key) > 1)
        )

    @cached_property
    def called(self) -> list[str]:
        """The parts of a name in several words, and what is said without who runs it."""
        parts = self.parts if " " in self.name else []
        run_by = _RUN_BY.match(self.core)
        return [*parts, self.core[run_by.end() :]] if run_by else parts

    @cached_property
    def sound(self) -> str:
        known = self.found_by.split(" ")
        return known[1] if len(known) > 1 else text.search_key(self.reading)

    @cached_property
    def begins(self) -> frozenset[str]:
        """With which letters it may be written first."""
        return frozenset(name[:1] for name in (*self.keys, self.sound))

    @cached_property
    def heads(self) -> str:
        """The first letters of what is long enough to be told by what follows a wrong first letter."""
        return " ".join(name[:4] for name in (*self.keys, self.sound) if len(name) > 5)

    @cached_property
    def spelled(self) -> re.Match[str] | None:
        """The head of the name in kana, and what it deals in: who knows the kanji may write them."""
        return _SPELLED.fullmatch(self.keys[0])


@dataclass(frozen=True)
class Person:
    id: Hashable
    name: str
    reading: str = ""
    title: str = ""


@dataclass(frozen=True)
class Asked:
    """What a company may be written as, in search keys; whoever answers goes by nothing else."""

    heads: Sequence[str] = ()
    """Names or readings may begin so."""
    slips: Sequence[str] = ()
    """Names may begin nearly so: one of these four letters wrong, missing or too many."""
    trades: Sequence[str] = ()
    """Names that begin in kana may end so: the kana may stand for the kanji that the line has."""
    sounds: Sequence[str] = ()
    """Readings may begin so: patterns of what is written in romaji, where long vowels are seldom written."""


class Names(Protocol):
    """A tenant's own names."""

    fiscal_year_starts: int
    cut: bool
    """More were alike than are compared."""

    def companies(self, asked: Asked) -> Sequence[Company]:
        """Those whom the line may name."""

    def rivals(self, said: str, *, of: Company, whole: bool) -> Sequence[Company]:
        """Who else may be meant by these very words; `whole`: they are the other's name from end to end."""

    def people(self, companies: Collection[Hashable]) -> Mapping[Hashable, Sequence[Person]]:
        """Who works at each of the companies."""

    def plans(self) -> Mapping[str, Sequence[str]]:
        """Each plan with the short forms it goes by."""
