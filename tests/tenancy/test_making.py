"""Making and deleting a tenant: killed at any moment it is completed by running it again, and serves nothing meanwhile."""

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import pytest
from django.db import connection
from django.test import Client

from apps.tenancy import operations, queries, schemas
from apps.tenancy.context import inside
from tests import database, factories
from tests.client import TenantClient
from tests.conftest import connected_to
from tests.tenancy.maker import shell
from tests.tenancy.served import as_owner, being_owner, command

ADMIN, PASSWORD = "admin@test.example", "a-long-password"
LOGIN = "/login/"


@pytest.fixture(scope="module")
def own_database(alpha, django_db_blocker):
    """One for all tests here: each makes tenants of its own."""
    with django_db_blocker.unblock(), database.copied() as addresses, connected_to(addresses), inside(alpha):
        yield addresses


@pytest.fixture(scope="module")
def operator(own_database):
    with shell(own_database) as opened:
        yield opened


@pytest.fixture
def slug(own_database):
    """A name that nobody else has, because roles belong to the whole cluster."""
    name = f"made-{token_hex(4)}"
    yield name
    with being_owner(own_database):
        schemas.drop(schema_of(name))


@pytest.fixture(scope="module")
def usual_time(own_database, operator):
    """How long a creation takes here and now."""
    name = f"timed-{token_hex(4)}"
    began = time.perf_counter()
    operator.run(*creation(name), typed=PASSWORD)
    took = time.perf_counter() - began
    with being_owner(own_database):
        schemas.drop(schema_of(name))
    return took


def kill(process: int) -> None:
    with suppress(ProcessLookupError):  # it was faster
        os.kill(process, signal.SIGKILL)


def schema_of(slug: str) -> str:
    return f"t_{slug.replace('-', '_')}"


def creation(slug: str) -> list[str]:
    return ["create_tenant", slug, "--name", "新しい会社", "--admin", ADMIN, "--password-stdin"]


def tables_in(owner, schema: str) -> set[str]:
    rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return {name for (name,) in rows}


def status_in(owner, slug: str) -> str | None:
    row = owner.execute("SELECT status FROM tenancy_tenant WHERE slug = %s", [slug]).fetchone()
    return row and row[0]


def page_at(slug: str) -> int:
    return Client(SERVER_NAME=f"{slug}.localhost").get(LOGIN).status_code


def lets_in(slug: str) -> bool:
    connection.set_schema_to_public()
    client = TenantClient(queries.named(slug))
    answer = client.post(LOGIN, {"username": ADMIN, "password": PASSWORD})
    return answer.status_code == 302


def rows_in(owner, schema: str) -> dict[str, int]:
    """What a new tenant finds on its first day."""
    kept = [
        "accounts_organisation",
        "accounts_businesscalendar",
        "accounts_grade",
        "deals_lostreason",
        "accounts_user",
    ]
    return {table: owner.execute(f'SELECT count(*) FROM "{schema}".{table}').fetchone()[0] for table in kept}


# ── creating ───────────────────────────────────────────────────────────────────────────────────────

KILLS = 10


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_creation_killed_at_a_random_moment_is_completed_by_the_next(
    own_database, operator, slug, seed, usual_time
):
    moment = random.Random(seed).uniform(0, usual_time)

    killed = operator.start(*creation(slug), typed=PASSWORD)
    time.sleep(moment)
    kill(killed)
    operator.wait()

    assert_nothing_half(own_database, slug)
    operator.run(*creation(slug), typed=PASSWORD)
    assert_complete(own_database, slug)


