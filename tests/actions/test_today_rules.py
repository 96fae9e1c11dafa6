from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.rules import WorkingTime
from apps.actions import rules

SHARES = (2, 1, 3, 2, 1, 1)
counts = st.lists(st.integers(0, 30), min_size=6, max_size=6)


@given(counts)
def test_no_more_rows_than_the_page_names_and_none_left_out_while_there_is_room(of):
    seats = rules.seated(of, SHARES)

    assert sum(seats) == min(rules.ROWS, sum(of))
    assert all(seat <= count for seat, count in zip(seats, of, strict=True))


@given(counts)
def test_each_kind_keeps_its_share_but_the_last_give_way_to_questions(of):
    seats = rules.seated(of, SHARES)

    kept = [seat >= min(count, share) for seat, count, share in zip(seats, of, SHARES, strict=True)]
    assert all(kept[:4])
    assert all(kept[4:]) or sum(seats) == rules.ROWS
    assert all(kept) or of[0]


@pytest.mark.parametrize(
    ("silent_days", "has_next_action", "still"),
    [(13, True, False), (14, True, True), (0, False, True), (0, True, False)],
)
def test_a_deal_stands_still_after_fourteen_days_or_without_a_next_action(
    silent_days, has_next_action, still
):
    assert rules.stands_still(silent_days=silent_days, has_next_action=has_next_action) is still


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2026, 11, 25), date(2026, 11, 23)),  # listed on Monday, a holiday; Tuesday was the day
        (date(2026, 11, 20), date(2026, 11, 18)),  # Wednesday; Thursday was the day
        (date(2026, 11, 24), date(2026, 11, 19)),  # after a long weekend: Friday was the day
    ],
)
def test_a_lead_has_one_working_day_for_the_first_contact(today, late):
    time = WorkingTime(closed_on=frozenset({date(2026, 11, 23)}))

    assert rules.late_since(time, today) == late


@pytest.mark.parametrize(
    ("today", "begin"),
    [
        (date(2026, 11, 21), [date(2026, 12, 1), date(2027, 1, 1)]),
        (date(2026, 12, 1), [date(2027, 1, 1)]),  # 1 February is 62 days away, and December has begun
        (date(2026, 12, 3), [date(2027, 1, 1), date(2027, 2, 1)]),  # 60 days
        (date(2026, 12, 2), [date(2027, 1, 1)]),  # 61 days
        (date(2027, 1, 31), [date(2027, 2, 1), date(2027, 3, 1), date(2027, 4, 1)]),
    ],
)
def test_the_months_that_begin_within_sixty_days_go_over_the_end_of_the_year(today, begin):
    assert rules.days_buying_begins(today) == begin


@pytest.mark.parametrize(
    ("done", "target", "percent", "low"),
    [(4, 10, 40, False), (3, 10, 30, True), (5, None, 0, False), (0, 0, 0, False)],
)
def test_a_pace_is_low_below_four_fifths_of_the_month_gone(done, target, percent, low):
    pace = rules.Pace(done, target, Fraction(1, 2))

    assert (pace.percent, pace.is_low) == (percent, low)
