"""How long the form was in use that a page sent: written beside what it did, and never in its way."""

from __future__ import annotations

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.base.origin import PAGE, door
from apps.inbox import drafts, opening, operations, sending
from apps.journal.hearing import hearing
from apps.journal.models import Entry

log = logging.getLogger("baton.inbox")


class InputMeasured:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or door() != PAGE or not request.user.is_authenticated:
            return self.get_response(request)
        arrived = timezone.now()
        sent_at = sending.later(request, now=arrived) or arrived
        user_id = request.user.pk
        with hearing() as noted:
            response = self.get_response(request)
        if noted and request.user.pk == user_id:
            self.count(request, noted, at=sent_at)
        return response

    def count(self, request: HttpRequest, noted: list[Entry], *, at: datetime) -> None:
        try:
            if sent := opening.sent(request):
                form = request.resolver_match.view_name if request.resolver_match else ""
                operations.count_input(sent, user_id=request.user.pk, form=form[:100], noted=noted, at=at)
        except opening.BadOpening as bad:
            log.warning("input was not counted: %s", bad)
        except Exception:  # what was sent stands; only its time is lost
            log.exception("input was not counted")


class DraftsClosed:
    """A draft whose deed came through has served."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        try:
            if drafts.by_page(request):
                drafts.close_what_came_through(request, response, at=timezone.now())
        except Exception:  # what was sent stands; its draft is offered once too often
            log.exception("a draft was not closed")
        return response
