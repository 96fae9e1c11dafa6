"""A list in the trash is as if it had never been, and comes back with every company and figure."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.models import new_id
from apps.base.refusal import Forbidden
from apps.customers import operations, queries
from apps.customers.models import TargetList
from apps.journal.models import Entry
from tests import factories
from tests.integrations.api import Program

MONDAY = date(2026, 11, 16)


def deed() -> dict:
    return {"by": SYSTEM, "at": timezone.now()}


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def target(rep):
    return factories.make_list(rep, name="製造業 静岡")


@pytest.fixture
def entry(target):
    return factories.make_entry(target, factories.make_company("北浜精機"))


def trashed(target: TargetList) -> TargetList:
    return operations.trash_list(target, **deed())


# ── as if it had never been ────────────────────────────────────────────────────────────────────────


def test_its_companies_count_no_more_and_count_again_when_it_comes_back(rep, target, entry):
    factories.make_entry(factories.make_list(rep), entry.company)
    factories.make_entry(target)
    today = timezone.localdate()
    sizes = [queries.list_sizes([rep.pk], on=today)[rep.pk]]

    trashed(target)
    sizes.append(queries.list_sizes([rep.pk], on=today)[rep.pk])
    operations.restore_list(target, **deed())
    sizes.append(queries.list_sizes([rep.pk], on=today)[rep.pk])

    assert sizes == [2, 1, 2]


def test_no_page_shows_or_offers_it(browser, target, entry):
    trashed(target)
    pages = [
        reverse("customers:lists"),
        reverse("customers:lists-of-company", args=[entry.company_id]),
        reverse("bulk:new") + f"?deed=company-put&id={entry.company_id}",
        reverse("customers:companies") + "?filter=open",
    ]

    assert [url for url in pages if target.name in browser.get(url).content.decode()] == []
    narrowed = browser.get(reverse("customers:companies"), {"where": f"on_list:in:{target.pk}"})
    assert len(narrowed.context["listing"].asked.faults) == 1
    gone = [browser.get(reverse(f"customers:{name}", args=[target.pk])).status_code for name in ("list", "change-list", "put-on-list")]  # fmt: skip
    assert gone == [404, 404, 404]
    assert browser.post(reverse("customers:take-off-list", args=[entry.pk])).status_code == 404


def test_a_program_trashes_it_and_finds_neither_it_nor_its_companies(alpha, admin, target, entry):
    program = Program(alpha, admin)

    assert program.delete(f"lists/{target.pk}/").status_code == 204

    assert program.get("lists/").json()["results"] == program.get("list-entries/").json()["results"] == []
    gone = [f"lists/{target.pk}/", f"list-entries/{entry.pk}/"]
    assert [program.get(url).status_code for url in gone] == [404, 404]
    asked = {"list": str(target.pk), "company": str(entry.company_id), "from_on": "2026-11-16"}
    assert program.post("list-entries/", asked).status_code == 400


# ── refusals ───────────────────────────────────────────────────────────────────────────────────────


def test_in_the_trash_it_is_left_as_it_went(target, entry):
    trashed(target)

    for refused in (
        lambda: operations.trash_list(target, **deed()),
        lambda: operations.change_list(target, name="別の", **deed()),
        lambda: operations.put_on_list(target, company=factories.make_company(), on=MONDAY, **deed()),
        lambda: operations.take_off_list(entry, on=MONDAY, **deed()),
    ):
        with pytest.raises(operations.InTrash):
            refused()


def test_what_lies_in_no_trash_does_not_come_back_from_it(target):
    with pytest.raises(operations.NotInTrash):
        operations.restore_list(target, **deed())


def test_only_who_keeps_it_throws_it_away_and_brings_it_back(rep, colleague, manager, logged_in, target):
    with pytest.raises(Forbidden):
        operations.trash_list(target, by=colleague, at=timezone.now())
    operations.trash_list(target, by=manager, at=timezone.now())
    with pytest.raises(Forbidden):
        operations.restore_list(target, by=colleague, at=timezone.now())

    way_back = reverse("customers:restore-list", args=[target.pk])
    shown = [way_back in logged_in(who).get(reverse("activities:trash")).content.decode() for who in (colleague, manager, rep)]  # fmt: skip
    assert shown == [False, True, True]


# ── the way there and back ─────────────────────────────────────────────────────────────────────────


def test_its_owner_throws_it_away_and_brings_it_back_from_the_trash(browser, target, entry):
    form = reverse("customers:trash-list", args=[target.pk])
    assert form in browser.get(reverse("customers:change-list", args=[target.pk])).content.decode()
    browser.post(form)
    assert target.name in browser.get(reverse("activities:trash")).content.decode()

    answer = browser.post(reverse("customers:restore-list", args=[target.pk]), follow=True)

    assert [row.company for row in answer.context["entries"].rows] == [entry.company]
    told = Entry.objects.filter(subject_id=target.pk).values_list("event", flat=True)
    assert sorted(told)[-2:] == ["list.restored", "list.trashed"]


def test_many_go_at_once_and_come_back_together(browser, rep, colleague, target):
    own, theirs = factories.make_list(rep), factories.make_list(colleague)
    assert browser.get(reverse("customers:lists")).content.decode().count("data-pick ") == 3
    url = reverse("bulk:new") + f"?deed=list-trash&id={target.pk}&id={own.pk}&id={theirs.pk}"

    answer = browser.post(url, {"key": new_id()}, follow=True)

    assert set(TargetList.objects.kept()) == {theirs}
    assert [pk for pk, _name, _why in answer.context["bulk"].failed] == [str(theirs.pk)]
    browser.post(reverse("bulk:undo", args=[answer.context["bulk"].pk]))
    assert TargetList.objects.kept().count() == 3
