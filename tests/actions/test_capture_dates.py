"""Date words against a calendar, on any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.actions.capture import dates

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
WEEKDAYS = st.integers(0, 6)
THURSDAY = date(2026, 10, 15)


def the_day(words, today):
    (day,) = dates.days(words, today)
    return day.on


@given(
    today=DAYS,
    weekday=WEEKDAYS,
    form=st.sampled_from(["来週{}", "来週の{}曜日", "来週{}曜", "らいしゅう{}曜"]),
)
def test_a_weekday_of_next_week_lies_in_the_week_that_begins_next_monday(today, weekday, form):
    day = the_day(form.format(dates.WEEKDAYS[weekday]), today)

    assert day.weekday() == weekday
    assert day.isocalendar()[:2] == (today + timedelta(weeks=1)).isocalendar()[:2]


@given(today=DAYS, weekday=WEEKDAYS)
def test_a_weekday_of_the_week_after_next(today, weekday):
    day = the_day(f"再来週{dates.WEEKDAYS[weekday]}曜", today)

    assert day.weekday() == weekday
    assert day.isocalendar()[:2] == (today + timedelta(weeks=2)).isocalendar()[:2]


@given(today=DAYS, weekday=WEEKDAYS)
def test_a_weekday_alone_is_the_next_after_today(today, weekday):
    day = the_day(f"{dates.WEEKDAYS[weekday]}曜", today)

    assert day.weekday() == weekday
    assert 1 <= (day - today).days <= 7


@given(today=DAYS, day=st.integers(1, 31))
def test_a_day_of_the_month_is_the_next_such_day_not_before_today(today, day):
    on = the_day(f"{day}日", today)

    assert on.day == day
    assert on >= today
    between = (today + timedelta(days=n) for n in range((on - today).days))
    assert all(other.day != day for other in between)


@given(today=DAYS, other=DAYS)
def test_a_date_without_year_is_the_next_such_date_and_in_the_past_tense_the_latest(today, other):
    (day,) = dates.days(f"{other.month}/{other.day}", today)

    assert (day.on.month, day.on.day) == (day.back.month, day.back.day) == (other.month, other.day)
    assert day.back < today <= day.on


@given(today=DAYS, count=st.integers(1, 60))
def test_days_and_weeks_on_and_back(today, count):
    assert the_day(f"{count}日後", today) == today + timedelta(days=count)
    assert the_day(f"{count}週間後", today) == today + timedelta(weeks=count)
    assert the_day(f"{count}日前", today) == today - timedelta(days=count)


@given(today=DAYS)
def test_the_ends_of_months(today):
    end, after = the_day("月末", today), the_day("来月末", today)

    assert (end + timedelta(days=1)).day == 1
    assert (end.year, end.month) == (today.year, today.month)
    assert (after + timedelta(days=1)).day == 1
    assert the_day("来月頭", today) == the_day("月初", today) == end + timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("明日", date(2026, 10, 16)),
        ("あさって", date(2026, 10, 17)),
        ("来週", date(2026, 10, 19)),
        ("再来週", date(2026, 10, 26)),
        ("週明け", date(2026, 10, 19)),
        ("今週中", date(2026, 10, 16)),
        ("来週中", date(2026, 10, 23)),
        ("今週金曜", date(2026, 10, 16)),
        ("木曜", date(2026, 10, 22)),
        ("先週木曜", date(2026, 10, 8)),
        ("月末", date(2026, 10, 31)),
        ("今月中", date(2026, 10, 31)),
        ("来月末", date(2026, 11, 30)),
        ("来月初め", date(2026, 11, 1)),
        ("19日(月)", date(2026, 10, 19)),
        ("14日", date(2026, 11, 14)),
        ("11月4日", date(2026, 11, 4)),
        ("10/1", date(2027, 10, 1)),
        ("年明け", date(2027, 1, 4)),
        ("年内", date(2026, 12, 28)),
        ("来月5日", date(2026, 11, 5)),
        ("2027年2月3日", date(2027, 2, 3)),
        ("十九日", date(2026, 10, 19)),
    ],
)
def test_date_words_on_a_thursday(words, day):
    assert the_day(words, THURSDAY) == day


@pytest.mark.parametrize(
    "words", ["3日間", "2日目", "14時30分", "毎月曜", "3回目", "31/31", "明日香", "日本"]
)
def test_what_is_no_day_stays_text(words):
    assert dates.days(words, THURSDAY) == []


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("12月導入", date(2026, 12, 1)),
        ("1月発注", date(2027, 1, 1)),
        ("来月決裁", date(2026, 11, 1)),
        ("年内", date(2026, 12, 1)),
        ("来期から", date(2027, 7, 1)),
        ("来年4月", date(2027, 4, 1)),
        ("3ヶ月後", date(2027, 1, 1)),
    ],
)
def test_months_of_an_order(words, month):
    (found,) = dates.months(words, THURSDAY, fiscal_year_starts=7)

    assert found.first == month
