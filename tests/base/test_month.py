"""A calendar month, in Python, in a form and in the database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import SYSTEM
from apps.base.forms import MonthInputField
from apps.base.models import MonthField
from apps.base.month import Month
from apps.goals import operations as goals
from apps.goals.models import MonthlyGoal
from tests import factories

OCTOBER = Month(2026, 10)
months = st.builds(Month, st.integers(1950, 2150), st.integers(1, 12))
spans = st.integers(-400, 400)
zones = st.sampled_from(["Asia/Tokyo", "UTC", "Europe/Berlin", "America/New_York"]).map(ZoneInfo)


@given(months)
def test_a_month_is_read_as_it_is_written(month):
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize(
    "text",
    ["", "2026-1", "2026-13", "2026-00", "2026-10-01", " 2026-10", "２０２６-10", "1899-12", "2201-01", "x"],
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="not a"):
        Month.parse(text)


@given(months, spans, spans)
def test_months_add_up(month, one, other):
    assert (month + one) + other == month + (one + other)
    assert month + one - one == month
    assert month.until(month + one) == one


@given(months, st.integers(0, 40))
def test_a_range_is_month_after_month(month, length):
    row = list(month.range(length))

    assert row == sorted(row) == [month + n for n in range(length)]


@given(months, zones)
def test_a_month_ends_where_the_next_one_begins(month, zone):
    assert month.ends_at(zone) == (month + 1).starts_at(zone)
    assert Month.of(month.starts_at(zone)) == month
    assert (
        Month.of((month.ends_at(zone).astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone)) == month
    )


def test_a_month_of_a_moment_is_that_of_its_own_zone():
    moment = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)

    assert (Month.of(moment), Month.of(moment.astimezone(ZoneInfo("Asia/Tokyo")))) == (
        Month(2026, 9),
        OCTOBER,
    )


@pytest.mark.parametrize("text", ["2026-10", " 2026-10 ", "２０２６－１０"])
def test_a_field_understands_wide_digits_and_blanks(text):
    assert MonthInputField().clean(text) == OCTOBER


@pytest.mark.parametrize("text", ["2026-13", "10月", "2026/10", "0000-01"])
def test_a_field_says_how_a_month_is_written(text):
    with pytest.raises(ValidationError, match="2026-10"):
        MonthInputField().clean(text)


@pytest.mark.parametrize("given", [OCTOBER, date(2026, 10, 1), date(2026, 10, 31), "2026-10", "2026-10-15"])
def test_a_column_takes_whatever_names_the_month(given):
    assert MonthField().get_prep_value(given) == date(2026, 10, 1)


def test_a_column_keeps_its_months_first_day(db):
    rep = factories.make_user()
    goals.set_monthly_goal(
        rep, month=OCTOBER, targets={"sales": 1}, by=SYSTEM, at=datetime(2026, 10, 2, tzinfo=UTC)
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM goals_monthlygoal")
        assert cursor.fetchall() == [(date(2026, 10, 1),)]
    assert MonthlyGoal.objects.get(month=OCTOBER).month == OCTOBER
    assert MonthlyGoal.objects.filter(month__gt=OCTOBER - 1, month__lt=OCTOBER + 1).count() == 1
