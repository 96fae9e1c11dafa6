"""Beat sends each task of the clock once per active tenant."""

from __future__ import annotations

from django.db import connection
from tenant_schemas_celery.scheduler import TenantAwarePersistentScheduler

from apps.tenancy import queries


class ActiveTenantsScheduler(TenantAwarePersistentScheduler):
    @classmethod
    def get_queryset(cls):
        # Beat lives for weeks: never on a connection that the database has closed meanwhile.
        connection.close_if_unusable_or_obsolete()
        return queries.active_tenants()
