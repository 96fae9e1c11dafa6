"""Who may do what to whose deal."""

from datetime import date

import pytest
from django.utils import timezone

from apps.base.refusal import Forbidden
from apps.deals import operations
from apps.deals.models import DealChange
from apps.deals.vocabulary import LostKind
from apps.journal.models import Entry
from tests import factories
from tests.deals.dealing import NOW, opening, sent, url


@pytest.mark.parametrize("deed", ["change", "win", "lose", "trash"])
def test_a_rep_does_nothing_to_the_deal_of_another(colleague, whole, reason, deed):
    deeds = {
        "change": lambda: operations.change_deal(whole, amount=1, by=colleague, at=NOW),
        "win": lambda: operations.win(whole, on=date(2026, 10, 10), amount=1, by=colleague, at=NOW),
        "lose": lambda: operations.lose(
            whole, on=date(2026, 10, 10), kind=LostKind.NEVER, reason=reason, by=colleague, at=NOW
        ),
        "trash": lambda: operations.trash_deal(whole, by=colleague, at=NOW),
    }
    before = (DealChange.objects.count(), Entry.objects.count())

    with pytest.raises(Forbidden):
        deeds[deed]()

    assert (DealChange.objects.count(), Entry.objects.count()) == before


def test_a_rep_does_not_hand_an_own_deal_to_another(rep, colleague, whole):
    with pytest.raises(Forbidden):
        operations.change_deal(whole, owner=colleague, by=rep, at=NOW)


def test_a_manager_hands_deals_on_within_the_team_only(manager, colleague, stranger, whole):
    deal = operations.change_deal(whole, owner=colleague, by=manager, at=NOW)

    assert deal.owner == colleague
    with pytest.raises(Forbidden):
        operations.change_deal(deal, owner=stranger, by=manager, at=NOW)


def test_after_a_handover_the_past_stays_with_the_first_owner(rep, colleague, manager, whole):
    deal = operations.change_deal(whole, owner=colleague, by=manager, at=NOW)

    assert list(deal.states.order_by("valid_from").values_list("owner", flat=True)) == [rep.pk, colleague.pk]


@pytest.mark.parametrize("name", ["change", "win", "lose", "reopen"])
def test_the_forms_of_anothers_deal_stay_shut(logged_in, colleague, deal, name):
    assert logged_in(colleague).get(url(name, deal)).status_code == 403


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("learn", {"plan": "拡張"}),
        ("rank", {"rank": "sure"}),
        ("plan-next-action", {"next_action": "電話"}),
        ("change", {"plan": "拡張"}),
        ("win", {"on": "2026-11-01", "amount": "1"}),
        ("lose", {"kind": "never", "on": "2026-11-01"}),
        ("trash", {}),
    ],
)
def test_a_rep_cannot_change_anothers_deal(logged_in, colleague, deal, name, typed):
    before = (DealChange.objects.count(), Entry.objects.count())

    response = logged_in(colleague).post(url(name, deal), typed | {"version": deal.version})

    assert response.status_code == 403
    assert (DealChange.objects.count(), Entry.objects.count()) == before


def test_anothers_deal_is_read_without_buttons(logged_in, colleague, deal):
    content = logged_in(colleague).get(deal.get_absolute_url()).content.decode()

    buttons = ["learn", "rank", "plan-next-action", "change", "win", "lose", "trash"]
    assert [name for name in buttons if url(name, deal) in content] == []
    assert "基本プラン" in content


def test_who_sells_nothing_opens_no_deal(logged_in, executive, company):
    assert logged_in(executive).get(opening(company)).status_code == 403


def test_a_deal_of_nobody_is_taken_by_whoever_takes_it(browser, company, rep):
    new = operations.NewDeal(company, None, date(2026, 8, 1))
    deal = operations.load_deals(deals=[new], by=factories.SYSTEM, at=timezone.now())[0]

    sent(browser, url("change", deal), owner=rep.pk)

    deal.refresh_from_db()
    assert deal.owner == rep


def test_changing_a_deal_of_nobody_leaves_it_with_nobody(browser, company):
    new = operations.NewDeal(company, None, date(2026, 8, 1))
    deal = operations.load_deals(deals=[new], by=factories.SYSTEM, at=timezone.now())[0]

    sent(browser, url("change", deal), plan="基本")

    deal.refresh_from_db()
    assert (deal.owner, deal.plan) == (None, "基本")
