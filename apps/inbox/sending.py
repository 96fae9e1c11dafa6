"""A page's form with an Idempotency-Key is done once per person, however often a browser must send it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.messages import constants, get_messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from apps.inbox import drafts
from apps.inbox.unsent import SentOnce

HEADER = "Idempotency-Key"
LATER = "Sent-Later"
"""The queue's header, with the seconds that a post has waited: nobody is looking, so what would be told on the next
page is told to the queue."""
KEPT = timedelta(days=60)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def later(request: HttpRequest, *, now: datetime) -> datetime | None:
    """When it was sent where there was no network, by the seconds that it waited; None if somebody is looking."""
    waited = request.headers.get(LATER, "")
    if not re.fullmatch(r"\d{1,9}", waited, re.ASCII):
        return None
    return now - min(timedelta(seconds=int(waited)), KEPT)


class DoneOnce:
    """Deed and answer are written in one transaction: whoever comes second with the key waits at the first one's row
    and gets its answer. What is refused leaves nothing, and the key is free again."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER)
        if key is None or not drafts.by_page(request):
            return self.get_response(request)
        if not _KEY.fullmatch(key):
            return JsonResponse({"bad": HEADER}, status=400)
        with transaction.atomic():
            claim, first = claimed(request.user.pk, key, at=timezone.now())  # type: ignore[arg-type]
            if not first:
                return JsonResponse(claim.answer)
            response = self.get_response(request)
            if response.status_code not in (204, 302, 303) or _refusal_waits(request):
                transaction.set_rollback(True)
                return response
            leads_to = response.get("Location") or response.get("HX-Redirect", "")
            claim.answer = {"leads_to": leads_to, "told": _told(request)}
            claim.save(update_fields=["answer"])
        answer = JsonResponse(claim.answer)
        answer.cookies = response.cookies
        return answer


def claimed(user_id: UUID, key: str, *, at: datetime) -> tuple[SentOnce, bool]:
    """The row that holds the answer, and whether it is ours to give."""
    try:
        with transaction.atomic():
            return SentOnce.objects.create(user_id=user_id, key=key, at=at), True
    except IntegrityError:
        return SentOnce.objects.get(user_id=user_id, key=key), False


def _refusal_waits(request: HttpRequest) -> bool:
    """Whether the next page would say that it could not be done."""
    waiting = get_messages(request)
    refused = any(message.level >= constants.ERROR for message in waiting)
    waiting.used = False
    return refused


def _told(request: HttpRequest) -> list[str]:
    return [str(message) for message in get_messages(request)] if LATER in request.headers else []


def forget_old(*, now: datetime) -> int:
    return SentOnce.objects.filter(at__lt=now - KEPT).delete()[0]
