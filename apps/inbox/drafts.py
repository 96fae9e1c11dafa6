"""Drafts: one per person and form, kept until its deed came through, it is thrown away or nobody came back for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from apps.base.origin import PAGE, door
from apps.inbox.unsent import Draft
from apps.journal.hearing import anything_heard

KEPT = timedelta(days=30)
LONGEST = 200_000
"""Bytes of a draft as JSON."""
PLACE, WRITING = "draft_place", "draft_writing"
"""The fields that `static/js/offline/drafts.js` adds to what a form sends."""


class BadDraft(ValueError):
    """Not what the script sends."""


class TooLong(ValueError):
    """More than anybody writes."""


def mine(user_id: UUID, places: Iterable[str]) -> dict[str, dict[str, Any]]:
    drafts = Draft.objects.filter(user_id=user_id, place__in=list(places))
    return {
        draft.place: {
            "writing": draft.writing.hex,
            "step": draft.step,
            "closed": draft.closed,
            "content": draft.content,
            "at": round(draft.changed_at.timestamp() * 1000),
        }
        for draft in drafts
    }


@transaction.atomic
def keep(
    user_id: UUID, *, place: str, writing: UUID, step: int, content: dict[str, Any], at: datetime
) -> bool:
    """下書きを置く — whether it is still open: what was sent or thrown away stays so."""
    draft, new = _held(user_id, place, writing, at)
    if draft.writing == writing and (draft.closed or (draft.step >= step and not new)):
        return not draft.closed
    draft.writing, draft.step, draft.closed = writing, step, False
    draft.content, draft.changed_at = content, at
    draft.save()
    return True


@transaction.atomic
def close(user_id: UUID, *, place: str, writing: UUID, at: datetime) -> None:
    """下書きを閉じる — its deed came through, or it was thrown away. A newer writing there stays."""
    draft, _new = _held(user_id, place, writing, at)
    if draft.writing == writing:
        draft.closed, draft.content, draft.changed_at = True, {}, at
        draft.save()


def _held(user_id: UUID, place: str, writing: UUID, at: datetime) -> tuple[Draft, bool]:
    """The row of this form, held until the transaction ends, and whether it is new."""
    start = {"writing": writing, "changed_at": at}
    draft, new = Draft.objects.get_or_create(user_id=user_id, place=place, defaults=start)
    return Draft.objects.select_for_update().get(pk=draft.pk), new


def forget_old(*, now: datetime) -> int:
    return Draft.objects.filter(changed_at__lt=now - KEPT).delete()[0]


def given(body: bytes) -> dict[str, Any]:
    """What the script says. Raises BadDraft or TooLong."""
    if len(body) > LONGEST:
        raise TooLong
    try:
        said = json.loads(body)
        place, writing = str(_storable(said["place"])), UUID(said["writing"])
        step, content = int(said.get("step", 0)), _storable(said.get("content", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadDraft from error
    if not (
        0 < len(place) <= 500 and place.startswith("/") and 0 <= step < 2**31 and isinstance(content, dict)
    ):
        raise BadDraft
    return {"place": place, "writing": writing, "step": step, "content": content}


def _storable(value: Any) -> Any:
    """Without what the database cannot keep in text: NUL, halves of a sign."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return value


def close_what_came_through(request: HttpRequest, response: HttpResponse, *, at: datetime) -> None:
    """After a form's answer: its draft has served if something was noted or the answer leads on."""
    led_on = response.status_code in (204, 301, 302, 303)
    if not (led_on or anything_heard()) or response.status_code >= 400:
        return
    try:
        said = {"place": request.POST.get(PLACE, ""), "writing": request.POST[WRITING]}
        what = given(json.dumps(said).encode())
    except (KeyError, BadDraft):
        return
    close(request.user.pk, place=what["place"], writing=what["writing"], at=at)  # type: ignore[arg-type]


def by_page(request: HttpRequest) -> bool:
    return request.method == "POST" and door() == PAGE and request.user.is_authenticated
