from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.customers import decision_map, operations, queries
from apps.customers.models import Contact, Influence
from apps.customers.vocabulary import DecisionRole, Power, Stance
from apps.journal.models import Entry
from tests import factories

# ── where people stand ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Person:
    pk: int
    role: str
    stance: str
    power: str = ""


people = some.lists(
    some.builds(
        Person,
        pk=some.integers(),
        role=some.sampled_from(DecisionRole.values),
        stance=some.sampled_from(Stance.values),
        power=some.sampled_from(["", *Power.values]),
    ),
    max_size=30,
    unique_by=lambda person: person.pk,
)


@given(people)
def test_nobody_stands_on_another_or_outside(people):
    drawn = decision_map.drawn(people, [])

    assert {node.of for node in drawn.nodes} == set(people)
    overlapping = [
        (a.of.pk, b.of.pk)
        for a, b in combinations(drawn.nodes, 2)
        if abs(a.x - b.x) < drawn.node_width and abs(a.y - b.y) < drawn.node_height
    ]
    outside = [
        node.of.pk
        for node in drawn.nodes
        if node.left < 0
        or node.top < 0
        or node.left + drawn.node_width > drawn.width
        or node.top + drawn.node_height > drawn.height
    ]
    assert (overlapping, outside) == ([], [])


@given(people)
def test_power_goes_up_and_attitude_to_the_right(people):
    drawn = decision_map.drawn(people, [])

    for a, b in combinations(drawn.nodes, 2):
        powers = [decision_map.power_of(node.of.role, node.of.power) for node in (a, b)]
        if powers == [Power.HIGH, Power.LOW]:
            assert a.y < b.y
        if (a.of.stance, b.of.stance) == (Stance.AGAINST, Stance.FOR):
            assert a.x < b.x


def test_a_line_goes_from_border_to_border():
    mover = Person(1, DecisionRole.CHAMPION, Stance.FOR)
    moved = Person(2, DecisionRole.DECIDER, Stance.FOR)

    drawn = decision_map.drawn([mover, moved], [(1, 2), (1, 3)])

    below, above = (next(n for n in drawn.nodes if n.of == person) for person in (mover, moved))
    [line] = drawn.lines
    assert (line.x1, line.y1, line.y2) == (below.x, below.top, above.top + drawn.node_height)


def test_what_was_said_of_power_goes_before_the_role():
    said = decision_map.power_of(DecisionRole.OPPONENT, Power.HIGH)

    assert (said, decision_map.power_of(DecisionRole.OPPONENT, "")) == (Power.HIGH, Power.MIDDLE)


@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [
        ("山口 誠一", "部長", "山口 部長"),
        ("山口 誠一", "", "山口 誠一"),
        ("勅使河原 誠一", "代表取締役社長", "勅使河原 代表…"),
        ("Andrew Featherstonehaugh", "", "Andrew Feathers…"),
    ],
)
def test_a_name_fits_into_its_node(name, title, shown):
    assert decision_map.short(name, title) == shown


# ── who can move whom ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機")


@pytest.fixture
def decider(company):
    return factories.make_contact(
        company, name="山口 誠一", reading="やまぐち", role="decider", stance="neutral"
    )


@pytest.fixture
def champion(company):
    return factories.make_contact(
        company, name="大森 直美", reading="おおもり", role="champion", stance="for"
    )


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def map_of(company) -> str:
    return reverse("activities:decision-map", args=[company.pk])


def link(mover, moved):
    return operations.link_influence(mover, moved=moved, by=SYSTEM, at=timezone.now())


def test_only_two_people_of_one_company_are_linked_and_once(champion, decider):
    link(champion, decider)

    with pytest.raises(operations.AlreadyLinked):
        link(champion, decider)
    with pytest.raises(operations.NotColleagues):
        link(champion, champion)
    with pytest.raises(operations.NotColleagues):
        link(champion, factories.make_contact())


