import pytest

from tests import factories


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)
