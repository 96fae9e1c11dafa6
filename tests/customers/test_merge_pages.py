import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.refusal import Forbidden, Stale
from apps.customers import merging, operations, queries
from apps.customers.models import Company, Contact, Merge
from apps.integrations.imports.finding import Finder
from tests import factories
from tests.integrations.api import Program

pytestmark = pytest.mark.django_db


def deed(by=SYSTEM) -> dict:
    return {"by": by, "at": timezone.now()}


@pytest.fixture
def two(db):
    first = factories.make_company("北浜精機", phone="053-111-2222", note="昔から")
    return first, factories.make_company("株式会社北浜精機", website="https://kitahama.example/", note="紹介")


@pytest.fixture
def browser(logged_in, manager):
    return logged_in(manager)


def address(survivor: Company, other: Company) -> str:
    return reverse("customers:merge-company", args=[survivor.pk]) + f"?company={other.pk}"


def chosen(survivor: Company, other: Company, **whose) -> dict:
    return {"version": survivor.version, "other_version": other.version} | whose


# ── the page ───────────────────────────────────────────────────────────────────────────────────────


def test_the_page_asks_only_where_the_two_differ_and_proposes_what_one_lacks(browser, two):
    form = browser.get(address(*two)).context["form"]

    asked = {name: field.initial for name, field in form.fields.items() if "version" not in name}
    assert asked == {"name": "mine", "phone": "mine", "website": "theirs", "note": "both"}


def test_merging_by_the_page_takes_what_was_chosen_and_leads_the_old_address_on(browser, two):
    survivor, other = two
    whose = {"name": "theirs", "phone": "mine", "website": "theirs", "note": "both"}

    answer = browser.post(address(*two), chosen(*two, **whose))

    assert answer.url == survivor.get_absolute_url()
    merged = Company.objects.get(pk=survivor.pk)
    assert (merged.name, merged.note) == ("株式会社北浜精機", "昔から\n\n紹介")
    assert browser.get(other.get_absolute_url()).url == survivor.get_absolute_url()
    assert list(queries.companies(words="北浜")) == [merged]


def test_a_second_click_merges_nothing_more(browser, two):
    whose = {"name": "mine", "phone": "mine", "website": "mine", "note": "mine"}
    sent = chosen(*two, **whose)
    browser.post(address(*two), sent)

    answer = browser.post(address(*two), sent)

    assert (answer.status_code, Merge.objects.count()) == (302, 1)


def test_who_saw_an_older_version_looks_again(browser, two):
    seen = chosen(*two, name="mine", phone="mine", website="mine", note="mine")
    operations.change_company(two[1], phone="0120", **deed())

    answer = browser.post(address(*two), seen)

    assert "ほかの人が変更しました" in answer.content.decode()
    assert not Merge.objects.exists()


def test_the_way_back_stands_on_the_company_and_tells_what_stays(browser, two):
    survivor, other = two
    merge = operations.merge(survivor, other=other, website=other.website, **deed())
    operations.change_company(survivor, website="https://new.example/", **deed())
    assert (
        reverse("customers:unmerge", args=[merge.pk])
        in browser.get(reverse("customers:twins", args=[survivor.pk])).content.decode()
    )

    told = browser.post(reverse("customers:unmerge", args=[merge.pk]), follow=True)

    assert [str(message) for message in told.context["messages"]] == [
        "統合を戻しました。「株式会社北浜精機」は別の記録です。",
        "統合のあとに変わった1件は「北浜精機」に残っています。",
    ]
    assert Company.objects.get(pk=other.pk).trashed_at is None


def test_people_of_a_company_are_merged_with_what_was_done_with_them(browser, rep, two):
    kept, twin = (factories.make_contact(two[0], name=name) for name in ("佐藤", "佐藤 一郎"))
    visit = factories.make_visit(rep, company=two[0], contacts=[kept, twin])
    follow = factories.make_follow(rep, company=two[0], contact=twin)
    url = reverse("customers:merge-contact", args=[kept.pk]) + f"?contact={twin.pk}"

    browser.post(url, {"version": 1, "other_version": 1, "name": "theirs"})

    follow.refresh_from_db()
    assert (follow.contact, list(visit.contacts.all())) == (kept, [kept])
    browser.post(reverse("customers:unmerge", args=[Merge.objects.get().pk]))
    follow.refresh_from_db()
    assert (follow.contact, set(visit.contacts.all())) == (twin, {kept, twin})
    assert Contact.objects.get(pk=kept.pk).name == "佐藤"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_duplicates_costs_the_same_however_long(browser, count, django_assert_num_queries):
    for n in range(count):
        factories.make_company(f"双子{n}")
        factories.make_company(f"株式会社双子{n}")
    browser.get(reverse("customers:duplicates"))

    with django_assert_num_queries(9):
        answer = browser.get(reverse("customers:duplicates"))

    assert len(answer.context["groups"]) == count


