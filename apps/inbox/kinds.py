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


def _only_who_told(told: Sequence[Notification]) -> dict[UUID, list[UUID]]:
    return {one.pk: [one.by_id] for one in told if one.by_id}


@dataclass(frozen=True)
class Many:
    """How one deed reads that did it to several records, and where these are listed."""

    words: Callable[[str, int], str]
    list: Any
    address: Callable[[], str]


@dataclass(frozen=True)
class Kind:
    """`label`: in the preferences; `words`: of who did it and the facts; `quotes`: what was said, by notification.

    `who`: all who did it, the last first (how many `others` there are is among the facts); `by_mail`: whether it is
    mailed to those who chose nothing.
    """

    code: str
    label: Any
    words: Callable[[str, Mapping[str, Any]], str]
    icon: str
    anchor: str = ""
    quotes: Callable[[Sequence[Notification]], dict[UUID, str]] = _nothing
    who: Callable[[Sequence[Notification]], dict[UUID, list[UUID]]] = _only_who_told
    many: Many | None = None
    by_mail: bool = True


Found = dict[UUID, tuple[str, str]]
"""Name and address of each record that can be seen."""

KINDS: dict[str, Kind] = {}
RECORDS: dict[str, Callable[[Collection[UUID]], Found]] = {}
"""By the kind of record as the journal names it."""
CODES: dict[str, str] = {}
"""What each kind of record is called outside."""
NAMES: list[Callable[[Collection[UUID]], dict[UUID, str]]] = []
"""What people are called now; accounts, above, knows."""


def declare(*kinds: Kind) -> None:
    KINDS.update((kind.code, kind) for kind in kinds)
