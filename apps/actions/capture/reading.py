"""What a line was read as: a chip per fact."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from apps.actions.capture.names import Company, Person

V = TypeVar("V")


class Certainty(Enum):
    SURE = "sure"
    GUESS = "guess"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Chip(Generic[V]):
    """One fact, how certain it is, and the stretch of the written line that it came from."""

    value: V | None = None
    certainty: Certainty = Certainty.UNKNOWN
    span: tuple[int, int] | None = None

    @property
    def known(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Next:
    what: str
    on: date | None


@dataclass(frozen=True)
class Reading:
    """A line understood."""

    line: str
    company: Chip[Company] = Chip()
    candidates: tuple[Company, ...] = ()
    new_name: str = ""
    """A company's name that the tenant does not know."""
    contact: Chip[Person] = Chip()
    kind: Chip[str] = Chip()
    direction: Chip[str] = Chip()
    outcome: Chip[str] = Chip()
    minutes: Chip[int] = Chip()
    plan: Chip[str] = Chip()
    amount: Chip[int] = Chip()
    timing: Chip[date] = Chip()
    next: Chip[Next] = Chip()
    result: Chip[str] = Chip()
    happened_on: Chip[date] = Chip()
    people: dict[Hashable, tuple[Person, ...]] = field(default_factory=dict, compare=False)

    @property
    def company_state(self) -> str:
        if self.company.known:
            return self.company.certainty.value
        return "new" if self.new_name else "unknown"
