"""The page that opens a deal."""

from datetime import datetime

import pytest
from django.urls import reverse

from apps.base.month import Month
from apps.deals.models import Deal
from tests.deals.dealing import TOKYO, filled, opening, sent, url
from tests.naughty import KEPT, REFUSED


def test_a_new_deal_begins_with_its_company(browser, deal):
    response = browser.get(reverse("deals:open"))

    assert response.context["recent"] == [deal.company]
    assert f'href="/deals/open/?company={deal.company_id}"' in response.content.decode()


def test_a_deal_is_opened_as_far_as_it_is_known(browser, company, rep):
    response = sent(browser, opening(company), plan="基本プラン", amount="６０万円", expected_month="2026-12")

    deal = Deal.objects.get()
    assert (deal.plan, deal.amount, deal.expected_month) == ("基本プラン", 600_000, Month(2026, 12))
    assert (deal.stage, deal.owner, deal.company, deal.source) == ("deal", rep, company, "page")
    assert response["Location"] == deal.get_absolute_url()


def test_a_deal_can_have_begun_earlier(browser, company):
    sent(browser, opening(company), opened="2026-09-01")

    assert Deal.objects.get().opened_at == datetime(2026, 9, 1, tzinfo=TOKYO)


def test_a_form_that_is_sent_twice_opens_one_deal(browser, company):
    form = filled(browser.get(opening(company)).context["form"], plan="基本プラン")

    first, second = browser.post(opening(company), form), browser.post(opening(company), form)

    assert first["Location"] == second["Location"] == Deal.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"amount": "たくさん"}, "amount", "半角の数字で入れてください。例: 600000、60万"),
        ({"amount": "99999999999999"}, "amount", "大きすぎる金額です。単位を確かめてください。"),
        ({"expected_month": "2026-13"}, "expected_month", "年と月を 2026-10 の形で入れてください。"),
        ({"next_action_on": "0001-01-01"}, "next_action_on", "1900年から2200年までの日付を入れてください。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, company, typed, field, sentence):
    response = sent(browser, opening(company), **typed)

    assert response.context["form"].errors == {field: [sentence]}
    assert not Deal.objects.exists()


def test_a_day_to_come_is_refused(browser, company):
    response = sent(browser, opening(company), opened="2199-01-01")

    assert response.context["form"].non_field_errors() == ["これからの日付は入れられません。"]


@pytest.mark.parametrize("text", KEPT)
def test_any_text_is_kept_as_it_was_typed(browser, company, text):
    sent(browser, opening(company), plan=text, name=text, next_action=text)

    deal = Deal.objects.get()
    assert (deal.plan, deal.name, deal.next_action) == (text, text, text)
    pages = [deal.get_absolute_url(), url("history", deal), reverse("activities:of-deal", args=[deal.pk])]
    assert [browser.get(page).status_code for page in pages] == [200, 200, 200]


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("field", ["plan", "name", "next_action"])
def test_control_characters_are_refused(browser, company, text, field):
    assert list(sent(browser, opening(company), **{field: text}).context["form"].errors) == [field]


def test_a_rep_is_not_asked_whose_deal_it_is_but_a_manager_is(browser, logged_in, manager, rep, company):
    assert "owner" not in browser.get(opening(company)).context["form"].fields

    choices = logged_in(manager).get(opening(company)).context["form"].fields["owner"].queryset
    assert list(choices) == [rep, manager]
