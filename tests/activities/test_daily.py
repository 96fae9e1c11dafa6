"""日報: a day collects itself, and its report counts by the close of the next working day."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.rules import WorkingTime
from apps.accounts.vocabulary import Role
from apps.activities import daily_queries as queries
from apps.activities import daily_rules as rules
from apps.activities import operations
from apps.activities.vocabulary import FollowKind, FollowOutcome
from apps.deals import operations as deals
from tests import factories
from tests.activities.october import JST, NOW, TODAY, at


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


# ── the rule ───────────────────────────────────────────────────────────────────────────────────────

calendars = st.builds(
    WorkingTime,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    closes_at=st.times(min_value=time(10), max_value=time(23, 30)).map(lambda t: t.replace(microsecond=0)),
    closed_on=st.frozensets(st.dates(date(2026, 10, 1), date(2026, 10, 20)), max_size=6),
)
days = st.dates(date(2026, 10, 1), date(2026, 10, 31))
moments = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: datetime(2026, 10, 1, tzinfo=JST) + timedelta(minutes=minutes)
)


@given(sent_at=moments, day=days, time=calendars)
def test_a_report_counts_until_the_close_of_the_first_working_day_after_its_own(sent_at, day, time):
    later = (day + timedelta(days=n) for n in range(1, 60))
    closing = next(
        datetime.combine(on, time.closes_at, JST)
        for on in later
        if on.weekday() in time.weekdays and on not in time.closed_on
    )

    assert rules.counts(sent_at, day, time, JST) == (sent_at <= closing)


def test_fridays_report_counts_until_monday_evening():
    friday = date(2026, 10, 16)

    assert rules.counts(at(19, 18), friday, WorkingTime(), JST)
    assert not rules.counts(at(19, 18, 1), friday, WorkingTime(), JST)


def test_of_the_working_days_of_a_span_those_sent_in_time_are_counted(rep):
    factories.make_daily(rep, day=date(2026, 10, 13), at=at(14, 18))  # just in time
    factories.make_daily(rep, day=date(2026, 10, 14), at=at(14, 19))
    factories.make_daily(
        rep, day=date(2026, 10, 9), at=at(14, 9)
    )  # counted until the 13th: the 12th is a holiday
    factories.make_daily(rep, day=date(2026, 10, 11), at=at(13, 9))  # a Sunday

    found = queries.reports_in_time(rep, date(2026, 10, 8), date(2026, 10, 14))

    assert found == queries.InTime(days=4, sent=2)


# ── the day ────────────────────────────────────────────────────────────────────────────────────────


def test_the_day_collects_follows_by_kind_and_outcome_with_the_minutes_talked(rep, colleague):
    factories.make_follow(rep, happened_at=at(15), talk_seconds=600)
    factories.make_follow(rep, happened_at=at(15), talk_seconds=300)
    factories.make_follow(rep, happened_at=at(15), outcome="absent")
    factories.make_follow(rep, happened_at=at(15), kind="email", outcome="sent")
    factories.make_follow(rep, happened_at=at(15), kind="email", outcome="replied", direction="in")
    factories.make_follow(rep, happened_at=at(14))
    factories.make_follow(colleague, happened_at=at(15))
    operations.trash_activity(factories.make_follow(rep, happened_at=at(15)), by=rep, at=NOW)

    day = queries.day_of(rep, TODAY)

    assert day.followed == {
        FollowKind.CALL: {FollowOutcome.CONNECTED: 2, FollowOutcome.ABSENT: 1},
        FollowKind.EMAIL: {FollowOutcome.SENT: 1},
    }
    assert (day.follows, day.answered, day.talk_minutes) == (4, 1, 15)


def test_the_day_holds_its_visits_with_their_reports_but_none_called_off(rep):
    first = factories.make_visit(rep, starts_at=at(15, 10))
    second = factories.make_visit(rep, starts_at=at(15, 14), status="done")
    operations.report_visit(second, result="前向き", by=rep, at=NOW)
    factories.make_visit(rep, starts_at=at(15, 16), status="cancelled")
    factories.make_visit(rep, starts_at=at(16))

    visits = queries.day_of(rep, TODAY).visits

    assert visits == [first, second]
    assert visits[1].post_report.result == "前向き"


def test_a_deal_moved_by_its_stage_or_by_what_became_known_never_by_a_text(rep):
    opened = deals.open_deal(company=factories.make_company(), owner=rep, by=rep, at=at(15))
    known = deals.open_deal(company=factories.make_company(), owner=rep, by=rep, at=at(1))
    deals.change_deal(known, plan="標準", by=rep, at=at(15))
    deals.change_deal(known, amount=500_000, by=rep, at=at(15, 11))
    edited = deals.open_deal(company=factories.make_company(), owner=rep, by=rep, at=at(1))
    deals.change_deal(edited, next_action="電話", by=rep, at=at(15))

    moved = {one.deal: one for one in queries.day_of(rep, TODAY).moved}

    assert moved.keys() == {opened, known}
    assert moved[known].learned == ["プラン", "価格"]
    assert moved[known].headline == "見込み → 話題"


def test_what_moved_stays_with_whose_deal_it_was_when_it_is_handed_over(rep, colleague):
    admin = factories.make_user(Role.ADMIN)
    deal = deals.open_deal(company=factories.make_company(), owner=rep, by=rep, at=at(1))
    deals.change_deal(deal, plan="標準", by=rep, at=at(14))
    deal = deals.change_deal(deal, owner=colleague, by=admin, at=at(15, 9))
    deals.change_deal(deal, amount=500_000, by=colleague, at=at(15, 11))

    found = queries.days([rep.pk, colleague.pk], at(14).date(), TODAY)

    learned = {key: [one.learned for one in day.moved] for key, day in found.items()}
    assert learned == {(rep.pk, at(14).date()): [["プラン"]], (colleague.pk, TODAY): [["価格"]]}


@pytest.mark.parametrize("count", [1, 3])
def test_days_cost_the_same_however_much_they_hold(rep, count, django_assert_num_queries):
    for _ in range(count):
        deal = factories.make_deal(rep, plan="標準")
        factories.make_follow(rep, company=deal.company, deal=deal)
        factories.make_visit(rep, company=deal.company, starts_at=at(15))

    with django_assert_num_queries(3):
        day = queries.day_of(rep, TODAY)
        assert [visit.company.name for visit in day.visits]
        assert [(one.deal.company.name, one.headline) for one in day.moved]
