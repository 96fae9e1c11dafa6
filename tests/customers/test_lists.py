from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.refusal import Forbidden
from apps.customers import operations, queries
from apps.customers.models import ListEntry, TargetList
from apps.journal.models import Entry
from tests import factories
from tests.integrations.api import Program

MONDAY = date(2026, 11, 16)


def days(n: int) -> date:
    return MONDAY + timedelta(days=n)


def deed() -> dict:
    return {"by": SYSTEM, "at": timezone.now()}


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def target(rep):
    return factories.make_list(rep, name="製造業 静岡")


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機")


# ── how long the list is ───────────────────────────────────────────────────────────────────────────


def test_a_company_counts_from_its_day_until_the_day_it_is_taken_off(rep, target):
    entry = factories.make_entry(target, on=MONDAY)
    operations.take_off_list(entry, on=days(3), **deed())

    sizes = [queries.list_sizes([rep.pk], on=days(n))[rep.pk] for n in (-1, 0, 2, 3)]

    assert sizes == [0, 1, 1, 0]


def test_a_company_on_two_lists_of_a_person_counts_once(rep, colleague, target, company):
    for owned in (target, factories.make_list(rep), factories.make_list(colleague)):
        factories.make_entry(owned, company, on=MONDAY)
    factories.make_entry(target, on=MONDAY)

    assert queries.list_sizes([rep.pk, colleague.pk], on=MONDAY) == {rep.pk: 2, colleague.pk: 1}


def test_what_lies_in_the_trash_counts_on_no_list(rep, target, company):
    factories.make_entry(target, company, on=MONDAY)
    operations.trash_company(company, **deed())

    assert queries.list_sizes([rep.pk], on=MONDAY) == {rep.pk: 0}


