"""What the parser asks of a tenant: whom it may be about. Answered by few queries, or by a test from memory."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from apps.base import text


@dataclass(frozen=True)
class Company:
    id: Hashable
    name: str
    reading: str = ""
    mine: bool = False
    """The rep's own: looked after, or spoken to of late."""

    @cached_property
    def core(self) -> str:
        """The name without its legal form, kana kinds kept apart."""
        return "".join(self.parts)

    @cached_property
    def parts(self) -> list[str]:
        return text.without_legal_form(self.name).split()

    @cached_property
    def keys(self) -> list[str]:
        """What the name is found by, and each part of a name in several words."""
        whole = text.search_key(self.name)
        return [
            whole,
            *(key for part in self.parts if len(key := text.search_key(part)) > 2 and key != whole),
        ]

    @cached_property
    def sound(self) -> str:
        return text.search_key(self.reading)


@dataclass(frozen=True)
class Person:
    id: Hashable
    name: str
    reading: str = ""
    title: str = ""


class Names(Protocol):
    """A tenant's own names."""

    fiscal_year_starts: int

    def companies(self, heads: Collection[str]) -> Sequence[Company]:
        """Those whose name or reading may begin at one of these places of the line, as search keys."""

    def people(self, companies: Collection[Hashable]) -> Mapping[Hashable, Sequence[Person]]:
        """Who works at each of the companies."""

    def plans(self) -> Mapping[str, Sequence[str]]:
        """Each plan with the short forms it goes by."""
