"""What changes a deal: by whom, from when, on which page."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from apps.base.month import Month
from apps.base.refusal import Stale
from apps.customers import operations as customers
from apps.deals import operations, queries
from apps.deals.models import Deal, DealChange
from apps.deals.vocabulary import Rank, Stage
from apps.journal.models import Entry
from tests.deals.dealing import (
    NOW,
    TOKYO,
    WHOLE,
    filled,
    moments,
    opened,
    sent,
    standing,
    url,
)


def test_a_new_deal_stands_since_it_was_opened(rep, company):
    deal = operations.open_deal(company=company, owner=rep, by=rep, at=NOW, plan="基本")

    assert (deal.stage, deal.rank, deal.opened_at) == (Stage.PROSPECT, "", NOW)
    assert standing(deal) == [("prospect", NOW, None)]
    assert moments(deal, "opened") == [(NOW, None)]


def test_the_stage_that_the_database_derives_is_the_one_of_the_rules(whole):
    state = whole.states.get()

    assert (whole.stage, whole.rank) == (state.stage, state.rank) == (Stage.DEAL, Rank.LIKELY)


def test_learning_an_axis_moves_the_stage_and_keeps_what_was_true_before(rep, company):
    deal = opened(rep, company, plan="基本")

    deal = operations.change_deal(deal, amount=600_000, by=rep, at=NOW)

    assert standing(deal) == [("prospect", deal.opened_at, NOW), ("topic", NOW, None)]
    assert moments(deal, "topic") == [(NOW, None)]


def test_a_change_that_changes_nothing_leaves_no_trace(rep, whole):
    before = (whole.version, DealChange.objects.count(), Entry.objects.count())

    same = operations.change_deal(whole, **WHOLE, by=rep, at=NOW)

    assert (same.version, DealChange.objects.count(), Entry.objects.count()) == before


def test_a_change_names_who_made_it_and_what_stood_before(rep, whole):
    operations.change_deal(whole, amount=700_000, by=rep, at=NOW)

    entry = Entry.objects.filter(subject_id=whole.pk).latest("id")
    assert (entry.event, entry.actor_id) == ("deal.changed", rep.pk)
    assert entry.details["changed"] == {"amount": [600_000, 700_000]}


def test_a_change_dated_back_is_true_from_that_day(rep, whole):
    operations.change_deal(whole, amount=700_000, when=date(2026, 9, 20), by=rep, at=NOW)

    assert [(s.amount, s.valid_from) for s in whole.states.order_by("valid_from")] == [
        (600_000, whole.opened_at),
        (700_000, datetime(2026, 9, 20, tzinfo=TOKYO)),
    ]


def test_two_facts_of_one_earlier_day_stand_in_the_order_in_which_they_came(rep, whole):
    operations.change_deal(whole, amount=700_000, when=date(2026, 9, 20), by=rep, at=NOW)
    operations.change_deal(whole, amount=800_000, when=date(2026, 9, 20), by=rep, at=NOW)

    midnight = datetime(2026, 9, 20, tzinfo=TOKYO)
    assert [(c.at, c.fields) for c in queries.changes_of(whole)][1:] == [
        (midnight, {"amount": 700_000}),
        (midnight + timedelta(microseconds=1), {"amount": 800_000}),
    ]


def test_a_change_before_the_deal_began_is_refused(rep, whole):
    with pytest.raises(operations.BeforeItBegan):
        operations.change_deal(whole, amount=1, when=date(2026, 8, 31), by=rep, at=NOW)


@pytest.mark.parametrize("when", [date(2026, 10, 16), NOW + timedelta(seconds=1)])
def test_a_change_dated_ahead_is_refused(rep, whole, when):
    with pytest.raises(operations.DatedAhead):
        operations.change_deal(whole, amount=1, when=when, by=rep, at=NOW)


def test_a_rank_needs_a_whole_deal(rep, company):
    topic = opened(rep, company, plan="基本", amount=600_000)

    with pytest.raises(operations.NotADeal):
        operations.change_deal(topic, rank=Rank.SURE, by=rep, at=NOW)


def test_a_rank_may_come_with_the_axis_that_makes_the_deal_whole(rep, company):
    topic = opened(rep, company, plan="基本", amount=600_000)

    deal = operations.change_deal(topic, rank=Rank.SURE, expected_month=Month(2026, 11), by=rep, at=NOW)

    assert (deal.stage, deal.rank) == (Stage.DEAL, Rank.SURE)


def test_who_saves_what_somebody_changed_meanwhile_is_told(rep, whole):
    operations.change_deal(whole, amount=700_000, by=rep, at=NOW)

    with pytest.raises(Stale) as refused:
        operations.change_deal(whole, amount=800_000, version=whole.version, by=rep, at=NOW)

    assert refused.value.present.amount == 700_000


def test_a_company_in_the_trash_gets_no_deal(rep, manager, company):
    customers.trash_company(company, by=manager, at=NOW)
    company.refresh_from_db()

    with pytest.raises(customers.InTrash):
        operations.open_deal(company=company, owner=rep, by=rep, at=NOW)


def test_a_change_can_be_true_since_a_day(browser, rep, company):
    began = timezone.now() - timedelta(days=30)
    deal = operations.open_deal(company=company, owner=rep, opened=began, by=rep, at=timezone.now(), **WHOLE)
    day = timezone.localdate() - timedelta(days=10)

    sent(browser, url("change", deal), amount="70万", when=str(day))

    change = deal.changes.latest("at")
    assert (change.at, change.fields) == (datetime(*day.timetuple()[:3], tzinfo=TOKYO), {"amount": 700_000})


def test_the_whole_form_changes_everything(browser, deal):
    sent(
        browser, url("change", deal), name="在庫", plan="拡張", rank="sure", buyer_stage="deciding",
        next_action="契約", next_action_on="2026-12-01", expected_month="2026-12",
    )  # fmt: skip

    deal.refresh_from_db()
    facts = (deal.name, deal.plan, deal.rank, deal.buyer_stage, deal.next_action, deal.expected_month)
    assert facts == ("在庫", "拡張", "sure", "deciding", "契約", Month(2026, 12))


def test_a_manager_hands_the_deal_on(logged_in, manager, colleague, deal):
    sent(logged_in(manager), url("change", deal), owner=colleague.pk)

    deal.refresh_from_db()
    assert deal.owner == colleague


def test_a_stale_save_names_what_stands_there_and_loses_nothing(browser, deal, rep):
    form = filled(
        browser.get(url("change", deal)).context["form"], amount="80万", next_action="契約日を決める"
    )
    operations.change_deal(deal, amount=700_000, by=rep, at=timezone.now())

    response = browser.post(url("change", deal), form)

    answered = response.context["form"]
    assert answered.errors["amount"] == ["今は「700,000」です。"]
    assert (answered["amount"].value(), answered["next_action"].value()) == ("80万", "契約日を決める")
    assert Deal.objects.get().amount == 700_000
