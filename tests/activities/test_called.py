"""One tap after a call records it: how, whom and what came of it."""

import pytest
from django.urls import reverse

from apps.activities.models import Follow
from apps.base.models import new_id
from apps.tenancy.context import inside
from tests import factories

pytestmark = pytest.mark.django_db
CALLED = "/follows/called/"


@pytest.fixture
def contact():
    return factories.make_contact(factories.make_company("株式会社あおば"), name="佐藤 花")


def tap(browser, query: str, outcome: str = "connected", key=None):
    return browser.post(f"{CALLED}?{query}", {"key": str(key or new_id()), "outcome": outcome}, follow=True)


def test_a_tap_records_the_call(logged_in, rep, contact):
    answer = tap(logged_in(rep), f"contact={contact.pk}")

    follow = Follow.objects.get()
    assert (follow.kind, follow.direction, follow.outcome) == ("call", "out", "connected")
    assert (follow.company, follow.contact, follow.owner) == (contact.company, contact, rep)
    assert "佐藤 花への電話を記録しました。" in answer.content.decode()


def test_of_a_deal_it_is_the_deals(logged_in, rep):
    deal = factories.make_deal(rep)

    tap(logged_in(rep), f"deal={deal.pk}", "absent")

    follow = Follow.objects.get()
    assert (follow.deal, follow.company, follow.outcome) == (deal, deal.company, "absent")


def test_the_same_form_twice_is_one_call(logged_in, rep, contact):
    key = new_id()
    for _ in range(2):
        tap(logged_in(rep), f"contact={contact.pk}", key=key)

    assert Follow.objects.count() == 1


def test_it_is_taken_back(logged_in, rep, contact):
    browser = logged_in(rep)
    answer = tap(browser, f"contact={contact.pk}")

    browser.post(next(message.extra_tags for message in answer.context["messages"]))

    assert Follow.objects.kept().count() == 0


def test_it_leads_back_to_where_one_was_and_to_no_other_host(logged_in, rep, contact):
    browser = logged_in(rep)
    query = f"contact={contact.pk}&back="

    there = [
        tap(browser, query + back).redirect_chain[0][0] for back in ("/companies/?q=a", "https://elsewhere/")
    ]

    assert there == ["/companies/?q=a", contact.company.get_absolute_url()]


def test_no_other_outcome_is_taken(logged_in, rep, contact):
    tap(logged_in(rep), f"contact={contact.pk}", "sent")

    assert Follow.objects.count() == 0


def test_who_only_looks_is_asked_nothing(logged_in, executive, contact):
    browser = logged_in(executive)

    asked = browser.get(f"{CALLED}?contact={contact.pk}").status_code

    assert (asked, tap(browser, f"contact={contact.pk}").status_code) == (204, 403)


def test_another_companys_records_are_not_found(logged_in, rep, beta):
    with inside(beta):
        foreign = factories.make_contact()

    answers = [
        logged_in(rep).get(f"{CALLED}?{name}={pk}").status_code
        for name, pk in [
            ("contact", foreign.pk),
            ("company", foreign.company_id),
            ("deal", foreign.pk),
            ("contact", "x"),
        ]
    ]

    assert answers == [404, 404, 404, 404]


def test_without_anybody_there_is_nothing_to_ask(logged_in, rep):
    assert logged_in(rep).get(reverse("activities:called")).status_code == 404
