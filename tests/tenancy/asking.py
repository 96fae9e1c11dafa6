"""Asking every route of the inventory for the same thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.models import SYSTEM, User
from tests.architecture.routes import SAFE, Route, routes
from tests.client import TenantClient
from tests.tenancy.canary import Planted

HAS_OWN_TEST = {
    "accounts:forgotten-password",
    "accounts:login",
    "accounts:logout",
    "accounts:second-step",
    "accounts:take-password",
    "activities:calendar",
    "inbox:manifest",
    "inbox:offline",
    "inbox:worker",
    "integrations:nothing-here",
}
"""Routes that are about who one is rather than about a record."""


def asked() -> Iterator[tuple[Route, str]]:
    """Every route with each of its methods."""
    return (
        (route, method)
        for route in routes()
        if route.name not in HAS_OWN_TEST
        for method in sorted(route.methods or ())
    )


def reading() -> list[Route]:
    return [route for route, method in asked() if method in SAFE]


def writing() -> list[tuple[Route, str]]:
    """What deletes comes last, a part before its record, so that everything finds what it is about."""
    found = [(route, method) for route, method in asked() if method not in SAFE]
    return sorted(
        found, key=lambda pair: pair[0].path.count("/") if pair[1] == "DELETE" else 99, reverse=True
    )


def path_to(route: Route, ids: dict[str, Any]) -> str:
    """The route's address with the ids of a planted tenant in it."""
    collection = route.path.removeprefix("api/v1/").split("/<")[0]
    return route.filled(**(ids | {"pk": ids.get(collection)}))


def visitor(planted: Planted) -> TenantClient:
    """The tenant's admin: logged in for pages, with a token for the API."""
    client = TenantClient(planted.tenant, headers={"authorization": f"Bearer {planted.token}"})
    client.force_login(planted.admin)
    return client


def made_token(person: User) -> str:
    return operations.make_token(person, name="test", by=SYSTEM, at=timezone.now())


def ask(client: TenantClient, method: str, path: str, body: Any = None) -> HttpResponse:
    """A form for pages, JSON for the API."""
    send: Callable[..., HttpResponse] = getattr(client, method.lower())
    if method in SAFE:
        return _read(send(path))
    if path.startswith("/api/"):
        return send(path, {"version": 1} if body is None else body, content_type="application/json")
    return send(path, body or {})


def _read(response: HttpResponse) -> HttpResponse:
    """A file that is streamed is read and closed, as a browser does."""
    if response.streaming:
        content = response.getvalue()
        if file := getattr(response, "file_to_stream", None):
            file.close()  # closing the response would close the test's connection with it
        response.streaming_content = [content]
    return response


def text_of(response: HttpResponse) -> str:
    return response.getvalue().decode(errors="replace")
