"""What activities add to the deal's page: where its axes come from, and the visit that comes next."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.activities import operations
from apps.base.month import Month
from apps.deals import operations as deals
from tests import factories


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def now():
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=1), time(15)))


def learn(deal, at, **facts):
    return deals.change_deal(deal, **facts, when=at, by=SYSTEM, at=timezone.now())


def around(browser, deal):
    return browser.get(reverse("activities:around-deal", args=[deal.pk]))


def opened(rep, now, **facts):
    return deals.open_deal(
        company=factories.make_company(),
        owner=rep,
        opened=now - timedelta(days=20),
        by=SYSTEM,
        at=timezone.now(),
        **facts,
    )


def test_an_axis_comes_from_the_last_contact_of_that_day_before_it_was_told(browser, rep, now):
    deal = opened(rep, now)
    for hours, kind in [(-4, "email"), (-2, "call"), (1, "letter")]:
        factories.make_follow(
            rep, company=deal.company, deal=deal, kind=kind, outcome="sent" if kind != "call" else "connected",
            happened_at=now + timedelta(hours=hours),
        )  # fmt: skip
    learn(deal, now, plan="基本")

    learned = around(browser, deal).context["learned"]

    assert {name: event.thing.kind for name, event in learned.items()} == {"plan": "call"}


def test_a_contact_of_another_day_or_another_deal_taught_nothing(browser, rep, now):
    deal = opened(rep, now)
    other = opened(rep, now)
    factories.make_follow(rep, company=deal.company, deal=deal, happened_at=now - timedelta(days=1))
    factories.make_follow(rep, company=other.company, deal=other, happened_at=now - timedelta(hours=1))
    learn(deal, now, amount=100_000)

    assert around(browser, deal).context["learned"] == {}


def test_a_visit_of_the_day_is_named_where_it_taught_the_amount(browser, rep, now):
    deal = opened(rep, now)
    factories.make_visit(
        rep, company=deal.company, deal=deal, starts_at=now - timedelta(hours=1), status="done"
    )
    learn(deal, now, amount=100_000)

    content = around(browser, deal).content.decode()

    assert f"{now.month}/{now.day} 訪問" in content


def test_what_a_late_report_told_comes_from_its_visit(browser, rep, now):
    deal = opened(rep, now - timedelta(days=2))
    visit = factories.make_visit(rep, company=deal.company, deal=deal, starts_at=now - timedelta(days=2))
    factories.make_follow(rep, company=deal.company, deal=deal, happened_at=now - timedelta(hours=1))
    operations.report_visit(visit, progress="forward", learned={"amount": 300_000}, by=rep, at=now)

    assert around(browser, deal).context["learned"]["amount"].thing == visit


def test_the_next_visit_stands_beside_the_next_action(browser, rep, now):
    deal = opened(rep, now)
    for days in (9, 2):
        factories.make_visit(rep, company=deal.company, deal=deal, starts_at=now + timedelta(days=days))

    assert around(browser, deal).context["visit"].starts_at == now + timedelta(days=2)


def test_the_deal_s_page_tells_its_prices_in_their_order(browser, rep, now):
    deal = opened(rep, now, amount=1_000_000)
    learn(deal, now, amount=600_000)

    amounts = browser.get(deal.get_absolute_url()).context["amounts"]

    assert [yen for _at, yen in amounts] == [1_000_000, 600_000]


@pytest.mark.parametrize("who", ["rep", "executive"])
def test_what_taught_an_axis_finds_its_place_on_the_page(logged_in, rep, now, who, request):
    deal = opened(rep, now)
    factories.make_follow(rep, company=deal.company, deal=deal, happened_at=now - timedelta(hours=1))
    learn(deal, now, plan="基本", amount=100_000, expected_month=Month.of(timezone.localdate()))
    browser = logged_in(request.getfixturevalue(who))

    told = re.findall(r'id="(since-\w+)"', around(browser, deal).content.decode())
    places = re.findall(r'id="(since-\w+)"', browser.get(deal.get_absolute_url()).content.decode())

    assert sorted(told) == sorted(places) == ["since-amount", "since-expected_month", "since-plan"]
