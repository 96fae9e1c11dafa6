"""Making, stopping and deleting tenants. Each can be killed at any moment and run again."""

from __future__ import annotations

import os
import shutil
import zoneinfo
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.base.refusal import Refused
from apps.tenancy import rules, schemas
from apps.tenancy.models import Domain, Status, Tenant


class BadTenant(Refused):
    pass


def create_tenant(slug: str, *, name: str, time_zone: str = "Asia/Tokyo", language: str = "ja") -> Tenant:
    """A new tenant, complete but not served before `open_tenant`. Continues one that was cut off."""
    if not rules.is_slug(slug):
        raise BadTenant(
            f"'{slug}' cannot be a host name: small letters, digits and single hyphens, at most 40"
        )
    if not name.strip():
        raise BadTenant("a company needs a name")
    if time_zone not in zoneinfo.available_timezones():
        raise BadTenant(f"'{time_zone}' is no time zone")
    with transaction.atomic():
        given = {
            "schema_name": rules.schema_of(slug),
            "name": name,
            "time_zone": time_zone,
            "language": language,
        }
        tenant, _ = Tenant.objects.get_or_create(slug=slug, defaults=given)
        host = f"{slug}.{settings.BASE_DOMAIN}"
        Domain.objects.get_or_create(domain=host, defaults={"tenant": tenant, "is_primary": True})
    schemas.build(tenant.schema_name)
    return tenant


def alone_with(slug: str) -> AbstractContextManager[None]:
    """Two who make one tenant wait for each other, from its name to its opening."""
    return schemas.alone(f"tenant:{slug}")


def open_tenant(tenant: Tenant) -> None:
    """Serve it from now on."""
    _set_status(tenant, Status.ACTIVE)


def suspend_tenant(tenant: Tenant) -> None:
    """Serve it no more: pages, API and tasks stop, nothing is deleted."""
    _set_status(tenant, Status.SUSPENDED)


def _set_status(tenant: Tenant, status: Status) -> None:
    tenant.status = status
    tenant.save(update_fields=["status"])


def delete_tenant(tenant: Tenant, *, into: Path, at: datetime) -> Path:
    """Export the tenant to a file in `into`, its files beside it, then delete it whole. Returns the export's path."""
    _set_status(tenant, Status.CLOSING)
    export = _export(tenant, into, at=at)
    files = Path(settings.MEDIA_ROOT) / tenant.schema_name
    if files.exists():
        shutil.move(files, export.with_suffix(".files"))
    with transaction.atomic():
        schemas.drop(tenant.schema_name)
        tenant.delete()
    return export


def _export(tenant: Tenant, into: Path, *, at: datetime) -> Path:
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    export = into / f"{tenant.slug}-{at:%Y%m%dT%H%M%SZ}.sql"
    unfinished = export.with_suffix(".part")
    sql = (
        schemas.dump(tenant.schema_name, "--no-owner", "--no-privileges")
        if schemas.exists(tenant.schema_name)
        else ""
    )
    unfinished.touch(mode=0o600)
    unfinished.write_text(sql)
    os.replace(unfinished, export)
    return export


def migrate_all(*, say=print) -> list[str]:
    """Bring every tenant's schema to the newest migration; returns the names of those that failed."""
    failed = []
    for tenant in Tenant.objects.order_by("slug"):
        if not schemas.exists(tenant.schema_name):
            continue
        try:
            schemas.migrate(tenant.schema_name)
        except Exception as error:  # one tenant's fault must not keep the others from the new release
            failed.append(tenant.slug)
            say(f"{tenant.slug}: {' '.join(str(error).split())}")
    return failed
