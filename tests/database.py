"""Databases for tests: a template with two tenants per state of the migrations, copied for whoever needs one.

A copy takes a tenth of the time that migrations take. Everything goes through the same three walls as in
production: tests connect as the web role, only the template is made by the owner.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import environ
import psycopg
from psycopg import sql

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
VAR_OF_TESTS = embedded.VAR / "test"
TENANTS = {"alpha": "アルファ商事", "beta": "ベータ工業"}
ADDRESSES = ("DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL")
TEMPLATE, COPY = "baton_template_", "baton_copy_"
ONE_MAKER = 7_340_015  # the advisory lock of whoever makes a template


@contextmanager
def copied() -> Iterator[dict[str, str]]:
    """The addresses of a database of one's own, gone afterwards."""
    name = COPY + token_hex(6)
    with embedded.in_use(VAR_OF_TESTS, durable=False) as started:
        addresses = {key: os.environ[key] for key in ADDRESSES if key in os.environ} | started
        with owner(addresses, lives_as=name) as connection:
            drop_leftovers(connection)
            with only_maker(connection):
                make(connection, name, template=made_template(connection, addresses))
            try:
                yield addresses_in(name, addresses)
            finally:
                drop(connection, name)


@contextmanager
def only_maker(connection: psycopg.Connection) -> Iterator[None]:
    """Two who need the template make one, and nobody drops it before it is copied."""
    connection.execute("SELECT pg_advisory_lock(%s)", [ONE_MAKER])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [ONE_MAKER])


def made_template(connection: psycopg.Connection, addresses: dict[str, str]) -> str:
    """The name of the template for the present migrations; made if there is none, in place of older ones."""
    name, half = TEMPLATE + fingerprint(), TEMPLATE + "half"
    if not databases(connection, name):
        for old in databases(connection, TEMPLATE):
            drop(connection, old)
        make(connection, half, template="template0")
        fill(addresses_in(half, addresses))
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(half), sql.Identifier(name)))
    return name


def fingerprint() -> str:
    """A hash of all that decides what a fresh database looks like."""
    digest = hashlib.sha256()
    files = [
        *ROOT.glob("apps/**/migrations/*.py"),
        *ROOT.glob("apps/tenancy/**/*.py"),
        *ROOT.glob("apps/*/operations.py"),
        *ROOT.glob("apps/*/operations/*.py"),
    ]
    for file in [*sorted(files), ROOT / "config/settings.py", ROOT / "requirements.txt", Path(__file__)]:
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def fill(addresses: dict[str, str]) -> None:
    """In a process of its own, because it is the owner who does it."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "BATON_AS_OWNER": "1"}
    command = [sys.executable, "-m", "tests.database"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | addresses | settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The template database could not be made:\n{done.stdout}{done.stderr}")


def fill_here() -> None:
    import django  # the settings are read by the setup, which only this process needs

    django.setup()
    from django.utils import timezone

    from apps.integrations.operations import furnish
    from apps.tenancy import operations, schemas
    from apps.tenancy.context import inside

    schemas.prepare_database()
    for slug, name in TENANTS.items():
        tenant = operations.create_tenant(slug, name=name)
        with inside(tenant):
            furnish(at=timezone.now())
        operations.open_tenant(tenant)


def owner(addresses: dict[str, str], *, lives_as: str) -> psycopg.Connection:
    """The owner's connection; as long as it lives, so does the copy of that name."""
    place = environ.Env.db_url_config(addresses["OWNER_DATABASE_URL"])
    return psycopg.connect(
        host=place["HOST"],
        port=place["PORT"] or None,
        user=place["USER"],
        password=place["PASSWORD"] or None,
        dbname="postgres",
        application_name=lives_as,
        autocommit=True,
    )


def addresses_in(name: str, addresses: dict[str, str]) -> dict[str, str]:
    """The same addresses, leading into that database."""
    return {
        key: in_database(name, url) if key.endswith("DATABASE_URL") else url for key, url in addresses.items()
    }


def in_database(name: str, url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/{name}?{parts.query}".rstrip("?")


def drop_leftovers(connection: psycopg.Connection) -> None:
    """Copies whose test run was killed: nobody lives as them any more."""
    alive = {row[0] for row in connection.execute("SELECT application_name FROM pg_stat_activity")}
    for name in databases(connection, COPY):
        if name not in alive:
            drop(connection, name)


def databases(connection: psycopg.Connection, prefix: str) -> list[str]:
    found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [row[0] for row in found]


def make(connection: psycopg.Connection, name: str, *, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


if __name__ == "__main__":
    fill_here()