def test_a_line_is_drawn_and_taken_away_on_the_map_s_page(browser, company, champion, decider):
    sent = {"mover": champion.pk, "moved": decider.pk}
    browser.post(reverse("customers:link-influence", args=[company.pk]), sent)
    line = Influence.objects.get()
    content = browser.get(map_of(company)).content.decode()
    browser.post(reverse("customers:unlink-influence", args=[line.pk]))

    assert (line.mover, line.moved) == (champion, decider)
    assert "大森 直美(推進者、立場 賛成、最終接触 まだ接触がありません) → 山口 誠一を動かせる" in content
    assert not Influence.objects.exists()
    told = Entry.objects.filter(subject_id=champion.pk).order_by("id").values_list("event", flat=True)
    assert list(told) == ["contact.added", "contact.influence_linked", "contact.influence_unlinked"]


def test_whoever_lies_in_the_trash_has_no_lines(company, champion, decider):
    link(champion, decider)

    operations.trash_contact(decider, by=SYSTEM, at=timezone.now())

    assert list(queries.influences(company)) == []


def test_a_contact_of_another_company_cannot_be_chosen(browser, company, champion):
    sent = {"mover": champion.pk, "moved": factories.make_contact().pk}

    browser.post(reverse("customers:link-influence", args=[company.pk]), sent)

    assert not Influence.objects.exists()


# ── placing by form or drag ────────────────────────────────────────────────────────────────────────


def placed(contact) -> tuple[str, str]:
    contact = Contact.objects.get(pk=contact.pk)
    return contact.stance, contact.power


def test_a_person_is_placed_and_the_way_back_puts_them_where_they_were(browser, company, decider):
    url = reverse("customers:place-contact", args=[decider.pk])

    answer = browser.post(f"{url}?back=/companies/{company.pk}/", {"stance": "for", "power": "middle"})
    after = placed(decider)
    [done] = browser.get(answer["Location"]).context["messages"]
    undone = browser.post(done.extra_tags)
    [said] = browser.get(undone["Location"]).context["messages"]

    assert answer["Location"] == company.get_absolute_url()
    assert "元に戻しました" in str(said)
    assert (after, placed(decider)) == (("for", "middle"), ("neutral", ""))


def test_what_is_no_place_changes_nothing(browser, decider):
    browser.post(reverse("customers:place-contact", args=[decider.pk]), {"stance": "love", "power": "middle"})

    assert placed(decider) == ("neutral", "")


# ── the page ───────────────────────────────────────────────────────────────────────────────────────


def test_the_map_says_in_a_sentence_what_it_shows(browser, company, champion, decider, rep):
    factories.make_follow(
        rep, company=company, contact=decider, happened_at=timezone.now() - timedelta(days=1)
    )

    response = browser.get(map_of(company))

    yesterday = timezone.localdate() - timedelta(days=1)
    assert response.context["sentence"] == (
        "決裁マップ。山口 誠一(決裁者、立場 中立、最終接触 "
        f"{yesterday.year}/{yesterday.month}/{yesterday.day})"
        "、大森 直美(推進者、立場 賛成、最終接触 まだ接触がありません)。"
    )


def test_who_may_not_keep_companies_sees_the_map_without_forms(logged_in, company, champion, decider):
    browser = logged_in(factories.make_user(Role.EXECUTIVE))

    content = browser.get(map_of(company)).content.decode()

    assert ("大森" in content, "data-node" in content, "<select" in content) == (True, False, False)


def test_without_contacts_it_says_what_will_stand_here(browser, company):
    assert "まだ担当者がいません" in browser.get(map_of(company)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_map_costs_the_same_however_many_people(browser, company, count, django_assert_num_queries):
    made = [factories.make_contact(company) for _ in range(count + 1)]
    for mover in made[1:]:
        link(mover, made[0])

    with django_assert_num_queries(12):
        browser.get(map_of(company))
