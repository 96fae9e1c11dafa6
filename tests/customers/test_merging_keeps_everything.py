"""Whatever is done before, between and after: merging and un-merging lose no link, no history and no figure."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.activities.models import Follow, Visit
from apps.base.refusal import Refused
from apps.customers import operations, queries
from apps.customers.models import Company, Contact, ListEntry, Merge
from apps.deals.models import Deal
from tests import factories
from tests.customers.merging_world import KEPT, World, deed, everything, history

pytestmark = pytest.mark.django_db

RECORDING = ["contact", "deal", "learn", "close", "follow", "visit", "put", "take_off", "edit"]
ALL = [*RECORDING, *RECORDING, "trash", "restore", "merge", "merge", "merge_people", "part"]
patiently = settings(
    max_examples=200 if os.environ.get("BATON_LONG") else 8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def steps(verbs: list[str], number: int) -> st.SearchStrategy:
    """Long ones: what goes wrong takes several things that happened to the same record."""
    return st.lists(
        st.tuples(st.sampled_from(verbs), st.integers(0, 9_999)), min_size=number // 2, max_size=number
    )


@pytest.fixture
def undone(db):
    """Each example begins with nothing."""

    def run(example):
        with transaction.atomic():
            example(World())
            transaction.set_rollback(True)

    return run


@patiently
@given(before=steps([*RECORDING, "trash"], 30), survivor=st.integers(0, 2), other=st.integers(0, 2))
def test_taken_apart_at_once_everything_is_as_it_was(undone, before, survivor, other):
    def example(world):
        for verb, number in before:
            world.do(verb, number)
        there, figures, standing = everything(), world.figures(), world.standing()
        first, second = world.companies[survivor], world.companies[other]
        try:
            merge = operations.merge(first, other=second, phone=second.phone, note="どちらでもない", **deed())
        except Refused:
            assert survivor == other or Company.objects.filter(trashed_at__isnull=False).exists()
            return
        assert pointing_out_of_sight() == []
        assert world.figures() == figures
        assert names_of(world.standing(), {second.pk: first.pk}) == names_of(standing, {second.pk: first.pk})

        assert operations.unmerge(merge, **deed()).stayed == 0

        assert everything() == there
        assert (world.figures(), world.standing()) == (figures, standing)

    undone(example)


def names_of(standing: dict, called: dict) -> dict:
    return {day: {called.get(pk, pk) for pk in there} for day, there in standing.items()}


def pointing_out_of_sight() -> list:
    """Records of a merged company that did not follow; a list entry may wait where the survivor stands itself."""
    return [
        record
        for model in (Contact, Deal, Follow, Visit)
        for record in model.objects.filter(company__merged_into__isnull=False)
    ]


@patiently
@given(happened=steps(ALL, 40))
def test_in_any_order_nothing_is_lost_and_everything_finds_home(undone, happened):
    def example(world):
        for verb, number in happened:
            figures, past, there = world.figures(), history(), counted()
            world.do(verb, number)
            assert all(past[name].items() <= versions.items() for name, versions in history().items())
            assert all(counted()[name] >= count for name, count in there.items())
            assert pointing_out_of_sight() == []
            if verb in ("merge", "merge_people", "part"):
                assert world.figures() == figures
        figures = world.figures()
        world.part_all()
        assert world.figures() == figures
        assert strayed(world) == []
        assert not ListEntry.objects.exclude(pk__in=world.home).exists()
        assert not Merge.objects.filter(undone_at=None).exists()

    undone(example)


def counted() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in KEPT}


def strayed(world: World) -> list:
    """Records that are not at the company for which they were recorded, or that what they are about belongs to."""
    home = world.home
    of_company = [*Contact.objects.all(), *Deal.objects.all(), *ListEntry.objects.all()]
    wrong = [record for record in of_company if record.company_id != home[record.pk]]
    for activity in [*Follow.objects.all(), *Visit.objects.prefetch_related("contacts")]:
        people = activity.contacts.all() if isinstance(activity, Visit) else [activity.contact]
        people_at = {home[person.pk] for person in people if person}
        if activity.deal_id:
            wrong += [activity] * (activity.company_id != home[activity.deal_id])
        elif len(people_at) == 1:
            wrong += [activity] * (activity.company_id not in people_at)
        else:
            wrong += [activity] * (activity.company_id not in people_at | {home[activity.pk]})
    return wrong


def test_on_a_list_the_survivor_stands_for_as_long_as_either_did(db):
    """One stood there within the other's time: a gap is closed on both sides, and opened again."""
    world = World()
    first, second = factories.make_company(), factories.make_company()
    for company, on, until in ((first, 6, 4), (second, 9, 1)):
        there = {"company": company, "on": world.today - timedelta(days=on)}
        entry = operations.put_on_list(world.lists[1], **there, **deed())
        operations.take_off_list(entry, on=world.today - timedelta(days=until), **deed())
    standing, entries = world.standing(), ListEntry.objects.count()

    merge = operations.merge(first, other=second, **deed())

    assert names_of(world.standing(), {}) == names_of(standing, {second.pk: first.pk})
    operations.unmerge(merge, **deed())
    assert (world.standing(), ListEntry.objects.count()) == (standing, entries)


def test_a_chain_is_taken_apart_from_its_end(db):
    world = World()
    first, second, third = world.companies
    inner = operations.merge(second, other=third, **deed())
    outer = operations.merge(first, other=second, **deed())

    with pytest.raises(operations.NotToBeParted):
        operations.unmerge(inner, **deed())
    assert queries.survivor_of(Company.objects.get(pk=third.pk)) == first

    operations.unmerge(outer, **deed())
    operations.unmerge(inner, **deed())
    assert sorted(queries.companies(), key=lambda c: c.pk) == sorted(world.companies, key=lambda c: c.pk)
