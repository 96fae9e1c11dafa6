"""What happens to every request, whoever asks."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation

from apps.base.logs import request_id
from apps.base.models import new_id
from apps.base.origin import API, PAGE, coming_by
from apps.base.refusal import Forbidden, Refused

log = logging.getLogger("baton.request")


class RequestLog:
    """Give the request a number to quote and log one line when it is answered."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request.id = new_id().hex[-12:]
        request_id.set(number)
        started = time.perf_counter()
        with coming_by(API if request.path.startswith("/api/") else PAGE):
            response = self.get_response(request)
        response["X-Request-Id"] = number
        route = getattr(request.resolver_match, "route", None) if request.resolver_match else None
        log.info(
            "answered",
            extra={
                "facts": {
                    "method": request.method,
                    "route": route or "-",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                    "tenant": getattr(getattr(request, "tenant", None), "schema_name", "public"),
                }
            },
        )
        return response


class Health:
    """`/live`: the process answers. `/ready`: the database does too. Both on any host."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/live":
            return JsonResponse({"live": True})
        if request.path == "/ready":
            return self.ready()
        return self.get_response(request)

    def ready(self) -> HttpResponse:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return JsonResponse({"ready": False}, status=503)
        return JsonResponse({"ready": True})


class UserLocale:
    """Speak the language that the user chose, else the one chosen at this browser's door, else the tenant's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        at_door = here if here in dict(settings.LANGUAGES) else None
        language = request.session.get("language") or at_door or request.tenant.language
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


class HtmxRedirect:
    """A redirect answered to htmx becomes a visit of the new page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "htmx", False) and response.status_code in (301, 302, 303):
            moved = HttpResponse(status=204)
            moved["HX-Redirect"] = response["Location"]
            moved.cookies = response.cookies
            return moved
        return response


class Refusals:
    """A refusal that no form showed becomes a page that says it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        template = "errors/403.html" if isinstance(exception, Forbidden) else "errors/409.html"
        return render(request, template, {"reason": str(exception)}, status=exception.status)
