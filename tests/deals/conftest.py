import pytest

from apps.deals.models import LostReason
from apps.deals.vocabulary import Cause
from tests import factories
from tests.deals.dealing import WHOLE, opened


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def reason(db):
    return LostReason.objects.filter(cause=Cause.COMPETITION).first()


@pytest.fixture
def deal(rep, company):
    return factories.make_deal(rep, company=company, **WHOLE)


@pytest.fixture
def whole(rep, company):
    """A 商談 of the rep, opened on 1 September."""
    return opened(rep, company, **WHOLE)
