"""By which door the present deed came: the journal keeps it beside who did it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PAGE, API, IMPORT, BEHIND = "page", "api", "import", "behind"

_door: ContextVar[str] = ContextVar("door", default="")


def door() -> str:
    """page, api, import, behind (a task) or nothing: a command."""
    return _door.get()


@contextmanager
def coming_by(name: str) -> Iterator[None]:
    """What is done within came by this door."""
    before = _door.set(name)
    try:
        yield
    finally:
        _door.reset(before)
