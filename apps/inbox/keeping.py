"""Pages that a browser keeps for the way without network: the same pages, without what belongs to one opening of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

HEADER = "Kept-Page"


def asked(request: HttpRequest) -> bool:
    return request.method == "GET" and HEADER in request.headers


def as_kept(request: HttpRequest) -> dict[str, Any]:
    """For templates: no token, no nonce, no messages (they stay for the next page that is seen)."""
    if not asked(request):
        return {}
    return {"csrf_token": "", "csp_nonce": None, "messages": [], "kept_page": timezone.now()}


class KeptPages:
    """Says whose page it is, so that no browser lays it up under another's name."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if asked(request) and request.user.is_authenticated:
            response[HEADER] = str(request.user.pk)
        return response