# ── rules ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_only_sells_merges_nothing(rep, two):
    with pytest.raises(Forbidden):
        operations.merge(two[0], other=two[1], **deed(rep))


def test_nothing_is_merged_with_itself_from_the_trash_or_unseen(two):
    with pytest.raises(operations.NotToBeMerged):
        operations.merge(two[0], other=two[0], **deed())
    with pytest.raises(Stale):
        operations.merge(two[0], other=two[1], other_version=7, **deed())
    operations.trash_company(two[1], **deed())
    with pytest.raises(operations.InTrash):
        operations.merge(two[0], other=two[1], **deed())


def test_people_of_different_companies_are_not_merged(two):
    with pytest.raises(operations.NotToBeMerged):
        operations.merge(factories.make_contact(two[0]), other=factories.make_contact(two[1]), **deed())


def test_what_was_merged_does_not_lie_in_the_trash(two):
    operations.merge(two[0], other=two[1], **deed())

    assert [list(kind) for kind in queries.trashed()] == [[], [], []]
    with pytest.raises(operations.NotToBeParted):
        operations.restore_company(two[1], **deed())


def test_companies_are_not_parted_while_their_people_are_one(two):
    people = [factories.make_contact(company) for company in two]
    merge = operations.merge(two[0], other=two[1], **deed())
    operations.merge(Contact.objects.get(pk=people[0].pk), other=people[1], **deed())

    with pytest.raises(operations.NotToBeParted):
        operations.unmerge(merge, **deed())

    assert Contact.objects.get(pk=people[1].pk).company == two[0]


def test_a_column_that_points_to_a_company_follows_without_being_told():
    names = {follower.name for follower in merging.followers(Company)}

    assert {"customers.contact.company", "activities.follow.company", "activities.visit.company"} <= names


# ── other doors ────────────────────────────────────────────────────────────────────────────────────


def test_a_program_merges_and_takes_it_back(alpha, manager, two):
    program = Program(alpha, manager)
    survivor, other = two

    answer = program.post(f"companies/{survivor.pk}/merge/", {"other": str(other.pk), "version": 1})

    assert (answer.status_code, answer.json()["website"]) == (200, "https://kitahama.example/")
    contact = program.made("contacts/", {"name": "新しい人", "company": str(other.pk)})
    assert contact["company"] == str(survivor.pk)
    back = program.post(f"companies/{survivor.pk}/unmerge/")
    assert (back.status_code, back.json()["website"]) == (200, "")
    assert program.post(f"companies/{survivor.pk}/unmerge/").status_code == 409


def test_a_file_that_names_the_merged_number_means_the_survivor(two):
    numbered = factories.make_company("北浜", source="crm", external_id="77")
    operations.merge(two[0], other=numbered, **deed())
    find = Finder("crm", at=timezone.now())

    find.know_companies(["77"])

    assert (find.company("77"), find.company_numbered(["77"])) == (two[0], {"77": two[0]})


def test_a_program_that_knows_the_merged_number_is_told_where_the_record_is(alpha, manager, two):
    program = Program(alpha, manager)
    survivor, other = two
    merge = operations.merge(survivor, other=other, **deed())

    answer = program.get(f"companies/{other.pk}/")

    assert (answer.status_code, answer.json()["type"]) == (307, "urn:baton:merged")
    assert answer["Location"] == f"/api/v1/companies/{survivor.pk}"
    operations.unmerge(merge, **deed())
    assert program.get(f"companies/{other.pk}/").json()["id"] == str(other.pk)


# ── the old name ───────────────────────────────────────────────────────────────────────────────────


def found(words: str) -> list[Company]:
    return list(queries.companies(words=words))


def test_the_old_name_leads_to_the_survivor_until_they_are_parted(browser, two):
    old = factories.make_company("遠州ねじ", reading="えんしゅうねじ")
    merge = operations.merge(two[0], other=old, **deed())

    assert (found("遠州ねじ"), found("enshu")) == ([two[0]], [two[0]])
    assert "北浜精機" in browser.get(reverse("integrations:search"), {"q": "遠州ねじ"}).content.decode()
    operations.change_company(Company.objects.get(pk=two[0].pk), name="新北浜", **deed())
    assert [company.name for company in found("遠州ねじ")] == ["新北浜"]

    operations.unmerge(merge, **deed())

    assert found("遠州ねじ") == [old]


def test_old_names_come_along_when_the_survivor_is_merged_itself(two):
    old = factories.make_company("遠州ねじ")
    operations.merge(two[1], other=old, **deed())
    again = operations.merge(two[0], other=Company.objects.get(pk=two[1].pk), **deed())

    assert found("遠州ねじ") == [two[0]]
    operations.unmerge(again, **deed())
    assert found("遠州ねじ") == [two[1]]


def test_a_persons_old_name_finds_them(two):
    kept, old = factories.make_contact(two[0], name="佐藤"), factories.make_contact(two[0], name="旧姓鈴木")
    operations.merge(kept, other=old, **deed())

    assert list(queries.contacts(words="旧姓鈴木")) == [kept]
