"""What was true when: as it was recorded here, and as it was loaded."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.month import Month
from apps.deals import operations, queries
from apps.deals.models import Deal
from apps.deals.vocabulary import Stage
from tests.deals.dealing import (
    NOW,
    TOKYO,
    WHOLE,
    moments,
    opened,
    standing,
    url,
)


def test_loaded_history_takes_the_place_of_what_was_only_assumed(company, rep):
    new = operations.NewDeal(company, rep, date(2026, 8, 1), {"plan": "拡張", "amount": 900_000})
    deal = operations.load_deals(deals=[new], by=SYSTEM, at=NOW)[0]

    operations.load_history(
        deal,
        rows=[(date(2026, 8, 1), {"amount": 500_000}), (date(2026, 9, 1), {"amount": 900_000})],
        by=SYSTEM,
        at=NOW,
    )

    assert [(s.plan, s.amount) for s in [turn.after for turn in queries.turns(queries.changes_of(deal))]] == [
        ("拡張", None),
        ("拡張", 500_000),
        ("拡張", 900_000),
    ]


def test_history_loaded_twice_stands_once(company, rep):
    deal = opened(rep, company)
    rows = [(date(2026, 9, 5), {"plan": "基本"}), (date(2026, 9, 9), {"amount": 500_000})]

    operations.load_history(deal, rows=rows, by=rep, at=NOW)
    operations.load_history(deal, rows=rows, by=rep, at=NOW)

    assert [change.fields for change in queries.changes_of(deal)][1:] == [
        {"plan": "基本"},
        {"amount": 500_000},
    ]


def test_a_loss_from_elsewhere_without_a_reason_says_so(company, rep):
    deal = opened(rep, company)

    deal = operations.load_history(deal, rows=[(date(2026, 9, 5), {"outcome": "lost"})], by=rep, at=NOW)

    assert (deal.stage, deal.lost_reason.label) == (Stage.LOST, operations.UNKNOWN_REASON)


def test_folding_again_changes_nothing(rep, whole):
    whole = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)
    before = (standing(whole), moments(whole, "won"))

    operations.refold([whole.pk])

    assert (standing(whole), moments(whole, "won")) == before


def test_many_deals_are_loaded_at_the_cost_of_few(company, rep, django_assert_max_num_queries):
    new = [operations.NewDeal(company, rep, date(2026, 8, 1), WHOLE) for _ in range(100)]

    with django_assert_max_num_queries(16):
        operations.load_deals(deals=new, by=SYSTEM, at=NOW)

    assert Deal.objects.filter(stage=Stage.DEAL).count() == 100


def test_each_change_finds_who_recorded_it(rep, manager, whole):
    operations.change_deal(whole, amount=700_000, when=date(2026, 9, 20), by=manager, at=NOW)
    operations.change_deal(whole, amount=650_000, when=date(2026, 9, 10), by=rep, at=NOW)

    changes = list(queries.changes_of(whole))
    recorded = queries.recorded(whole, changes)

    assert [recorded[change.pk].actor_name for change in changes] == [rep.name, rep.name, manager.name]


def test_the_history_says_what_when_and_by_whom(browser, deal, rep, manager):
    operations.change_deal(deal, amount=700_000, rank="sure", by=manager, at=timezone.now())

    rows = browser.get(url("history", deal)).context["rows"]

    assert [(row["headline"], row["entry"].actor_name) for row in rows] == [
        ("商談△ → 商談◯", manager.name),
        ("案件のはじまり", "Baton"),
    ]
    assert [(line.label, line.was, line.now) for line in rows[0]["lines"]] == [
        ("価格", "600,000円", "700,000円")
    ]


@pytest.mark.parametrize(
    ("as_of", "stage"),
    [
        ("2026-08-31T23:59", None),
        ("2026-09-01T10:00", "見込み"),
        ("2026-09-10", "話題"),
        ("2026-09-09", "見込み"),
        ("2099-01-01T00:00", "商談△"),
        ("", "商談△"),
    ],
)
def test_the_deal_is_shown_as_it_stood(browser, rep, company, as_of, stage):
    began = datetime(2026, 9, 1, 10, tzinfo=TOKYO)
    deal = operations.open_deal(
        company=company, owner=rep, opened=began, plan="基本", by=rep, at=timezone.now()
    )
    noon = datetime(2026, 9, 10, 12, tzinfo=TOKYO)
    operations.change_deal(deal, amount=1, when=noon, by=rep, at=timezone.now())
    operations.change_deal(deal, expected_month=Month(2026, 10), by=rep, at=timezone.now())

    assert browser.get(url("history", deal), {"as_of": as_of}).context["stage"] == stage


@pytest.mark.parametrize("as_of", ["昨日", "2026-99-99", "0001-01-01T00:00", "\x00"])
def test_a_moment_that_is_none_is_said_to_be_none(browser, deal, as_of):
    response = browser.get(url("history", deal), {"as_of": as_of})

    assert (response.status_code, response.context["fault"] != "") == (200, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_costs_the_same_however_long(browser, deal, rep, count, django_assert_num_queries):
    for n in range(count):
        operations.change_deal(deal, amount=n + 1, by=rep, at=timezone.now())

    with django_assert_num_queries(10):
        browser.get(url("history", deal))
