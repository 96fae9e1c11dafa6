from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.customers.models import Contact
from apps.customers.vocabulary import DecisionRole, Stance
from tests import factories


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


def people(browser, company) -> dict:
    """When each contact was last in touch, by name."""
    contacts = browser.get(reverse("activities:people-of-company", args=[company.pk])).context["contacts"]
    return {contact.name: contact.touched_at for contact in contacts}


def opened(browser, url) -> dict:
    form = browser.get(url).context["form"]
    return {field.name: str(field.value()) for field in form.hidden_fields()}


def test_a_contact_has_a_role_in_the_decision_and_a_stance(browser, company):
    url = reverse("customers:add-contact", args=[company.pk])

    browser.post(url, opened(browser, url) | {"name": "山口", "role": "champion", "stance": "for"})

    contact = Contact.objects.get()
    assert (contact.role, contact.stance) == (DecisionRole.CHAMPION, Stance.FOR)
    content = browser.get(company.get_absolute_url()).content.decode()
    assert ("推進者" in content, "賛成" in content) == (True, True)


def test_what_nobody_says_of_a_contact_is_unknown(browser, company):
    url = reverse("customers:add-contact", args=[company.pk])

    browser.post(url, opened(browser, url) | {"name": "山口"})

    contact = Contact.objects.get()
    assert (contact.role, contact.stance) == (DecisionRole.UNKNOWN, Stance.UNKNOWN)
    assert "不明" not in browser.get(company.get_absolute_url()).content.decode()


def test_a_role_that_there_is_not_is_refused_at_its_field(browser, company):
    url = reverse("customers:add-contact", args=[company.pk])

    response = browser.post(url, opened(browser, url) | {"name": "山口", "role": "king"})

    assert list(response.context["form"].errors) == ["role"]


def test_the_last_touch_is_the_later_of_follow_and_visit_that_took_place(browser, rep, company):
    now = timezone.now()
    met, called, planned = (factories.make_contact(company, name=name) for name in ["会", "電", "予"])
    for days, contact in [(9, met), (5, called), (7, called)]:
        factories.make_follow(rep, company=company, contact=contact, happened_at=now - timedelta(days=days))
    for days, contact, status in [(3, met, "done"), (2, planned, "planned")]:
        starts_at = now - timedelta(days=days)
        factories.make_visit(rep, company=company, contacts=[contact], starts_at=starts_at, status=status)

    assert people(browser, company) == {
        "会": now - timedelta(days=3),
        "電": now - timedelta(days=5),
        "予": None,
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_people_cost_the_same_however_many(browser, rep, company, count, django_assert_num_queries):
    for _ in range(count):
        contact = factories.make_contact(company)
        factories.make_follow(rep, company=company, contact=contact)

    with django_assert_num_queries(9):
        browser.get(reverse("activities:people-of-company", args=[company.pk]))
