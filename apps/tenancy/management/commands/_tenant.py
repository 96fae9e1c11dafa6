"""What commands about one tenant share."""

from __future__ import annotations

from django.core.management.base import CommandError

from apps.tenancy import queries
from apps.tenancy.models import Status, Tenant


def tenant_or_fail(slug: str, *, active: bool = False) -> Tenant:
    """The tenant of that name; a CommandError where there is none or, if asked, it is not active."""
    tenant = queries.named(slug)
    if tenant is None:
        raise CommandError(f"there is no tenant '{slug}'")
    if active and tenant.status != Status.ACTIVE:
        raise CommandError(f"tenant '{slug}' is {tenant.status}")
    return tenant
