"""Who is asked to log in, and when somebody last did something."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.operations.logins import SEEN_EVERY


class LoginRequired(LoginRequiredMiddleware):
    """Login leads back to the page where one was, not to the deed or the part of a page that was asked for."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:
        if request.htmx:  # type: ignore[attr-defined]
            page = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        elif request.method == "POST":
            came_from = urlsplit(request.headers.get("Referer", ""))
            here = came_from.netloc == request.get_host()
            page = came_from._replace(scheme="", netloc="").geturl() if here else None
        else:
            page = request.get_full_path()
        return redirect_to_login(page or "/", self.get_login_url(view_func))


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
