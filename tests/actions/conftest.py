"""A rep with the page open, and whom the lines are about."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests import factories


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("青葉フーズ", reading="あおばふーず")


@pytest.fixture
def sato(company):
    return factories.make_contact(company, name="佐藤 健一", reading="さとう けんいち", title="営業部長")


@pytest.fixture
def deal(rep, company):
    opened = datetime(2026, 10, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
    return factories.make_deal(rep, company=company, opened=opened, plan="スタンダード", amount=600_000)
