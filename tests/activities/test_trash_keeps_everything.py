"""The trash hides and gives back: no link, no history row and no figure is lost on the way."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.activities import operations as activities
from apps.activities.models import Follow, Visit
from apps.base.refusal import Refused
from apps.customers import operations as customers
from apps.customers.models import Company, Contact, ListEntry, TargetList
from apps.deals import operations as deals
from apps.deals.models import Deal, DealChange
from tests.customers.merging_world import World, deed, history, rows

pytestmark = pytest.mark.django_db

TRASH = {
    Company: (customers.trash_company, customers.restore_company),
    Contact: (customers.trash_contact, customers.restore_contact),
    TargetList: (customers.trash_list, customers.restore_list),
    Deal: (deals.trash_deal, deals.restore_deal),
    Follow: (activities.trash_activity, activities.restore_activity),
    Visit: (activities.trash_activity, activities.restore_activity),
}
BEFORE = ["contact", "deal", "learn", "close", "follow", "visit", "put", "take_off"]


def links() -> dict:
    """Everything that points to something, without what a trip to the trash may count up."""
    return {
        model.__name__: set(model._base_manager.values_list("pk", *columns))
        for model, columns in {
            Contact: ["company", "trashed_at"],
            Deal: ["company", "owner", "trashed_at"],
            Follow: ["company", "deal", "contact", "owner", "trashed_at"],
            Visit: ["company", "deal", "owner", "trashed_at"],
            Visit.contacts.through: ["visit", "contact"],
            TargetList: ["name", "owner", "trashed_at"],
        }.items()
    } | {model.__name__: rows(model) for model in (DealChange, ListEntry)}


def comes_back(row) -> bool:
    try:
        TRASH[type(row)][1](type(row).objects.get(pk=row.pk), **deed())
    except Refused:
        return False
    return True


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    before=st.lists(st.tuples(st.sampled_from(BEFORE), st.integers(0, 9_999)), min_size=10, max_size=25),
    order=st.lists(st.integers(0, 9_999), min_size=6, max_size=12),
)
def test_out_of_the_trash_comes_what_went_in(db, before, order):
    with transaction.atomic():
        world = World()
        for verb, number in before:
            world.do(verb, number)
        there, figures, standing, past = links(), world.figures(), world.standing(), history()

        trashed = []
        for number in order:
            kept = [row for kind in TRASH for row in kind.objects.filter(trashed_at=None).order_by("pk")]
            row = kept[number % len(kept)]
            try:
                TRASH[type(row)][0](row, **deed())
                trashed.append(row)
            except Refused:
                assert isinstance(row, Company)
        while trashed:  # what another one in the trash must come before waits for it
            waiting = [row for row in trashed if not comes_back(row)]
            assert len(waiting) < len(trashed)
            trashed = waiting

        assert (links(), world.figures(), world.standing()) == (there, figures, standing)
        assert all(past[name].items() <= versions.items() for name, versions in history().items())
        transaction.set_rollback(True)


def test_a_person_restored_into_a_trashed_company_waits_for_it(manager):
    world = World()
    contact = Contact.objects.order_by("pk").first()
    customers.trash_contact(contact, **deed())
    customers.trash_company(contact.company, **deed())

    customers.restore_contact(contact, **deed())
    customers.restore_company(contact.company, **deed())

    assert Contact.objects.get(pk=contact.pk).trashed_at is None
    assert world.figures()


def test_the_trash_says_who_moved_it_there(logged_in, manager):
    company = World().companies[0]
    customers.trash_company(company, by=manager, at=timezone.now())

    page = logged_in(manager).get(reverse("activities:trash")).content.decode()

    assert page.count(manager.name) > 1
