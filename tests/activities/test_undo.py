"""What was just done carries its way back, and the way back works."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.activities import operations
from apps.activities.vocabulary import VisitStatus
from tests import factories

pytestmark = pytest.mark.django_db


def offered(response) -> str:
    """The address that the toast's 元に戻す posts to."""
    return re.search(
        r'<form method="post" action="([^"]+)"[^>]*>(?:(?!</form>).)*data-undo',
        response.content.decode(),
        re.DOTALL,
    )[1]


def undone(browser, deed: str) -> None:
    way_back = offered(browser.post(deed, follow=True))
    browser.post(way_back)


@pytest.mark.parametrize("make", [factories.make_deal, factories.make_follow, factories.make_visit])
def test_what_a_rep_throws_away_comes_back(logged_in, rep, make):
    thing = make(rep)

    undone(logged_in(rep), f"{thing.get_absolute_url()}trash/")

    assert type(thing).objects.kept().filter(pk=thing.pk).exists()


def test_a_customer_and_a_contact_come_back(logged_in, manager):
    contact = factories.make_contact()
    company = factories.make_company()
    browser = logged_in(manager)

    undone(browser, reverse("customers:trash-contact", args=[contact.pk]))
    undone(browser, reverse("customers:trash-company", args=[company.pk]))

    contact.refresh_from_db(), company.refresh_from_db()
    assert (contact.trashed_at, company.trashed_at) == (None, None)


def test_a_visit_that_was_called_off_is_planned_again(logged_in, rep):
    visit = factories.make_visit(rep)

    undone(logged_in(rep), reverse("activities:cancel-visit", args=[visit.pk]))

    visit.refresh_from_db()
    assert visit.status == VisitStatus.PLANNED


def test_a_visit_that_was_reported_meanwhile_is_not_called_off(logged_in, rep):
    """Pressed on a page that had been open before: taken back, it would be planned, and count no more."""
    visit = factories.make_visit(rep, status=VisitStatus.DONE)

    answer = logged_in(rep).post(reverse("activities:cancel-visit", args=[visit.pk]), follow=True)

    visit.refresh_from_db()
    assert visit.status == VisitStatus.DONE
    assert "取りやめられるのは、予定の訪問だけです。" in answer.content.decode()


def test_a_visit_that_took_place_is_not_planned_again(rep):
    visit = factories.make_visit(rep, status=VisitStatus.DONE)

    with pytest.raises(operations.NotCancelled):
        operations.plan_again(visit, by=SYSTEM, at=timezone.now())


def test_what_has_no_way_back_can_only_be_closed(logged_in, rep):
    answer = logged_in(rep).post(
        reverse("deals:plan-next-action", args=[factories.make_deal(rep).pk]),
        {"next_action": "電話", "version": 1},
        follow=True,
    )

    assert b"data-undo" not in answer.content
