"""Since when a page is open: said by the server, signed for one person, and handed back by the page's forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.core import signing
from django.db import connection
from django.http import HttpRequest

SINCE, USED = "in_use_since", "in_use"
"""The fields that `static/js/inuse.js` adds to what a form sends."""
OFFLINE = "offline:"
_USED = re.compile(r"(\d{1,9})\.(\d{1,4})", re.ASCII)


class BadOpening(ValueError):
    """Not what this server gave this person, or not what its script says."""


@dataclass(frozen=True)
class Opening:
    """`at`: nothing for a page that was opened offline."""

    number: UUID
    at: datetime | None


@dataclass(frozen=True)
class Sent:
    """What a form says of its use: the browser's count for this part of the page, in milliseconds."""

    opening: Opening
    part: int
    until: int


def token(user_id: UUID, *, at: datetime) -> str:
    return signing.dumps([str(user_id), uuid4().hex, round(at.timestamp() * 1000)], salt=_salt())


def _salt() -> str:
    return f"baton.opening.{connection.schema_name}"


def opening(given: str, *, user_id: UUID) -> Opening:
    """Raises BadOpening."""
    try:
        if given.startswith(OFFLINE):
            return Opening(UUID(given.removeprefix(OFFLINE)), None)
        whose, number, at = signing.loads(given, salt=_salt())
    except (signing.BadSignature, ValueError) as error:
        raise BadOpening(given[:100]) from error
    if whose != str(user_id):
        raise BadOpening("of somebody else")
    return Opening(UUID(number), datetime.fromtimestamp(at / 1000, UTC))


def sent(request: HttpRequest) -> Sent | None:
    """What the form says; nothing where none was used. Raises BadOpening."""
    if USED not in request.POST:
        return None
    said = _USED.fullmatch(request.POST[USED])
    if not said:
        raise BadOpening(request.POST[USED][:100])
    part, until = int(said[2]), int(said[1])
    return Sent(opening(request.POST.get(SINCE, ""), user_id=request.user.pk), part, until)
