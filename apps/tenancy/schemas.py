"""Making, granting and dropping schemas and their roles. Everything here runs as the database's owner."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django_tenants.utils import schema_context

from apps.tenancy.models import Blueprint
from apps.tenancy.rules import BLUEPRINT, role_of
from config import embedded

EXTENSIONS = ("pg_trgm", "btree_gist")
_PSQL_ONLY = re.compile(
    r"^(\\.*|SET .*;|SELECT pg_catalog\.set_config.*;|CREATE SCHEMA .*;|--.*)\n", re.MULTILINE
)


class DumpFailed(RuntimeError):
    """pg_dump ended with an error; the message is its own."""


def prepare_database() -> None:
    """Role, extensions, public tables and rights: what one database needs before its first tenant."""
    with connection.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} WITH SCHEMA public")
        _make_role(cursor, settings.WEB_ROLE, "LOGIN NOINHERIT")
        cursor.execute(f"ALTER ROLE \"{settings.WEB_ROLE}\" SET timezone = 'UTC'")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        if _is_superuser(cursor):
            cursor.execute(
                "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC"
            )
    call_command("migrate_schemas", schema_name="public", interactive=False, verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute(f'GRANT SELECT ON tenancy_tenant, tenancy_domain TO "{settings.WEB_ROLE}"')


def _is_superuser(cursor) -> bool:
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return cursor.fetchone()[0]


def _make_role(cursor, name: str, options: str) -> None:
    """Roles are the whole cluster's: another database may have made it, even just now."""
    cursor.execute(
        f'DO $$ BEGIN CREATE ROLE "{name}" {options};'
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Whoever does the same thing at the same time waits; the lock dies with its holder.

    On a connection of its own: migrations close Django's.
    """
    with connection.get_new_connection(connection.get_connection_params()) as holder:
        holder.autocommit = True
        holder.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        yield


def migrate(schema: str) -> None:
    """Bring one schema to the newest migration."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    call_command("migrate_schemas", schema_name=schema, interactive=False, verbosity=0, skip_checks=True)


def fingerprint() -> str:
    """A hash over everything that decides what an empty tenant looks like."""
    digest = hashlib.sha256()
    for name in settings.TENANT_APPS:
        folder = Path(apps.get_app_config(name.rsplit(".", 1)[-1]).path) / "migrations"
        for file in sorted(folder.glob("*.py")):
            digest.update(f"{name}/{file.name}".encode() + file.read_bytes())
    return digest.hexdigest()


def refresh_blueprint() -> Blueprint:
    """Migrate the schema that tenants are copied from and keep its SQL, if the migrations changed."""
    present = fingerprint()
    if made := Blueprint.objects.filter(pk=present).first():
        return made
    with alone("blueprint"):
        if made := Blueprint.objects.filter(pk=present).first():
            return made
        migrate(BLUEPRINT)
        sql = _PSQL_ONLY.sub("", dump(BLUEPRINT, "--no-owner", "--no-privileges", "--rows-per-insert=500"))
        with transaction.atomic():
            Blueprint.objects.exclude(pk=present).delete()
            return Blueprint.objects.create(pk=present, sql=sql)


def dump(schema: str, *options: str) -> str:
    """The schema as SQL text. Raises DumpFailed."""
    given = connection.settings_dict
    place = {
        "PGHOST": given["HOST"],
        "PGPORT": given["PORT"],
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
    }
    ran = subprocess.run(
        [str(embedded.binary("pg_dump")), f"--schema={schema}", *options, given["NAME"]],
        env=os.environ | {name: str(value) for name, value in place.items() if value},
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        raise DumpFailed(ran.stderr.strip())
    return ran.stdout


def build(schema: str) -> None:
    """Copy the blueprint into a new schema behind its own role, wholly or not at all."""
    if exists(schema):
        return
    sql = refresh_blueprint().sql.replace(f"{BLUEPRINT}.", f'"{schema}".')
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema}"')
        cursor.execute("SET LOCAL check_function_bodies = false; SET LOCAL search_path = ''")
        _run_script(sql)
        cursor.execute("SET LOCAL search_path = public")
        _grant(cursor, schema)


def _run_script(sql: str) -> None:
    """Many statements in one round trip, which only psycopg's own connection sends as they are."""
    connection.connection.execute(sql, prepare=False)


def _grant(cursor, schema: str) -> None:
    role = role_of(schema)
    _make_role(cursor, role, "NOLOGIN")
    cursor.execute(f'GRANT "{role}" TO "{settings.WEB_ROLE}"')
    cursor.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"')
    for things, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        cursor.execute(f'GRANT {rights} ON ALL {things} IN SCHEMA "{schema}" TO "{role}"')
        cursor.execute(
            f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{schema}" GRANT {rights} ON {things} TO "{role}"'
        )


def exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        return cursor.fetchone() is not None


def drop(schema: str) -> None:
    """Schema and role, gone; the role only if no other database of the cluster knows it."""
    role = role_of(schema)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            cursor.execute(f'DROP OWNED BY "{role}"')
            cursor.execute(_KNOWN_ELSEWHERE, [role])
            if cursor.fetchone() is None:
                cursor.execute(f'DROP ROLE "{role}"')


_KNOWN_ELSEWHERE = """
    SELECT 1 FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid JOIN pg_database b ON b.oid = d.dbid
    WHERE d.refclassid = 'pg_authid'::regclass AND r.rolname = %s AND b.datname <> current_database()
"""
