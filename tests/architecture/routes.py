"""The inventory of everything that a tenant's host answers to. `python -m tests.architecture.routes` writes it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import IsAuthenticated

from tests.architecture.source import ROOT

PRINTED = ROOT / "docs/routes.md"
SAFE = {"GET", "HEAD", "OPTIONS"}
LOGIN, TOKEN, NOBODY = "login", "token", "—"


@dataclass(frozen=True)
class Route:
    path: str
    """As Django writes it: "companies/<uuid:company_id>/"."""
    name: str
    view: Callable
    methods: frozenset[str] | None
    """None: the view does not say."""
    asks_for: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Converter and name of each part that varies."""
        return re.findall(r"<(?:(\w+):)?(\w+)>", self.path)

    def filled(self, **values: object) -> str:
        """The path with these values in its parts."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), self.path)


def routes() -> list[Route]:
    """Every URL of a tenant, by path."""
    return sorted(_below(get_resolver("config.urls"), "", ""), key=lambda route: (route.path, route.name))


def _below(resolver: URLResolver, path: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        here = path + _as_path(pattern)
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace and f"{namespace}{pattern.namespace}:"
            yield from _below(pattern, here, inner or namespace)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            yield Route(here, f"{namespace}{pattern.name}", view, _methods(view), _asks_for(view))


def _as_path(pattern: URLPattern | URLResolver) -> str:
    """A regular expression of a router becomes what path() would say."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(pattern.pattern))
    return text.replace(r"\.", ".").replace("^", "").replace("$", "").replace("/?", "/")


def _methods(view: Callable) -> frozenset[str] | None:
    if actions := getattr(view, "actions", None):
        return frozenset(method.upper() for method in actions) - {"HEAD", "OPTIONS"}
    if of_class := getattr(view, "cls", None) or getattr(view, "view_class", None):
        return frozenset(m.upper() for m in of_class.http_method_names if hasattr(of_class, m)) - {"OPTIONS"}
    while view is not None:
        # What require_http_methods was given stands only in its closure.
        given = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if given is not None:
            return frozenset(given) - {"HEAD"}
        view = getattr(view, "__wrapped__", None)
    return None


def _asks_for(view: Callable) -> str:
    if getattr(view, "login_required", True):
        return LOGIN
    permissions = getattr(getattr(view, "cls", None), "permission_classes", ())
    return TOKEN if IsAuthenticated in permissions else NOBODY


def as_markdown() -> str:
    lines = [
        "# Routes",
        "",
        "Everything that a tenant's host answers to, its static files and `/live` and `/ready` aside. Who is asked",
        "for: a login, an API token, or nobody (—). Written by `python -m tests.architecture.routes`.",
        "",
        "| path | name | methods | asks for |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| `/{r.path}` | {r.name} | {' '.join(sorted(r.methods or []))} | {r.asks_for} |" for r in routes()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PRINTED.write_text(as_markdown())
