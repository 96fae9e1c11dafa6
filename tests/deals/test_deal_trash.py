"""Into the trash and back."""

from datetime import date

import pytest
from django.utils import timezone

from apps.customers import operations as customers
from apps.deals import operations, queries
from apps.deals.models import Deal, DealState, Milestone
from tests.deals.dealing import NOW, moments, standing, url


def test_a_deal_in_the_trash_never_was(rep, whole):
    operations.trash_deal(whole, by=rep, at=NOW)

    assert (DealState.objects.count(), Milestone.objects.count()) == (0, 0)
    assert list(queries.deals()) == []


def test_a_deal_out_of_the_trash_has_its_whole_life(rep, whole):
    whole = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)
    before = (standing(whole), moments(whole, "won"))

    operations.trash_deal(whole, by=rep, at=NOW)
    operations.restore_deal(whole, by=rep, at=NOW)

    assert (standing(whole), moments(whole, "won")) == before


def test_a_deal_in_the_trash_is_not_changed(rep, whole):
    trashed = operations.trash_deal(whole, by=rep, at=NOW)

    with pytest.raises(operations.InTrash):
        operations.change_deal(trashed, amount=1, by=rep, at=NOW)


def test_a_company_with_a_deal_stays_out_of_the_trash(manager, company, whole):
    with pytest.raises(customers.StillInUse):
        customers.trash_company(company, by=manager, at=NOW)


def test_a_deal_in_the_trash_has_no_page(browser, deal, rep):
    operations.trash_deal(deal, by=rep, at=timezone.now())

    assert browser.get(deal.get_absolute_url()).status_code == 404


def test_a_deal_goes_to_the_trash_and_back(browser, deal):
    browser.post(url("trash", deal))
    assert not Deal.objects.kept().exists()

    response = browser.post(url("restore", deal))
    assert response["Location"] == deal.get_absolute_url()
    assert Deal.objects.kept().exists()


def test_a_deal_waits_in_the_trash_for_its_company(logged_in, admin, deal):
    browser = logged_in(admin)
    browser.post(url("trash", deal))
    customers.trash_company(deal.company, by=admin, at=timezone.now())

    response = browser.post(url("restore", deal), follow=True)

    assert "先に顧客をごみ箱から戻してください。" in response.content.decode()
    assert not Deal.objects.kept().exists()
