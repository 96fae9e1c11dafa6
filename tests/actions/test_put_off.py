"""明日にする, いったん置く: what leaves the page of the day, and how it comes back."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from apps.accounts.vocabulary import Role
from apps.actions.models import Snooze
from apps.actions.today import today_of
from apps.deals import operations as deals
from apps.journal.models import Entry
from tests import factories
from tests.actions.days import NOW, a_deal, at


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def way_back(response) -> str:
    """The address behind 元に戻す."""
    return unescape(
        re.search(r'action="([^"]*(?:take-back|take-up-again)[^"]*)"', response.content.decode())[1]
    )


def test_putting_an_action_off_moves_it_to_the_next_working_day_and_back(browser, rep):
    deal = a_deal(rep, on=9)

    response = browser.post(reverse("actions:put-off-action", args=[deal.pk]), follow=True)
    deal.refresh_from_db()
    assert deal.next_action_on == at(16).date()

    back = browser.post(way_back(response))
    deal.refresh_from_db()
    assert (back["Location"], deal.next_action_on, deal.changes.count()) == (
        reverse("actions:today"),
        at(9).date(),
        1,
    )


def test_tapped_in_two_tabs_an_action_is_put_off_once_and_what_is_set_for_later_stays(browser, rep):
    deal, later = a_deal(rep, on=9), a_deal(rep, on=20)

    first = browser.post(reverse("actions:put-off-action", args=[deal.pk]), follow=True)
    second = browser.post(reverse("actions:put-off-action", args=[deal.pk]), follow=True)
    browser.post(reverse("actions:put-off-action", args=[later.pk]))

    later.refresh_from_db()
    assert ("まだ期日が来ていません" in second.content.decode(), later.next_action_on) == (
        True,
        at(20).date(),
    )
    browser.post(way_back(first))
    deal.refresh_from_db()
    assert deal.next_action_on == at(9).date()


def test_an_undo_after_another_change_takes_nothing_away(browser, rep):
    deal = a_deal(rep, on=9)
    response = browser.post(reverse("actions:put-off-action", args=[deal.pk]), follow=True)
    deal.refresh_from_db()
    deals.change_deal(deal, next_action_on=at(30).date(), by=rep, at=NOW + timedelta(minutes=1))

    browser.post(way_back(response))

    deal.refresh_from_db()
    assert deal.next_action_on == at(30).date()


def test_putting_off_a_deal_that_stands_still_changes_nothing_in_it(browser, rep, time_machine):
    deal = a_deal(rep, touched=0, on=20)
    before = deal.version

    browser.post(reverse("actions:put-off", args=["deal", deal.pk]))
    browser.post(reverse("actions:put-off", args=["deal", deal.pk]))

    assert not today_of(rep, now=NOW).still
    assert Snooze.objects.count() == 1
    deal.refresh_from_db()
    assert deal.version == before
    assert today_of(rep, now=NOW + timedelta(days=1)).still


def test_what_was_put_off_can_be_taken_up_again(browser, rep):
    deal = a_deal(rep, touched=0, on=20)
    browser.post(reverse("actions:put-off", args=["deal", deal.pk]))

    browser.post(reverse("actions:take-up-again", args=["deal", deal.pk]))

    assert today_of(rep, now=NOW).still
    assert Entry.objects.filter(event="deal.taken_up_again").count() == 1


def test_anothers_putting_off_hides_nothing_of_mine(logged_in, rep):
    deal = a_deal(rep, touched=0, on=20)
    colleague = factories.make_user(Role.FIELD_SALES)

    response = logged_in(colleague).post(reverse("actions:put-off", args=["deal", deal.pk]))

    assert response.status_code in (302, 403)
    assert today_of(rep, now=NOW).still


@pytest.mark.parametrize("address", ["deal", "company", "team"])
def test_putting_off_what_is_not_there_is_not_found(browser, rep, address):
    missing = "00000000-0000-7000-8000-000000000000"

    assert browser.post(reverse("actions:put-off", args=[address, missing])).status_code == 404
