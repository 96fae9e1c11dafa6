"""Conditions as an address holds them: each `where` is a group of alternatives, and every group must hold.

`where=industry:in:E,F&where=employees:range:100..|area:in:13` — industry E or F, and 100 people or Tokyo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import unquote

MOST_GROUPS, MOST_ALTERNATIVES, MOST_VALUES, LONGEST = 20, 10, 200, 200


@dataclass(frozen=True)
class Asker:
    """Who asks and on which day: what 自分 and 今月 mean."""

    user: Any
    today: date
    known: dict[Any, Any] = field(default_factory=dict, compare=False)
    """What the database was asked for once."""


@dataclass(frozen=True)
class Condition:
    """What one field is asked for: `in` these values, a `range` from..to, or `has` these words."""

    field: str
    op: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.field}:{self.op}:{','.join(map(_quoted, self.values))}"


Group = tuple[Condition, ...]


class Unreadable(ValueError):
    """The text is no condition."""


def _quoted(value: str) -> str:
    for sign in "%,|":
        value = value.replace(sign, f"%{ord(sign):02X}")
    return value


def written(group: Group) -> str:
    return "|".join(map(str, group))


def read(text: str) -> Group:
    """The alternatives of one `where`."""
    parts = text.split("|")
    if len(parts) > MOST_ALTERNATIVES:
        raise Unreadable(text)
    return tuple(map(_condition, parts))


def _condition(text: str) -> Condition:
    try:
        field, op, values = text.split(":", 2)
    except ValueError:
        raise Unreadable(text) from None
    given = tuple(unquote(value) for value in values.split(",")) if values else ()
    if not given or len(given) > MOST_VALUES or any(len(v) > LONGEST or "\x00" in v for v in given):
        raise Unreadable(text)
    return Condition(field, op, given)


def without(groups: Iterable[Group], number: int, alternative: int) -> list[Group]:
    """The groups without one alternative of one of them; a group without any is gone."""
    left = [
        tuple(c for m, c in enumerate(group) if (n, m) != (number, alternative))
        for n, group in enumerate(groups)
    ]
    return [group for group in left if group]
