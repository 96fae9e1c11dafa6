"""The class of all tasks: a task without a served tenant is refused, never run in public."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection
from django.utils import timezone, translation
from django_tenants.postgresql_backend.base import FakeTenant
from django_tenants.utils import get_public_schema_name
from kombu.exceptions import OperationalError
from tenant_schemas_celery.task import TenantTask as LibraryTask

from apps.base.origin import BEHIND, coming_by
from apps.tenancy.models import Status, Tenant

log = logging.getLogger("baton.tasks")


class NoTenant(RuntimeError):
    pass


class TenantTask(LibraryTask):
    abstract = True
    tenant_cache_seconds = 0

    @classmethod
    def get_tenant_for_schema(cls, schema_name: str) -> Tenant | FakeTenant:
        """A tenant that is gone leaves the task in public, where it is refused."""
        found = Tenant.objects.filter(schema_name=schema_name).first()
        return found or FakeTenant(schema_name=get_public_schema_name())

    def __call__(self, *args, **kwargs):
        tenant = connection.tenant
        if connection.schema_name == get_public_schema_name() or not isinstance(tenant, Tenant):
            raise NoTenant(self.name)
        if tenant.status != Status.ACTIVE:
            raise NoTenant(f"{self.name}: {tenant.slug} is {tenant.status}")
        try:
            with (
                coming_by(BEHIND),
                timezone.override(tenant.zone),
                translation.override(tenant.language),
            ):
                return super().__call__(*args, **kwargs)
        finally:
            if not self.request.is_eager:  # a worker waits for its next task without a role
                connection.leave()

    def soon(self, *, within: timedelta | None = None, **given) -> bool:
        """Queue the task; `within`: or never. A broker that does not answer is logged: the sweeper comes by later."""
        try:
            self.apply_async(kwargs=given, expires=within and within.total_seconds())
        except OperationalError as error:
            log.warning("the broker does not answer: %s", error, extra={"facts": {"task": self.name}})
            return False
        return True
