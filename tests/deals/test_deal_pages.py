"""A deal's own page."""

from datetime import date
from urllib.parse import quote

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from apps.base.month import Month
from apps.deals import operations
from apps.tenancy.context import inside
from tests import factories
from tests.deals.dealing import in_place, url


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_people(browser, deal, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_contact(deal.company)

    with django_assert_num_queries(8):
        browser.get(deal.get_absolute_url())


def test_what_became_known_is_saved_in_place(browser, rep, company):
    topic = factories.make_deal(rep, company=company, plan="基本プラン", amount=600_000)

    response = in_place(browser, topic, "learn", "learn_form", expected_month="2026-11")

    topic.refresh_from_db()
    assert response["Location"] == topic.get_absolute_url()
    assert (topic.stage, topic.rank, topic.expected_month) == ("deal", "likely", Month(2026, 11))


def test_only_what_was_typed_is_recorded(browser, deal):
    in_place(browser, deal, "learn", "learn_form", amount="700,000")

    assert [change.fields for change in deal.changes.order_by("at")][1:] == [{"amount": 700_000}]


def test_an_axis_can_be_forgotten(browser, deal):
    in_place(browser, deal, "learn", "learn_form", amount="")

    deal.refresh_from_db()
    assert (deal.stage, deal.rank, deal.amount) == ("topic", "", None)


def test_what_is_wrong_in_place_is_said_there_and_kept(browser, deal):
    response = in_place(browser, deal, "learn", "learn_form", amount="多め")

    assert response.context["learn_form"].errors.keys() == {"amount"}
    assert "多め" in response.content.decode()


def test_the_rank_is_one_press(browser, deal):
    in_place(browser, deal, "rank", "learn_form", rank="sure")

    deal.refresh_from_db()
    assert deal.rank == "sure"


def test_beside_the_table_rank_and_month_lead_back_to_it(browser, rep, company):
    deal = operations.open_deal(
        company=company,
        owner=rep,
        by=rep,
        at=timezone.now(),
        plan="基本",
        amount=1,
        expected_month=Month(2026, 10),
    )
    table = "/table/?months=6"
    panel = browser.get(
        url("panel", deal), {"back": table}, headers={"HX-Request": "true", "HX-Target": "panel"}
    )
    version = panel.context["expect_form"]["version"].value()

    ranked = browser.post(f"{url('rank', deal)}?back={quote(table)}", {"rank": "sure", "version": version})
    (done,) = get_messages(ranked.wsgi_request)

    assert f"back={quote(table)}" in panel.content.decode()
    assert (ranked.url, done.message) == (table, "ランクを変更しました。")
    deal.refresh_from_db()
    assert deal.rank == "sure"
    browser.post(done.extra_tags)
    deal.refresh_from_db()
    assert deal.rank == "likely"


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_no_address_leads_elsewhere(browser, deal, back):
    version = browser.get(url("panel", deal)).context["expect_form"]["version"].value()

    answer = browser.post(f"{url('rank', deal)}?back={quote(back)}", {"rank": "sure", "version": version})

    assert answer.url == deal.get_absolute_url()


def test_anothers_deal_is_only_looked_at_beside_the_table(logged_in, colleague, deal):
    assert "時期を変える" not in logged_in(colleague).get(url("panel", deal)).content.decode()


def test_a_rank_that_no_deal_has_is_refused(browser, rep, company):
    topic = factories.make_deal(rep, company=company, plan="基本プラン")

    response = browser.post(url("rank", topic), {"rank": "sure", "version": topic.version}, follow=True)

    assert "プラン・価格・時期がそろうと、◯△を付けられます。" in response.content.decode()


def test_the_next_action_is_decided_in_place(browser, deal):
    in_place(browser, deal, "plan-next-action", "next_form", next_action="見積", next_action_on="2026-12-01")

    deal.refresh_from_db()
    assert (deal.next_action, deal.next_action_on) == ("見積", date(2026, 12, 1))


@pytest.mark.parametrize("name", ["learn", "rank", "plan-next-action", "trash", "restore"])
def test_a_look_changes_nothing(browser, deal, name):
    assert browser.get(url(name, deal)).status_code == 405


def test_another_tenants_deal_does_not_exist_here(browser, beta):
    with inside(beta):
        theirs = factories.make_deal(factories.make_user("field_sales"))

    names = ["deal", "change", "win", "lose", "reopen", "history"]
    assert {browser.get(url(name, theirs)).status_code for name in names} == {404}


def test_each_known_axis_says_since_when(browser, rep, company):
    deal = factories.make_deal(rep, company=company, plan="基本プラン", amount=600_000)

    axes = browser.get(url("deal", deal)).context["axes"]

    assert [(field.name, since) for field, since in axes] == [
        ("plan", deal.opened_at),
        ("amount", deal.opened_at),
        ("expected_month", None),
    ]
