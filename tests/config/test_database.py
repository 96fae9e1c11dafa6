import threading

import pytest
from django.db import ProgrammingError, connection, connections
from django.test import override_settings

from apps.tenancy.context import inside
from apps.tenancy.models import Tenant
from tests import database


def who_and_where():
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text, current_user::text, current_schema()::text")
        return cursor.fetchone()


def tables_of(tenant):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {tenant.schema_name}.accounts_user")
        return cursor.fetchone()


def test_a_test_runs_as_alphas_role_in_alphas_schema(db):
    assert who_and_where() == ("baton_web", "baton_t_alpha", "t_alpha")


@pytest.mark.django_db
def test_the_mark_does_the_same():
    assert who_and_where() == ("baton_web", "baton_t_alpha", "t_alpha")


def test_alpha_cannot_look_into_beta(db, beta):
    with pytest.raises(ProgrammingError, match="permission denied"):
        tables_of(beta)


def test_another_tenant_is_entered_and_left(db, alpha, beta):
    with inside(beta):
        assert tables_of(beta) == (0,)
        assert who_and_where() == ("baton_web", "baton_t_beta", "t_beta")

    assert who_and_where() == ("baton_web", "baton_t_alpha", "t_alpha")


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_writes_is_gone_for_the_next(db, time):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('one', '', now())")


def test_a_request_leaves_the_test_where_it_was(client_at, beta):
    with override_settings(ROOT_URLCONF="config.public_urls"):
        client_at(beta).get("/nowhere")

    assert who_and_where() == ("baton_web", "baton_t_alpha", "t_alpha")


def test_a_database_of_ones_own_keeps_what_is_committed_from_any_thread(own_database):
    def write():
        connection.set_tenant(Tenant.objects.get(slug="alpha"))
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_session VALUES ('one', '', now())")
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (1,)


def test_the_leftovers_of_a_killed_run_are_dropped(db):
    with database.copied() as addresses:
        with database.owner(addresses, lives_as="killed") as owner:
            database.make(owner, "baton_copy_killed", template="template0")
        with database.owner(addresses, lives_as="baton_copy_living") as owner:
            database.make(owner, "baton_copy_living", template="template0")
            database.make(owner, "baton_copy_left", template="template0")

            database.drop_leftovers(owner)

            left = database.databases(owner, "baton_copy_")
            database.drop(owner, "baton_copy_living")
    assert "baton_copy_living" in left
    assert not {"baton_copy_killed", "baton_copy_left"} & set(left)


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("postgresql://web@//tmp/run/baton", "postgresql://web@//tmp/run/copy"),
        ("postgresql://web:x@db.example:5432/baton?sslmode=require",
         "postgresql://web:x@db.example:5432/copy?sslmode=require"),
    ],
)  # fmt: skip
def test_an_address_leads_into_another_database(url, inside):
    assert database.in_database("copy", url) == inside
