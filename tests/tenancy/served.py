"""Changing tenants as the operator does, beside the web's connection."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import environ
import psycopg
from django.db import connection
from django.test import override_settings

from tests.database import ROOT


def as_owner(addresses: dict[str, str]) -> psycopg.Connection:
    """The owner's connection into that database."""
    place = environ.Env.db_url_config(addresses["OWNER_DATABASE_URL"])
    return psycopg.connect(
        host=place["HOST"],
        port=place["PORT"] or None,
        user=place["USER"],
        password=place["PASSWORD"] or None,
        dbname=place["NAME"],
        autocommit=True,
    )


@contextmanager
def being_owner(addresses: dict[str, str]) -> Iterator[None]:
    """This process as a command of the operator: the database's owner, in public."""
    before, tenant = connection.settings_dict["USER"], connection.tenant
    connection.close()
    connection.settings_dict["USER"] = environ.Env.db_url_config(addresses["OWNER_DATABASE_URL"])["USER"]
    connection.set_schema_to_public()
    try:
        with override_settings(AS_OWNER=True):
            yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before
        connection.set_tenant(tenant)


def set_status(addresses: dict[str, str], slug: str, status: str) -> None:
    with as_owner(addresses) as owner:
        owner.execute("UPDATE tenancy_tenant SET status = %s WHERE slug = %s", [status, slug])


def command(addresses: dict[str, str], *words: str, **streams) -> subprocess.Popen:
    """manage.py, in a process of its own."""
    environment = os.environ | addresses | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", ROOT / "manage.py", *words],
        cwd=ROOT,
        env=environment,
        text=True,
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} | streams,
    )


def managed(addresses: dict[str, str], *words: str) -> str:
    """What the command said; it has to end well."""
    process = command(addresses, *words)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def on_the_wire() -> tuple[str, str]:
    """Role and search path of the web's connection as the database knows them, whatever Django believes."""
    row = connection.connection.execute("SELECT current_user, current_setting('search_path')").fetchone()
    return (row[0], row[1])


NOWHERE: Sequence[str] = ("baton_web", "public")
