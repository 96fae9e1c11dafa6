import pytest

from tests.tenancy.canary import planted


@pytest.fixture
def in_alpha(db, alpha):
    """What stands in tenant alpha."""
    return planted(alpha)


@pytest.fixture
def in_beta(db, beta):
    """What stands in tenant beta."""
    return planted(beta)
