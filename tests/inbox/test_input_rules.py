"""Time counts once, and never more than there was."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inbox.rules import NONE, Counted, Spent, days_back, input_time, offline_time, weeks_back

OPENED = datetime(2026, 10, 15, 9, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def after(count: float) -> datetime:
    return OPENED + seconds(count)


@pytest.mark.parametrize(
    ("said", "gap", "counts"),
    [(40, 60, 40), (90, 60, 60), (5, 0, 0), (5, -3, 0)],
    ids=["used less than it was open", "more than it was open", "sent at once", "sent before it was opened"],
)
def test_what_counts_lies_between_opening_and_sending(said, gap, counts):
    assert input_time(seconds(said), opened_at=OPENED, sent_at=after(gap)) == seconds(counts)


@pytest.mark.parametrize(
    ("other", "counts"),
    [
        (Counted(after(50), seconds(20)), 40),
        (Counted(after(10), seconds(300)), 50),
        (Counted(after(0), seconds(300)), 60),
        (Counted(after(60), seconds(60)), 0),
    ],
    ids=["within", "began long before", "sent before the opening", "the whole stretch"],
)
def test_what_another_form_counts_of_the_stretch_counts_once(other, counts):
    assert input_time(seconds(60), opened_at=OPENED, sent_at=after(60), others=[other]) == seconds(counts)


def test_opened_offline_a_form_counts_ten_minutes_however_often_it_is_sent():
    first = offline_time(timedelta(minutes=7), before=NONE)
    second = offline_time(timedelta(minutes=7), before=first)
    third = offline_time(timedelta(minutes=7), before=first + second)

    assert [first, second, third] == [timedelta(minutes=7), timedelta(minutes=3), NONE]


spans = st.tuples(st.integers(0, 500), st.integers(0, 200), st.integers(-5, 900))


@given(st.lists(spans, max_size=12))
def test_all_forms_together_never_count_more_than_the_time_that_one_of_them_was_open(forms):
    """In whatever order they are sent: a person has two hands."""
    counted, open_at = [], set()
    for begin, length, said in forms:
        time = input_time(
            seconds(said), opened_at=after(begin), sent_at=after(begin + length), others=counted
        )
        assert NONE <= time <= max(NONE, min(seconds(said), seconds(length)))
        counted.append(Counted(after(begin + length), time))
        open_at |= set(range(begin, begin + length))

    assert sum((form.time for form in counted), NONE) <= seconds(len(open_at))


@given(st.lists(st.integers(0, 4_000), max_size=8))
def test_offline_never_more_than_ten_minutes(sendings):
    total = NONE
    for said in sendings:
        total += offline_time(seconds(said), before=total)

    assert NONE <= total <= timedelta(minutes=10)


THURSDAY = date(2026, 10, 15)


def test_days_without_input_stand_among_the_others():
    spent = {date(2026, 10, 14): Spent(date(2026, 10, 14), seconds(90), 3, 1)}

    assert [(day.on.day, day.time) for day in days_back(spent, today=THURSDAY, count=3)] == [
        (15, NONE),
        (14, seconds(90)),
        (13, NONE),
    ]


def test_a_week_is_the_mean_of_its_days_with_input():
    spent = {
        day: Spent(day, seconds(time), records, 1)
        for day, time, records in [
            (date(2026, 10, 12), 60, 2),
            (date(2026, 10, 15), 120, 4),
            (date(2026, 10, 11), 30, 1),
        ]
    }

    this, last, before = weeks_back(spent, today=THURSDAY, count=3)

    assert (this.on, this.per_day, this.per_record) == (date(2026, 10, 12), seconds(90), seconds(30))
    assert (last.on, last.time) == (date(2026, 10, 5), seconds(30))
    assert (before.per_day, before.per_record) == (None, None)
