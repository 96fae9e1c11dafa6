"""What the table of a team reads is its own people's: the rest of the company, and the years, cost it nothing."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.base.month import Month
from apps.deals.models import DealState
from apps.reviews import queries
from apps.reviews.scope import Scope
from tests import factories
from tests.tenancy.served import as_owner


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:  # a few rows are read and sorted faster than an index is
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_stocks_of_a_team_are_read_from_an_index_by_its_people(own_database):
    team = factories.make_team()
    member, rep = factories.make_user(team=team), factories.make_user()
    month = Month.of(timezone.localdate())
    factories.make_deal(member, plan="標準", expected_month=month)
    now, zone = timezone.now(), timezone.get_current_timezone()
    others = factories.make_deal(rep).states.get()
    DealState.objects.bulk_create(
        DealState(
            deal=others.deal,
            company=others.company,
            owner=rep,
            stage="topic",
            expected_month=month,
            valid_from=now,
        )
        for _ in range(500)
    )
    with as_owner(own_database) as owner:  # the tenant's role may not
        owner.execute("ANALYZE t_alpha.deals_dealstate")

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        queries.stocks_of(Scope.of_team(team), [month], now, zone)
        plan = plan_of(captured[-1]["sql"])

    assert len(re.findall(r"on deals_dealstate .*\n +Index Cond: \(+owner_id", plan)) == 2, plan


@pytest.mark.django_db
def test_an_index_holds_until_when_a_state_is_true_as_the_table_asks_it(rep):
    until = "coalesce(s.valid_until, 'infinity')"

    plan = plan_of(
        "SELECT 1 FROM deals_dealstate s WHERE s.stage IN ('deal', 'topic', 'prospect')"
        f" ORDER BY s.owner_id, {until}"
    )

    assert f"{until} > p.at" in queries._STOCKS
    assert "using standing_of_owner" in plan
