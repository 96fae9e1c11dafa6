"""What people can be told of. Apps above declare it in their `notifications.py`, with how it reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from apps.inbox.models import Notification


def _nothing(told: Sequence[Notification]) -> dict[UUID, str]:
    return {}


@dataclass(frozen=True)
class Kind:
    """`label`: in the preferences; `words`: of who did it and the facts; `quotes`: what was said, by notification."""

    code: str
    label: Any
    words: Callable[[str, Mapping[str, Any]], str]
    icon: str
    anchor: str = ""
    quotes: Callable[[Sequence[Notification]], dict[UUID, str]] = _nothing


Found = dict[UUID, tuple[str, str]]
"""Name and address of each record that can be seen."""

KINDS: dict[str, Kind] = {}
RECORDS: dict[str, Callable[[Collection[UUID]], Found]] = {}
"""By the kind of record as the journal names it."""
NAMES: list[Callable[[Collection[UUID]], dict[UUID, str]]] = []
"""What people are called now; accounts, above, knows."""


def declare(*kinds: Kind) -> None:
    KINDS.update((kind.code, kind) for kind in kinds)
