"""What can be done to many rows of a list at once: the same operations as for one, declared by the app that owns them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import reach
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused


@dataclass(frozen=True)
class Deed:
    """`do` takes a row, `by`, `at` and the form's values, and returns what `undo` needs, or None if nothing changed."""

    name: str
    directory: str
    """The list on whose rows it is done."""
    label: Any
    act: Act
    rows: Callable[[], QuerySet]
    """Every row that may be named, the trash included: an undo finds what was moved there."""
    do: Callable[..., Any]
    undo: Callable[..., None]
    form: Callable[..., forms.Form]
    """Takes the data, or None, and the person: `form(data, by=user)`."""


DEEDS: dict[str, Deed] = {}


def declare(deed: Deed) -> None:
    DEEDS[deed.name] = deed


def deeds_of(directory: str, user: User) -> list[Deed]:
    """What this person may try on rows of the list; each row is asked again."""
    return [deed for deed in DEEDS.values() if deed.directory == directory and reach(user, deed.act)]


class NothingToSay(forms.Form):
    """A deed that needs no more than the rows."""

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)


def asking(**fields: Callable[[], forms.Field]) -> Callable[..., forms.Form]:
    """A form of these fields, made anew each time: choices are read when it is shown."""

    class Asking(NothingToSay):
        def __init__(self, data: Any = None, *, by: User) -> None:
            super().__init__(data, by=by)
            for name, field in fields.items():
                self.fields[name] = field()

    return Asking


class ChangedSince(Refused):
    pass


def unless_changed(as_left: bool) -> None:
    if not as_left:
        raise ChangedSince(_("そのあとに変更されています。今の内容を残しました。"))


def changing(
    change: Callable[..., Any], names: tuple[str, ...]
) -> tuple[Callable[..., Any], Callable[..., None]]:
    """`do` and `undo` by an operation that takes a version: undone only while the values are those that it set."""

    def said(record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in names}

    def do(record: Any, *, by: User, at: datetime, **given: Any) -> Any:
        before = said(record)
        if before == given:
            return None
        return {"before": before, "after": said(change(record, by=by, at=at, **given))}

    def undo(record: Any, kept: Any, *, by: User, at: datetime) -> None:
        unless_changed(said(record) == kept["after"])
        change(record, by=by, at=at, version=record.version, **kept["before"])

    return do, undo


def trashing(
    trash: Callable[..., Any], restore: Callable[..., Any]
) -> tuple[Callable[..., Any], Callable[..., None]]:
    def do(record: Any, *, by: User, at: datetime) -> Any:
        trash(record, by=by, at=at)
        return {}

    def undo(record: Any, kept: Any, *, by: User, at: datetime) -> None:
        restore(record, by=by, at=at)

    return do, undo
