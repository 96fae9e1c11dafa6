import os

import pytest

from apps.accounts.vocabulary import Role
from apps.inbox.models import Draft
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import database, factories
from tests.conftest import connected_to
from tests.journeys.network import Network

REP, OTHER = "rep@test.example", "other@test.example"


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser():
    if not browsers.chromium():
        if os.environ.get("BATON_JOURNEYS") == "required":
            pytest.fail("there is no chromium, and the journeys are required here")
        pytest.skip("there is no chromium: apt-get install chromium fonts-noto-cjk")
    # Playwright runs its own loop in this thread, which makes Django think that we were in one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with browsers.launched() as launched:
        yield launched


@pytest.fixture(scope="session")
def server(alpha, django_db_blocker):
    """A server with a database of its own, where a rep of tenant alpha works in a team."""
    with (
        database.copied() as addresses,
        django_db_blocker.unblock(),
        connected_to(addresses),
        browsers.served(addresses) as server,
    ):
        with inside(alpha):
            team = factories.make_team("営業一課")
            factories.make_user(Role.FIELD_SALES, name="青木 健", team=team, email=REP)
            factories.make_user(Role.FIELD_SALES, name="馬場 優", email=OTHER)
        yield server


@pytest.fixture(scope="session")
def base(server):
    """The address of tenant alpha."""
    return f"http://alpha.localhost:{server.port}"


@pytest.fixture(params=[browsers.DESKTOP, browsers.PHONE], ids=["desktop", "phone"])
def window(request, browser, base):
    """A rep's browser, logged in; at the end it must have seen no error and asked no other host."""
    window = browsers.opened(browser, base, request.param)
    window.log_in(REP, factories.PASSWORD)
    yield window
    window.context.close()
    assert window.faults == []


@pytest.fixture(autouse=True)
def _no_drafts(base, alpha):
    """What another journey began to write is none of this one's."""
    with inside(alpha):
        Draft.objects.all().delete()


@pytest.fixture(scope="session")
def network(server):
    """Between browser and server, so that it can be cut."""
    with Network(server.port) as network:
        yield network


@pytest.fixture(scope="session")
def through(network):
    return f"http://alpha.localhost:{network.port}"


@pytest.fixture(params=[browsers.DESKTOP, browsers.PHONE], ids=["desktop", "phone"])
def kept_window(request, browser, through, network):
    """A rep's browser with its service worker, behind a network that can be cut."""
    window = browsers.opened(browser, through, request.param, service_workers="allow")
    window.log_in(REP, factories.PASSWORD)
    yield window
    network.mend()
    window.context.close()
    assert window.faults == []
