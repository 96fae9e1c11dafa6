"""The demo tenant: small here, but made by the same road."""

from collections import Counter
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.vocabulary import Role
from apps.actions.models import Capture
from apps.activities.models import DayTally, ExpectedIssue, Follow, IssueKind, Visit
from apps.activities.operations import retally
from apps.activities.vocabulary import Turnout, VisitStatus
from apps.base.month import Month
from apps.customers.models import Company
from apps.deals.models import Deal, DealChange, Milestone
from apps.deals.vocabulary import Stage
from apps.goals.models import MonthlyGoal
from apps.integrations.demo import people, seeding
from apps.reviews.queries import board
from apps.reviews.scope import Scope
from apps.tenancy.context import inside
from tests import database, factories
from tests.conftest import connected_to

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 14, 14, 20, tzinfo=TOKYO)
"""A Wednesday afternoon."""
MONTHS = [*(Month.of(NOW) - seeding.FULL_MONTHS).range(seeding.FULL_MONTHS + 1)]


@pytest.fixture(scope="module")
def demo(alpha, django_db_blocker):
    """A demo of a twentieth, for all tests here: in a database of its own, so that each finds it whole."""
    with (
        django_db_blocker.unblock(),
        database.copied() as addresses,
        connected_to(addresses),
        inside(alpha),
    ):
        seeding.seed(now=NOW, scale=1 / 20, say=lambda what: None)
        yield


def table(scope):
    return board(scope, months=MONTHS, as_of=NOW, zone=TOKYO)


def test_it_is_filled_once(demo):
    deals = Deal.objects.count()

    with pytest.raises(seeding.AlreadySeeded):
        seeding.seed(now=NOW)

    assert Deal.objects.count() == deals


@pytest.mark.django_db
def test_a_tenant_with_deals_of_its_own_is_left_alone(rep):
    factories.make_deal(rep)

    with pytest.raises(seeding.NotEmpty):
        seeding.seed(now=NOW)

    assert Company.objects.count() == 1


def test_the_tallies_equal_a_recount(demo):
    kept = sorted(DayTally.objects.values_list("owner", "day", "follows", "visits"))

    retally()

    assert sorted(DayTally.objects.values_list("owner", "day", "follows", "visits")) == kept


def test_lines_became_records_that_keep_them_as_they_were_written(demo):
    kept = [capture.follow.body for capture in Capture.objects.select_related("follow")]

    assert len(kept) > 3
    assert all(any(said in body for said in ("電話 10分", "返信あり", "不在")) for body in kept)


def test_every_row_of_the_organisations_table_shows_something(demo):
    empty = [str(line.row) for line in table(Scope()).lines if not any([*line.values, line.undated])]

    assert empty == []


def test_issues_of_every_kind_and_of_none_were_expected_and_came_in_each_way(demo):
    marked = ExpectedIssue.objects.exclude(turnout="")

    assert set(marked.values_list("kind", flat=True)) == {
        None,
        *IssueKind.objects.values_list("pk", flat=True),
    }
    assert set(marked.values_list("turnout", flat=True)) == set(Turnout.values)


def test_every_open_deal_has_its_axes_and_a_rank(demo):
    ranked = {(deal.axes, bool(deal.rank)) for deal in Deal.objects.filter(stage=Stage.DEAL)}

    assert ranked == {((True, True, True), True)}


def test_everything_happens_in_working_time(demo):
    working = accounts.working_time()
    moments = [
        *Follow.objects.values_list("happened_at", flat=True),
        *Visit.objects.values_list("starts_at", flat=True),
        *DealChange.objects.values_list("at", flat=True),
    ]

    outside = [
        at
        for at in map(timezone.localtime, moments)
        if not working.is_working_day(at.date()) or not time(9) <= at.time() < time(18)
    ]

    assert outside == []


def test_nothing_is_known_of_the_future_but_what_is_planned(demo):
    ahead = Visit.objects.filter(starts_at__gt=NOW)

    assert not Follow.objects.filter(happened_at__gt=NOW).exists()
    assert not DealChange.objects.filter(at__gt=NOW).exists()
    assert set(ahead.values_list("status", flat=True)) == {VisitStatus.PLANNED}


def test_reports_are_still_owed(demo):
    assert Visit.objects.filter(status=VisitStatus.PLANNED, starts_at__lte=NOW).exists()


def test_an_unreported_visit_has_told_its_deal_nothing(demo):
    owed = Visit.objects.filter(status=VisitStatus.PLANNED, starts_at__lte=NOW, deal__isnull=False)

    assert [v for v in owed if v.deal.changes.filter(at__gte=v.starts_at).exists()] == []


def test_twelve_reps_sell_in_three_teams(demo):
    reps = accounts.reps()
    teams = Counter(team for rep in reps for team in accounts.teams_of(rep, on=NOW.date()))

    assert (reps.count(), sorted(teams.values())) == (12, [4, 4, 4])


def test_every_rep_has_a_goal_for_each_month_of_the_fiscal_year(demo):
    year = [*Month(2026, 7).range(12)]

    counted = Counter(MonthlyGoal.objects.filter(month__in=year).values_list("month", flat=True))

    assert counted == dict.fromkeys(year, 12)


def test_one_login_of_each_role_opens_with_the_printed_password(demo):
    opened = [
        User.objects.get(email=email).check_password(password) for email, password, _ in people.logins()
    ]
    roles = {tuple(User.objects.get(email=email).roles) for email, *_ in people.logins()}

    assert opened == [True] * len(Role)
    assert roles == {(role,) for role in Role}


def test_who_left_left_nothing_open(demo):
    gone = User.objects.get(email="yano@demo.example")

    assert not gone.is_active
    assert Milestone.objects.filter(owner=gone).exists()
    assert not Deal.objects.open().filter(owner=gone).exists()


def test_the_logins_are_printed_one_a_line(capsys):
    call_command("demo_logins")

    printed = [tuple(line.split(maxsplit=2)) for line in capsys.readouterr().out.splitlines()]
    assert printed == list(people.logins())
