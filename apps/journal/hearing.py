"""What is noted while somebody listens: who stands around a deed learns what it was about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.journal.models import Entry

_heard: ContextVar[list[Entry] | None] = ContextVar("heard", default=None)


@contextmanager
def hearing() -> Iterator[list[Entry]]:
    """The first entry of each note within, in their order. One may be taken back with its transaction."""
    heard: list[Entry] = []
    before = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(before)


def tell(entries: Sequence[Entry]) -> None:
    heard = _heard.get()
    if heard is not None:
        heard.extend(entries[:1])


def anything_heard() -> bool:
    return bool(_heard.get())
