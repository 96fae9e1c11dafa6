from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection

from apps.accounts.vocabulary import Role
from apps.tenancy import queries
from apps.tenancy.context import inside
from tests import database, factories
from tests.client import TenantClient

# ── the database: one copy per worker, tests inside a transaction in tenant alpha ──────────────────


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    with database.copied() as addresses, django_db_blocker.unblock(), connected_to(addresses):
        yield


@pytest.fixture(scope="session")
def alpha(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return queries.named("alpha")


@pytest.fixture(scope="session")
def beta(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return queries.named("beta")


@pytest.fixture
def db(_django_db_helper, alpha):
    """The database, in tenant alpha, through the same walls as in production; rolled back afterwards."""
    with inside(alpha):
        yield


@pytest.fixture
def own_database(alpha, django_db_blocker):
    """A database of this test's own, in tenant alpha, for what has to commit: locks, threads, workers."""
    unblocked = django_db_blocker.unblock()
    with database.copied() as addresses, unblocked, connected_to(addresses), inside(alpha):
        yield addresses


@pytest.fixture(autouse=True)
def _database_where_marked(request):
    if marker := request.node.get_closest_marker("django_db"):
        if marker.kwargs.get("transaction"):
            pytest.fail("transaction=True would empty every tenant; use the fixture own_database")
        request.getfixturevalue("db")


@pytest.fixture
def client(db, alpha):
    return TenantClient(alpha)


@pytest.fixture
def client_at(db):
    """A browser at the host of any tenant."""
    return TenantClient


@contextmanager
def connected_to(addresses):
    """All connections of this process lead into that database, and back again afterwards."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = urlsplit(addresses["DATABASE_URL"]).path.rpartition("/")[2]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


# ── people of tenant alpha ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def team(db):
    return factories.make_team("営業一課")


@pytest.fixture
def rep(team):
    return factories.make_user(Role.FIELD_SALES, name="青木 健", team=team)


@pytest.fixture
def colleague(team):
    """Sells in the same team as the rep."""
    return factories.make_user(Role.FIELD_SALES, name="馬場 優", team=team)


@pytest.fixture
def stranger(db):
    """Sells in another team."""
    return factories.make_user(Role.INSIDE_SALES, name="千葉 遥", team=factories.make_team("別の課"))


@pytest.fixture
def manager(team):
    return factories.make_user(Role.MANAGER, name="土井 課長", team=team)


@pytest.fixture
def executive(db):
    return factories.make_user(Role.EXECUTIVE, name="江口 社長")


@pytest.fixture
def admin(db):
    return factories.make_user(Role.ADMIN, name="福田 管理")


@pytest.fixture
def logged_in(alpha):
    """A browser of this person at alpha's host."""

    def browser(user):
        client = TenantClient(alpha)
        client.force_login(user)
        return client

    return browser
