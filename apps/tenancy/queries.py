"""Which tenant is asked for."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.tenancy.models import Status, Tenant


def active_tenants() -> QuerySet[Tenant]:
    return Tenant.objects.filter(status=Status.ACTIVE).order_by("slug")


def served_at(host: str) -> Tenant | None:
    """The active tenant of the host, or None."""
    return active_tenants().filter(domains__domain=host).order_by().first()


def named(slug: str) -> Tenant | None:
    return Tenant.objects.filter(slug=slug).first()
