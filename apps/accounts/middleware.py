"""When somebody last did something."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.operations.logins import SEEN_EVERY


class LastSeen:
    """Learned from what people send, never from what they look at: a GET writes nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.session.session_key
        if request.method == "POST" and key and cache.add(f"seen:{key}", True, SEEN_EVERY.total_seconds()):
            operations.seen(key, at=timezone.now())
        return response
