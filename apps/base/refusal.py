"""How an operation says no: in the user's words, in one kind of exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest


class Refused(Exception):
    """A rule says no. The message is a sentence for the user; `field` names the input it is about, if one."""

    status = 409

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.field = field


class Forbidden(Refused):
    """This person may not do this deed to this thing."""

    status = 403


class Stale(Refused):
    """Somebody changed the record since it was read; `present` is how it stands now."""

    def __init__(self, message: object, *, present: object) -> None:
        super().__init__(message)
        self.present = present


@contextmanager
def refusals_shown_on(form: BaseForm) -> Iterator[None]:
    """Show what an operation refuses on the form instead of raising it (Forbidden still passes)."""
    try:
        yield
    except Forbidden:
        raise
    except Stale as stale:
        form.add_error(None, str(stale))
        form.show_present(stale.present)  # type: ignore[attr-defined]  # only a ChangeForm gives its version
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """Tell what an operation refuses on the next page, where a deed has no form of its own (Forbidden passes)."""
    try:
        yield
    except Forbidden:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
