"""The first thing that happens to a request: which tenant is this, and is it served?"""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation

from apps.tenancy import queries


class EnterTenant:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            tenant = queries.served_at(_host(request))
        except DisallowedHost:
            return _nobody_here(request, status=400)
        if tenant is None:
            return _nobody_here(request, status=404)
        request.tenant = tenant
        connection.set_tenant(tenant)
        try:
            with timezone.override(tenant.zone):
                return self.get_response(request)
        finally:
            connection.leave()


def _host(request: HttpRequest) -> str:
    """The host without its port, as the browser sent it. Raises DisallowedHost."""
    return request.get_host().rsplit(":", 1)[0].lower().rstrip(".")


def _nobody_here(request: HttpRequest, *, status: int) -> HttpResponse:
    """Unknown and inactive hosts look the same: nobody learns who our customers are."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        return HttpResponse(render_to_string("public/no-such-tenant.html"), status=status)
