"""A rep with the page open, and whom the lines are about."""

import pytest

from tests import factories


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("青葉フーズ", reading="あおばふーず")
