from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.base.month import Month
from apps.reviews import periods

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("first", "length", "name"),
    [
        ("2026-07", 6, "2026年度 上期"),
        ("2027-01", 6, "2026年度 下期"),
        ("2026-07", 12, "2026年度"),
        ("2026-08", 3, "2026年8月 – 2026年10月"),
        ("2026-08", 1, "2026年8月"),
    ],
)
def test_a_period_is_called_by_its_half_or_year(first, length, name):
    assert periods.name(list(Month.parse(first).range(length)), year_starts=7) == name


@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 7, 1), 2026), (date(2027, 6, 30), 2026), (date(2027, 7, 1), 2027)]
)
def test_the_years_around_the_day_are_offered_latest_first(today, year):
    names = [period.name for period in periods.offered(today, year_starts=7)]

    assert names == [f"{n}年度{part}" for n in (year + 1, year, year - 1) for part in ("", " 下期", " 上期")]


@pytest.mark.parametrize(
    ("now", "come"),
    [
        (datetime(2026, 10, 1, 0, 0, tzinfo=TOKYO), [True, False, False]),
        (datetime(2026, 10, 15, 23, 59, tzinfo=TOKYO), [True, False, False]),
        (datetime(2026, 10, 16, 0, 0, tzinfo=TOKYO), [True, True, False]),
        (datetime(2026, 11, 1, 0, 0, tzinfo=TOKYO), [True, True, True]),
    ],
)
def test_only_moments_that_have_come_can_be_asked_for(now, come):
    found = periods.moments(Month(2026, 10), now=now, zone=TOKYO)

    assert [moment.as_of for moment in found] == ["2026-10-01T00:00", "2026-10-15", "2026-10-31"]
    assert [moment.come for moment in found] == come
