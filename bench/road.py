"""The road that a measured page and its yardstick both take: a WSGI application, asked as a web server would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.tenancy.middleware import EnterTenant

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Ask = Callable[[], bytes]


class Bare:
    """Tenant, session and user as in the product, then nothing but these rows."""

    def __init__(self, rows: Callable[[], bytes]) -> None:
        self.rows = rows
        self.answer = EnterTenant(SessionMiddleware(AuthenticationMiddleware(self.view)))

    def view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            raise PermissionError("the yardstick is asked by somebody")
        return HttpResponse(self.rows(), content_type="text/plain; charset=utf-8")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request_started.send(sender=type(self), environ=environ)
        response = self.answer(WSGIRequest(environ))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response


class Browser:
    """Somebody logged in at a tenant's host, or a program with a token."""

    def __init__(self, host: str, *, session: str = "", token: str = "") -> None:
        secret = "b" * 32  # an unmasked CSRF secret is a token
        self.factory = RequestFactory(
            SERVER_NAME=host,
            **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
            **({"HTTP_X_CSRFTOKEN": secret} if session else {}),
        )
        if session:
            self.factory.cookies["session"] = session
            self.factory.cookies["csrf"] = secret

    def asking(
        self,
        application: Application,
        path: str,
        *,
        send: Callable[[], tuple[bytes, str]] | None = None,
        part: str = "",
        expected: Iterable[str] = ("200",),
    ) -> Ask:
        """A function that asks once; `send` makes the body to POST and its content type, new each time.

        `part`: only this part of the page, as htmx asks.
        """
        htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": part} if part else {}

        def ask() -> bytes:
            body, content_type = send() if send else (b"", "text/html")
            asked = self.factory.generic("POST" if send else "GET", path, body, content_type, **htmx).environ
            said: list[str] = []
            answer = application(
                asked | {"wsgi.input": BytesIO(body)},
                lambda status, _headers, _error=None: said.append(status),
            )
            try:
                content = b"".join(answer)
            finally:
                answer.close()  # type: ignore[attr-defined]
            if said[0][:3] not in expected:
                raise RuntimeError(f"{path}: {said[0]}")
            return content

        return ask
