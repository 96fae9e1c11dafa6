"""Drafts: one per person and form, kept until its deed came through, it is thrown away or nobody came back for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
PLACE, WRITING, HAND, SEEN = "draft_place", "draft_writing", "draft_hand", "draft_seen"
"""The fields that `static/js/offline/drafts.js` adds to what a form sends."""


class BadDraft(ValueError):
    """Not what the script sends."""


class TooLong(ValueError):
    """More than anybody writes."""


class WrittenElsewhere(Exception):
    """Another browser has written there what this one has not read: `present`, as `mine` tells it."""

    def __init__(self, present: dict[str, Any]) -> None:
        super().__init__()
        self.present = present


def mine(user_id: UUID, places: Iterable[str]) -> dict[str, dict[str, Any]]:
    drafts = Draft.objects.filter(user_id=user_id, place__in=list(places))
    return {draft.place: _told(draft) for draft in drafts}


def _told(draft: Draft) -> dict[str, Any]:
    return {
        "writing": draft.writing.hex,
        "step": draft.step,
        "hand": draft.hand and draft.hand.hex,
        "seen": draft.seen_as,
        "closed": draft.closed,
        "content": draft.content,
        "at": round(draft.changed_at.timestamp() * 1000),
    }


@transaction.atomic
def keep(
    user_id: UUID,
    *,
    place: str,
    writing: UUID,
    step: int,
    content: dict[str, Any],
    at: datetime,
    hand: UUID | None = None,
    seen: str = "",
) -> Draft:
    """下書きを置く — as it stands now: what was sent or thrown away stays so, and what comes late is none.

    `hand`: the browser that writes; `seen`: what it has read there last.
    """
    draft, new = _held(user_id, place, writing, at)
    own = draft.hand == hand
    late = draft.step >= step if own else draft.content.get("values") == content.get("values")
    if draft.writing == writing and (draft.closed or (late and not new)):
        return draft
    if not (own or draft.closed or seen == draft.seen_as) and _says_else(draft.content, content):
        raise WrittenElsewhere(_told(draft))
    draft.writing, draft.step, draft.hand, draft.closed = writing, step, hand, False
    draft.content, draft.changed_at = content, at
    draft.save()
    return draft


def _says_else(there: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether words stand there that differ from those that are given."""
    words = there.get("values")
    said = isinstance(words, dict) and any(any(one) for one in words.values() if isinstance(one, list))
    return said and words != given.get("values")


@transaction.atomic
def close(
    user_id: UUID, *, place: str, writing: UUID, at: datetime, hand: UUID | None = None, seen: str = ""
) -> None:
    """下書きを閉じる — its deed came through, or it was thrown away. What this browser has not read there stays."""
    draft, _new = _held(user_id, place, writing, at)
    own = draft.writing == writing and (hand is None or draft.hand in (None, hand))
    if own or seen == draft.seen_as:
        draft.writing, draft.hand, draft.closed = writing, hand, True
        draft.content, draft.changed_at = {}, at
        draft.save()


def throw_away(user_id: UUID, what: Mapping[str, Any], *, at: datetime) -> None:
    """Close what the script names."""
    named = {name: what[name] for name in ("place", "writing", "hand", "seen")}
    close(user_id, **named, at=at)


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
        hand, seen = said.get("hand"), str(said.get("seen") or "")
        hand = UUID(hand) if hand else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadDraft from error
    if not (
        0 < len(place) <= 500 and place.startswith("/") and 0 <= step < 2**31 and isinstance(content, dict)
    ):
        raise BadDraft
    return {
        "place": place,
        "writing": writing,
        "step": step,
        "content": content,
        "hand": hand,
        "seen": seen,
    }


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
        said |= {"hand": request.POST.get(HAND), "seen": request.POST.get(SEEN)}
        what = given(json.dumps(said).encode())
    except (KeyError, BadDraft):
        return
    throw_away(request.user.pk, what, at=at)  # type: ignore[arg-type]


def by_page(request: HttpRequest) -> bool:
    return request.method == "POST" and door() == PAGE and request.user.is_authenticated
