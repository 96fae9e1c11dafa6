import pytest
from django.urls import reverse
from django.utils import timezone

from apps.base.month import Month
from apps.base.refusal import Forbidden, Stale
from apps.goals import operations
from apps.goals.models import MonthlyGoal
from tests import factories

OCTOBER = Month(2026, 10)


def url(rep):
    return reverse("goals:month", args=[rep.pk, str(OCTOBER)])


def test_a_manager_types_targets_and_benchmarks(logged_in, manager, rep):
    response = logged_in(manager).post(
        url(rep), {"sales": "600万", "orders": "8", "benchmark_unit_price": "70万円"}
    )

    goal = MonthlyGoal.objects.get(rep=rep, month=OCTOBER)
    assert response.status_code == 302
    assert (goal.sales, goal.orders, goal.visits, goal.benchmarks) == (
        6_000_000,
        8,
        None,
        {"unit_price": 700_000},
    )


def test_a_rep_does_not_set_goals_and_nothing_is_written(logged_in, rep):
    response = logged_in(rep).post(url(rep), {"sales": "1"})

    assert response.status_code == 403
    assert MonthlyGoal.objects.count() == 0


def test_a_manager_does_not_set_another_teams_goals(manager, stranger):
    with pytest.raises(Forbidden):
        operations.set_monthly_goal(
            stranger, month=OCTOBER, targets={"sales": 1}, by=manager, at=timezone.now()
        )


def test_a_goal_changed_meanwhile_is_not_overwritten(admin, rep):
    given = {"by": admin, "at": timezone.now()}
    operations.set_monthly_goal(rep, month=OCTOBER, targets={"sales": 1}, **given)
    operations.set_monthly_goal(rep, month=OCTOBER, targets={"sales": 2}, version=1, **given)

    with pytest.raises(Stale):
        operations.set_monthly_goal(rep, month=OCTOBER, targets={"sales": 3}, version=1, **given)
    assert MonthlyGoal.objects.get().sales == 2


def test_what_is_not_named_stays(admin, rep):
    given = {"by": admin, "at": timezone.now()}
    operations.set_monthly_goal(rep, month=OCTOBER, targets={"sales": 1, "visits": 2}, **given)
    goal = operations.set_monthly_goal(rep, month=OCTOBER, targets={"visits": None}, **given)

    assert (goal.sales, goal.visits) == (1, None)


@pytest.mark.parametrize("typed", ["なし", "-1", "1.5", "99999999999999"])
def test_a_number_that_is_none_is_refused_with_a_sentence(logged_in, manager, rep, typed):
    response = logged_in(manager).post(url(rep), {"sales": typed})

    assert response.status_code == 200
    assert response.context["form"].errors["sales"]
    assert MonthlyGoal.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_costs_the_same_for_any_number_of_people(
    logged_in, manager, team, count, django_assert_num_queries
):
    for _ in range(count):
        factories.make_user("field_sales", team=team)
    browser = logged_in(manager)

    with django_assert_num_queries(10):
        browser.get(reverse("goals:months"))


def test_the_month_before_is_proposed_and_not_saved(logged_in, manager, rep):
    given = {"by": manager, "at": timezone.now()}
    operations.set_monthly_goal(rep, month=OCTOBER - 1, targets={"sales": 5_000_000}, **given)

    response = logged_in(manager).get(url(rep) + "?copy")

    assert response.context["form"].initial["sales"] == 5_000_000
    assert MonthlyGoal.objects.count() == 1
