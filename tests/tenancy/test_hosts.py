"""Which hosts are answered, and what a request, a task or a fault leaves behind on the connection."""

import pytest
from celery import shared_task
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts.views import door
from apps.base.models import new_id
from apps.customers.models import Company
from apps.journal import tasks as journal
from apps.tenancy import operations, queries
from apps.tenancy.clockwork import ActiveTenantsScheduler
from apps.tenancy.context import inside
from apps.tenancy.tasks import NoTenant
from tests import factories
from tests.client import TenantClient
from tests.tenancy.served import NOWHERE, being_owner, on_the_wire, set_status

LOGIN = "/login/"
NOT_SERVED = ["provisioning", "suspended", "closing"]


def status_of(host: str) -> int:
    return Client(SERVER_NAME=host).get(LOGIN).status_code


# ── hosts ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "host", ["alpha.localhost", "ALPHA.localhost", "alpha.localhost:8000", "alpha.localhost."]
)
def test_a_company_is_served_at_its_host_however_it_is_written(db, host):
    assert Client(headers={"host": host}).get(LOGIN).status_code == 200


@pytest.mark.parametrize("host", ["nobody.localhost", "localhost", "x.alpha.localhost", "www.localhost"])
def test_another_host_gets_a_plain_page(db, host):
    response = Client(SERVER_NAME=host).get("/")

    assert response.status_code == 404
    assert response.templates[0].name == "public/no-such-tenant.html"


@pytest.mark.parametrize(
    "host", ["evil.example", "alpha.localhost@evil.example", "alpha localhost", "[::1", ""]
)
def test_a_host_that_is_none_of_ours_is_a_bad_request_with_the_same_plain_page(db, host):
    response = Client(headers={"host": host} if host else {}, SERVER_NAME=host).get(LOGIN)

    assert response.status_code == 400
    assert response.templates[0].name == "public/no-such-tenant.html"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_plain_page_speaks_the_visitors_language(db, language):
    response = Client(SERVER_NAME="nobody.localhost", headers={"accept-language": language}).get("/")

    assert f'<html lang="{language}"' in response.text


def test_a_company_that_is_not_active_looks_like_one_that_never_was(own_database):
    unknown = Client(SERVER_NAME="nobody.localhost").get(LOGIN)
    before = status_of("beta.localhost")

    answers = {}
    for status in [*NOT_SERVED, "active"]:
        set_status(own_database, "beta", status)
        response = Client(SERVER_NAME="beta.localhost").get(LOGIN)
        answers[status] = (response.status_code, response.content == unknown.content)

    assert before == 200
    assert answers == dict.fromkeys(NOT_SERVED, (404, True)) | {"active": (200, False)}


def test_a_suspended_company_is_shut_out_at_once_and_comes_back_as_it_was(own_database, beta):
    with inside(beta):
        user = factories.make_user()
    client = TenantClient(beta)
    client.force_login(user)
    page = reverse("customers:companies")
    statuses = [client.get(page).status_code]

    for deed in (operations.suspend_tenant, operations.open_tenant):
        with being_owner(own_database):
            deed(queries.named("beta"))
        statuses.append(client.get(page).status_code)

    assert statuses == [200, 404, 200]


# ── the connection afterwards ──────────────────────────────────────────────────────────────────────


def test_after_a_request_the_connection_is_nowhere(own_database):
    """The plain client of Django leaves the connection as the request did."""
    seen = []

    for host, path in [
        ("alpha.localhost", LOGIN),
        ("beta.localhost", LOGIN),
        ("nobody.localhost", LOGIN),
        ("alpha.localhost", "/no/such/page/"),
        ("alpha.localhost", reverse("customers:companies")),
    ]:
        Client(SERVER_NAME=host).get(path)
        seen.append((connection.schema_name, *on_the_wire()))

    assert seen == [("public", *NOWHERE)] * 5


def test_after_a_fault_the_connection_is_nowhere(own_database, monkeypatch):
    def broken(*args, **given):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(door.LoginForm, "__init__", broken)
    response = Client(SERVER_NAME="alpha.localhost", raise_request_exception=False).get(LOGIN)

    assert response.status_code == 500
    assert (connection.schema_name, *on_the_wire()) == ("public", *NOWHERE)


def test_after_an_exception_inside_a_company_the_connection_is_nowhere(own_database, beta):
    connection.set_schema_to_public()

    with pytest.raises(Company.DoesNotExist), inside(beta):
        Company.objects.get(pk=new_id())

    assert on_the_wire() == NOWHERE


def test_a_company_within_another_leads_back_to_the_first(db, alpha, beta):
    with inside(beta):
        pass

    assert connection.tenant == alpha


# ── tasks ──────────────────────────────────────────────────────────────────────────────────────────


@shared_task(name="tests.where")
def where() -> tuple[str, str]:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return (connection.schema_name, cursor.fetchone()[0])


def run(task, *, schema: str):
    return task.apply(headers={"_schema_name": schema}, throw=True).get()


def test_a_task_runs_in_the_company_that_sent_it(db):
    assert run(where, schema="t_beta") == ("t_beta", "baton_t_beta")
    assert connection.schema_name == "t_alpha"


@pytest.mark.parametrize("schema", ["public", "t_nobody"])
def test_a_task_without_a_company_is_refused(db, schema):
    with pytest.raises(NoTenant):
        run(where, schema=schema)


@pytest.mark.parametrize("status", NOT_SERVED)
def test_a_task_of_a_company_that_is_not_active_is_refused(own_database, status):
    set_status(own_database, "beta", status)

    with pytest.raises(NoTenant):
        run(journal.sweep, schema="t_beta")


def test_a_worker_waits_for_its_next_task_without_a_role(own_database, beta):
    """As the worker calls it: not eagerly."""
    connection.set_tenant(beta)
    where.push_request(is_eager=False)
    try:
        assert where() == ("t_beta", "baton_t_beta")
    finally:
        where.pop_request()

    assert (connection.schema_name, *on_the_wire()) == ("public", *NOWHERE)


def test_the_clock_ticks_for_active_companies_only(own_database):
    connection.set_schema_to_public()
    everybody = [tenant.slug for tenant in ActiveTenantsScheduler.get_queryset()]
    set_status(own_database, "beta", "suspended")

    assert everybody == ["alpha", "beta"]
    assert [tenant.slug for tenant in ActiveTenantsScheduler.get_queryset()] == ["alpha"]
