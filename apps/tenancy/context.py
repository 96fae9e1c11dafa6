"""Being inside a tenant outside of a request: commands, tests, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django_tenants.utils import get_public_schema_name, tenant_context

from apps.tenancy.models import Tenant


@contextmanager
def inside(tenant: Tenant) -> Iterator[Tenant]:
    """Schema, role, zone and language of the tenant; afterwards the connection is where it was."""
    try:
        with tenant_context(tenant), timezone.override(tenant.zone), translation.override(tenant.language):
            yield tenant
    finally:
        if connection.schema_name == get_public_schema_name():
            connection.leave()


def address() -> str:
    """The address of the present tenant's first page."""
    scheme = "https" if settings.HTTPS else "http"
    port = "" if settings.HTTPS or settings.PORT == 80 else f":{settings.PORT}"
    return f"{scheme}://{connection.tenant.slug}.{settings.BASE_DOMAIN}{port}/"
