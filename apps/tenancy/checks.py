"""What must hold between the two sets of tables, and what `check --deploy` asks of the database."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError, connection

SHARED_BY_BOTH = {"django_migrations"}


def tables_of(app_names: list[str]) -> set[str]:
    models = (
        m
        for c in apps.get_app_configs()
        if c.name in app_names
        for m in c.get_models(include_auto_created=True)
    )
    return {model._meta.db_table for model in models if model._meta.managed}


@register(Tags.models)
def no_table_falls_through(app_configs, **kwargs):
    """A table of both schemas would be read from public when the tenant's is missing."""
    both = tables_of(settings.SHARED_APPS) & tables_of(settings.TENANT_APPS) - SHARED_BY_BOTH
    return [
        Error(f"table {table} is in the public and the tenants' schemas", id="tenancy.E001") for table in both
    ]


@register(Tags.models)
def no_foreign_key_crosses(app_configs, **kwargs):
    """Schemas must be free to move between databases."""
    faults = []
    for config in apps.get_app_configs():
        shared = config.name in settings.SHARED_APPS
        for model in config.get_models(include_auto_created=True):
            for field in model._meta.fields:
                if field.remote_field and field.remote_field.model._meta.managed:
                    target = field.remote_field.model._meta.app_config.name in settings.SHARED_APPS
                    if target != shared and config.name in [*settings.SHARED_APPS, *settings.TENANT_APPS]:
                        faults.append(
                            Error(f"{model._meta.label}.{field.name} crosses schemas", id="tenancy.E002")
                        )
    return faults


@register(Tags.security, deploy=True)
def set_config_is_revoked(app_configs, **kwargs):
    """`SELECT set_config('role', …)` in an injected query would climb over the second wall."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_function_privilege('set_config(text,text,boolean)', 'execute')")
            allowed = cursor.fetchone()[0]
    except DatabaseError:
        return [Warning("the database does not answer", id="tenancy.W001")]
    if allowed and not settings.AS_OWNER:
        return [Warning("set_config is not revoked from PUBLIC (managed server?)", id="tenancy.W002")]
    return []
