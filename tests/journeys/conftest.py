import os

import pytest

from apps.accounts.vocabulary import Role
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import database, factories
from tests.conftest import connected_to

REP = "rep@test.example"


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
def base(alpha, django_db_blocker):
    """The address of tenant alpha on a server with a database of its own, where a rep works in a team."""
    with (
        database.copied() as addresses,
        django_db_blocker.unblock(),
        connected_to(addresses),
        browsers.served(addresses) as port,
    ):
        with inside(alpha):
            team = factories.make_team("営業一課")
            factories.make_user(Role.FIELD_SALES, name="青木 健", team=team, email=REP)
        yield f"http://alpha.localhost:{port}"


@pytest.fixture(params=[browsers.DESKTOP, browsers.PHONE], ids=["desktop", "phone"])
def window(request, browser, base):
    """A rep's browser, logged in; at the end it must have seen no error and asked no other host."""
    window = browsers.opened(browser, base, request.param)
    window.log_in(REP, factories.PASSWORD)
    yield window
    window.context.close()
    assert window.faults == []
