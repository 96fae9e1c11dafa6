import pytest
from django.urls import reverse
from django.utils import timezone

from apps.base.month import Month
from apps.deals import operations
from apps.deals.models import Deal
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def deal(rep):
    return factories.make_deal(rep, plan="点検", amount=500_000, expected_month=Month(2026, 12))


def cell(deal, field: str) -> str:
    return reverse("deals:cell", args=[deal.pk, field])


def sent(browser, deal, field, **given):
    version = Deal.objects.get(pk=deal.pk).version
    return browser.post(cell(deal, field), {"version": version, **given}, headers=HTMX)


def test_a_change_in_the_list_is_one_of_the_deals_life_and_the_stage_turns_with_it(browser, deal):
    answer = sent(browser, deal, "amount", amount="")

    changed = Deal.objects.get(pk=deal.pk)
    assert (changed.amount, changed.stage) == (None, "topic")
    assert changed.changes.order_by("id").last().fields["amount"] is None
    assert f'id="rank-{deal.pk}" hx-swap-oob="true"' in answer.content.decode()
    assert answer["HX-Trigger"] == '{"cell-changed": {}}'


def test_what_is_swapped_in_is_what_a_reload_would_show(browser, deal):
    answer = sent(browser, deal, "next_action", next_action="見積提出", next_action_on="2027-01-12")

    shown = browser.get(reverse("deals:list"), {"view": "list"}).content.decode()
    assert answer.content.decode().partition('<div class="cellbox" id="rank')[0].strip() in shown


def test_only_what_is_a_deal_has_a_rank_to_change(browser, deal, rep):
    def opens() -> bool:
        return cell(deal, "rank") in browser.get(reverse("deals:list"), {"view": "list"}).content.decode()

    assert opens()
    sent(browser, deal, "rank", rank="sure")
    assert Deal.objects.get(pk=deal.pk).rank == "sure"
    sent(browser, deal, "expected_month", expected_month="")
    assert not opens()
    answer = sent(browser, deal, "rank", rank="sure")
    assert "プラン・価格・時期がそろうと" in answer.content.decode()
    assert answer.context_data["form"].present is None


def test_a_conflict_shows_both_amounts_and_who_was_faster(browser, deal, manager):
    seen = deal.version
    operations.change_deal(deal, amount=900_000, by=manager, at=timezone.now())

    answer = browser.post(cell(deal, "amount"), {"amount": "60万", "version": seen}, headers=HTMX)

    assert all(words in answer.content.decode() for words in ("60万", "900,000", manager.name))
    assert Deal.objects.get(pk=deal.pk).amount == 900_000


def test_a_colleagues_deal_is_only_read(browser, deal, colleague):
    theirs = factories.make_deal(colleague, plan="点検")

    assert browser.get(cell(theirs, "amount")).status_code == 403
    shown = browser.get(reverse("deals:list"), {"view": "list", "who": "all"}).content.decode()
    assert (cell(theirs, "amount") in shown, cell(deal, "amount") in shown) == (False, True)