def test_sizes_cost_one_question_for_everybody(rep, colleague, target, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.list_sizes([rep.pk, colleague.pk], on=MONDAY)


def test_a_company_is_not_put_on_a_list_twice_but_again_after_it_was_taken_off(target, company):
    entry = factories.make_entry(target, company, on=MONDAY)
    with pytest.raises(operations.AlreadyOnList):
        factories.make_entry(target, company, on=days(1))

    operations.take_off_list(entry, on=days(2), **deed())
    factories.make_entry(target, company, on=days(2))

    spans = ListEntry.objects.order_by("from_on").values_list("from_on", "removed_on")
    assert list(spans) == [(MONDAY, days(2)), (days(2), None)]


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_puts_a_company_on_the_list_of_whom_they_do_not_lead(rep, colleague, company):
    theirs = factories.make_list(colleague)

    with pytest.raises(Forbidden):
        operations.put_on_list(theirs, company=company, on=MONDAY, by=rep, at=timezone.now())
    with pytest.raises(Forbidden):
        operations.add_list(name="人の", owner=colleague, by=rep, at=timezone.now())


def test_a_manager_keeps_the_lists_of_the_team(manager, rep, company):
    made = operations.add_list(name="課の", owner=rep, by=manager, at=timezone.now())

    entry = operations.put_on_list(made, company=company, on=MONDAY, by=manager, at=timezone.now())

    assert (entry.list, entry.company) == (made, company)


# ── pages ──────────────────────────────────────────────────────────────────────────────────────────


def opened(browser, url) -> dict:
    form = browser.get(url).context["form"]
    return {field.name: str(field.value()) for field in form.hidden_fields()}


def test_a_list_is_made_renamed_and_told_in_the_journal(browser, rep):
    url = reverse("customers:add-list")
    browser.post(url, opened(browser, url) | {"name": "新しいリスト", "owner": rep.pk})
    made = TargetList.objects.get()

    change = reverse("customers:change-list", args=[made.pk])
    browser.post(change, opened(browser, change) | {"name": "別の名前", "owner": rep.pk})

    made.refresh_from_db()
    assert (made.name, made.owner, made.version) == ("別の名前", rep, 2)
    told = Entry.objects.filter(subject_id=made.pk).values_list("event", flat=True).order_by("id")
    assert sorted(told) == ["list.added", "list.changed"]


def test_a_company_is_put_on_a_list_and_taken_off_on_its_page(browser, target, company):
    url = reverse("customers:put-on-list", args=[target.pk]) + f"?company={company.pk}"
    response = browser.post(url, opened(browser, url) | {"on": "2026-11-16"}, follow=True)
    entry = ListEntry.objects.get()
    assert [row.company for row in response.context["entries"].rows] == [company]

    browser.post(reverse("customers:take-off-list", args=[entry.pk]))

    entry.refresh_from_db()
    assert (entry.from_on, entry.removed_on) == (MONDAY, max(MONDAY, timezone.localdate()))


def test_first_the_company_is_chosen(browser, target, company):
    url = reverse("customers:put-on-list", args=[target.pk])

    assert "どの会社ですか" in browser.get(url).content.decode()
    assert browser.get(f"{url}?company=何か").status_code == 404


def test_the_company_s_page_puts_it_on_a_list_and_takes_it_off(browser, target, company):
    url = reverse("customers:lists-of-company", args=[company.pk])

    browser.post(url, {"list": target.pk})
    assert target.name in browser.get(url).content.decode()
    again = browser.post(url, {"list": target.pk})

    assert list(again.context["form"].errors if again.context["form"] else []) == []
    entry = ListEntry.objects.get()
    response = browser.post(reverse("customers:take-off-list", args=[entry.pk]), {"from": "company"})
    assert response["Location"] == company.get_absolute_url()
    assert browser.get(url).context["entries"] == []


def test_who_only_reads_sees_lists_but_no_way_to_change_them(logged_in, executive, target, company):
    entry = factories.make_entry(target, company)
    browser = logged_in(executive)

    content = browser.get(target.get_absolute_url()).content.decode()
    urls = [reverse("customers:add-list"), reverse("customers:change-list", args=[target.pk])]
    refused = [browser.get(url).status_code for url in urls]
    refused.append(browser.post(reverse("customers:take-off-list", args=[entry.pk])).status_code)

    assert [link for link in ("/change/", "/put/", "/take-off/") if link in content] == []
    assert refused == [403, 403, 403]


def test_a_list_leads_to_its_companies_among_all_where_they_are_sorted_and_narrowed(
    browser, rep, target, company
):
    factories.make_entry(target, company)
    factories.make_entry(factories.make_list(rep, name="別のリスト"))
    address = f"{reverse('customers:companies')}?where=on_list:in:{target.pk}"

    assert f'href="{address}"' in browser.get(target.get_absolute_url()).content.decode()
    assert browser.get(address).context["listing"].rows == [company]


def test_lists_are_sorted_by_how_many_companies_stand_on_them_today(browser, rep, target, company):
    factories.make_entry(target, company)
    gone = factories.make_list(rep, name="終わった")
    operations.take_off_list(factories.make_entry(gone, on=MONDAY), on=days(1), **deed())

    def sorted_by(sort: str) -> list[str]:
        listing = browser.get(reverse("customers:lists"), {"sort": sort}).context["listing"]
        return [found.name for found in listing.rows]

    assert sorted_by("-size") == ["製造業 静岡", "終わった"]
    assert sorted_by("size") == ["終わった", "製造業 静岡"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "cost"), [("lists", 8), ("list", 7), ("company", 10)])
def test_the_pages_cost_the_same_however_many(
    browser, rep, target, company, page, cost, count, django_assert_num_queries
):
    for n in range(count):
        factories.make_entry(target)
        factories.make_entry(factories.make_list(rep, name=f"リスト{n}"), company)
    address = {
        "lists": reverse("customers:lists"),
        "list": target.get_absolute_url(),
        "company": reverse("customers:lists-of-company", args=[company.pk]),
    }[page]

    with django_assert_num_queries(cost):
        browser.get(address)


# ── other programs ─────────────────────────────────────────────────────────────────────────────────


def test_a_program_makes_a_list_puts_companies_on_it_and_takes_them_off(alpha, admin, rep, company):
    program = Program(alpha, admin)
    made = program.made("lists/", {"name": "展示会", "owner": str(rep.pk)})
    asked = {"list": made["id"], "company": str(company.pk), "from_on": "2026-11-16"}
    entry = program.made("list-entries/", asked)

    gone = program.patch(f"list-entries/{entry['id']}/", {"version": 1, "removed_on": "2026-11-18"}).json()

    assert {name: gone[name] for name in asked} == asked
    assert (gone["removed_on"], gone["version"]) == ("2026-11-18", 2)
    assert program.get(f"list-entries/?list={made['id']}").json()["results"] == [gone]
    assert program.post("list-entries/", asked | {"from_on": "2026-11-17"}).status_code == 409
