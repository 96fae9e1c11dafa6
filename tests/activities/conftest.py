from datetime import timedelta

import pytest
from django.utils import timezone

from apps.activities import operations
from apps.activities.models import Visit
from apps.base.month import Month
from tests import factories
from tests.activities.visiting import ISSUES


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("東雲ロジスティクス")


@pytest.fixture
def deal(rep, company):
    """話題: price and timing are known."""
    return factories.make_deal(
        rep, company=company, amount=500_000, expected_month=Month.of(timezone.localdate())
    )


@pytest.fixture
def visit(rep, company, deal):
    """An hour ago, not yet reported."""
    starts_at = timezone.now() - timedelta(hours=1)
    return factories.make_visit(rep, company=company, deal=deal, starts_at=starts_at)


@pytest.fixture
def prepared(visit, rep):
    operations.prepare_visit(visit, goal="プランを決める", issues=ISSUES, by=rep, at=timezone.now())
    return Visit.objects.get(pk=visit.pk)