STEPS = {
    "the tenant is named": "SELECT 1 FROM tenancy_tenant WHERE slug = %(slug)s",
    "its role and schema stand": "SELECT 1 FROM pg_namespace WHERE nspname = %(schema)s",
    "it is furnished": "SELECT 1 FROM {schema}.deals_lostreason",
    "it has an admin": "SELECT 1 FROM {schema}.accounts_user",
    "it is open": "SELECT 1 FROM tenancy_tenant WHERE slug = %(slug)s AND status = 'active'",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_creation_killed_right_after_a_step_is_completed_by_the_next(own_database, operator, slug, step):
    schema = schema_of(slug)
    with as_owner(own_database) as owner:
        killed = operator.start(*creation(slug), typed=PASSWORD)
        _wait_until(owner, STEPS[step].replace("{schema}", schema), {"slug": slug, "schema": schema}, schema)
        kill(killed)
    operator.wait()

    assert_nothing_half(own_database, slug)
    operator.run(*creation(slug), typed=PASSWORD)
    assert_complete(own_database, slug)


def _wait_until(owner, question: str, given: dict, schema: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        there = schema not in question or owner.execute("SELECT to_regnamespace(%s)", [schema]).fetchone()[0]
        if there and owner.execute(question, given).fetchone():
            return
    pytest.fail("the step never came")


def assert_nothing_half(addresses, slug: str) -> None:
    """Either there is no schema or it is whole; and whoever is not active is not served."""
    schema = schema_of(slug)
    with as_owner(addresses) as owner:
        assert tables_in(owner, schema) in (set(), tables_in(owner, "t_alpha"))
        served = status_in(owner, slug) == "active"
    assert page_at(slug) == (200 if served else 404)


def assert_complete(addresses, slug: str) -> None:
    schema = schema_of(slug)
    with as_owner(addresses) as owner:
        assert status_in(owner, slug) == "active"
        assert tables_in(owner, schema) == tables_in(owner, "t_alpha")
        assert rows_in(owner, schema) == rows_in(owner, "t_alpha") | {"accounts_user": 1}
    assert (page_at(slug), lets_in(slug)) == (200, True)


def test_two_creations_at_once_make_one_tenant(own_database, operator, slug):
    with shell(own_database) as another:
        operator.start(*creation(slug), typed=PASSWORD)
        another.start(*creation(slug), typed=PASSWORD)
        said = sorted([operator.wait(), another.wait()], key=lambda answer: len(answer[1]))

    assert [ended_well for ended_well, _ in said] == [True, True], said
    assert f"{slug} exists already and is complete\n" in [words for _, words in said]
    assert_complete(own_database, slug)


def test_two_creations_at_once_need_no_blueprint_beforehand(own_database, operator, slug):
    """As right after a release: the first one makes it, the other waits."""
    with as_owner(own_database) as owner:
        owner.execute("DELETE FROM tenancy_blueprint")
    second = f"made-{token_hex(4)}"

    with shell(own_database) as another:
        operator.start(*creation(slug), typed=PASSWORD)
        another.start(*creation(second), typed=PASSWORD)
        answers = [operator.wait(), another.wait()]

    assert [ended_well for ended_well, _ in answers] == [True, True], answers
    assert_complete(own_database, slug)
    assert_complete(own_database, second)
    with being_owner(own_database):
        schemas.drop(schema_of(second))


@pytest.mark.parametrize(
    "slug_refused", ["www", "Alpha", "a--b", "-a", "a_b", "1a", "あ", "a" * 41, "x; DROP"]
)
def test_a_name_that_is_no_host_is_refused(own_database, slug_refused):
    with being_owner(own_database), pytest.raises(operations.BadTenant):
        operations.create_tenant(slug_refused, name="会社")

    with as_owner(own_database) as owner:
        assert status_in(owner, slug_refused) is None


def test_a_tenant_without_a_name_is_refused(own_database, slug):
    with being_owner(own_database), pytest.raises(operations.BadTenant):
        operations.create_tenant(slug, name=" ")

    with as_owner(own_database) as owner:
        assert status_in(owner, slug) is None


def test_the_command_as_it_is_typed(own_database, slug):
    """Through manage.py, which makes it the owner's."""
    process = command(own_database, *creation(slug)[:-1])
    said, _ = process.communicate(timeout=120)

    assert process.returncode == 0, said
    assert said.startswith(f"{slug} is served at http://{slug}.localhost")
    assert f"admin: {ADMIN}  password: " in said


# ── deleting ───────────────────────────────────────────────────────────────────────────────────────


def test_a_deletion_that_nobody_is_there_to_confirm_deletes_nothing(own_database, alpha):
    process = command(own_database, "delete_tenant", alpha.slug)
    said, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert said.endswith("nothing was deleted; without anybody to ask, say --yes\n")
    with as_owner(own_database) as owner:
        assert status_in(owner, alpha.slug) == "active"


@pytest.mark.parametrize("seed", range(4))
def test_a_deletion_killed_at_a_random_moment_is_completed_by_the_next(
    own_database, operator, slug, seed, tmp_path
):
    operator.run(*creation(slug), typed=PASSWORD)
    connection.set_schema_to_public()
    with inside(queries.named(slug)):
        factories.make_company("カナリアの会社")
    deletion = ["delete_tenant", slug, "--yes", "--into", str(tmp_path)]

    killed = operator.start(*deletion)
    time.sleep(random.Random(seed).uniform(0, 0.4))
    kill(killed)
    operator.wait()
    with as_owner(own_database) as owner:
        left = status_in(owner, slug)
        assert bool(tables_in(owner, schema_of(slug))) == (left is not None)
        assert page_at(slug) == (200 if left == "active" else 404)
    operator.start(*deletion)
    operator.wait()

    with as_owner(own_database) as owner:
        assert status_in(owner, slug) is None
        assert tables_in(owner, schema_of(slug)) == set()
        role = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"baton_{schema_of(slug)}"])
        assert role.fetchone() is None
    exports = [file.read_text() for file in sorted(tmp_path.glob("*.sql"))]
    assert [("カナリアの会社" in text, "database dump complete" in text) for text in exports] == [
        (True, True) for _ in exports
    ]
    assert exports
    assert page_at(slug) == 404


def test_a_deleted_tenants_name_can_be_used_again(own_database, operator, slug, tmp_path):
    operator.run(*creation(slug), typed=PASSWORD)
    operator.run("delete_tenant", slug, "--yes", "--into", str(tmp_path))

    operator.run(*creation(slug), typed=PASSWORD)

    assert_complete(own_database, slug)


def test_an_export_is_nobody_elses_to_read(own_database, operator, slug, tmp_path):
    operator.run(*creation(slug), typed=PASSWORD)

    operator.run("delete_tenant", slug, "--yes", "--into", str(tmp_path / "exports"))

    [export] = (tmp_path / "exports").iterdir()
    assert [f"{place.stat().st_mode & 0o777:o}" for place in (export.parent, export)] == ["700", "600"]


def test_a_deleted_tenants_files_go_with_its_export(own_database, operator, slug, tmp_path, settings):
    operator.run(*creation(slug), typed=PASSWORD)
    laid = Path(settings.MEDIA_ROOT) / schema_of(slug) / "attachments/ab/x"
    laid.parent.mkdir(parents=True)
    laid.write_text("kept")

    operator.run("delete_tenant", slug, "--yes", "--into", str(tmp_path))

    [moved] = tmp_path.glob("*.files")
    assert ((moved / "attachments/ab/x").read_text(), laid.exists()) == ("kept", False)
