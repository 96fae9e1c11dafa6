"""Whatever a list is narrowed and sorted by, its pages together are the list, forwards and backwards."""

from datetime import date, timedelta
from random import Random

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.activities.lists import FOLLOWS, VISITS
from apps.base.listing import Asker, asked_of
from apps.base.month import Month
from apps.base.pages import keyset_slice
from apps.customers.lists import COMPANIES, CONTACTS, TARGET_LISTS
from apps.deals.lists import DEALS
from tests import factories

TODAY = date(2026, 11, 21)
WHERE = {
    "companies": [
        "industry:in:E",
        "prefecture:in:13,empty",
        "employees:range:50..",
        "employees:in:empty",
        "existing:in:no",
        "open_deal:in:yes",
        "deal_stage:in:deal,won",
        "last_follow:in:older-30",
        "last_follow:in:empty",
        "last_visit:range:..2026-01-01",
        "busy_months:in:3,empty",
    ],
    "deals": [
        "stage:in:all",
        "stage:in:open,lost",
        "rank:in:empty",
        "owner:in:me,empty",
        "owner:in:team",
        "amount:range:1..200",
        "amount:in:empty",
        "expected_month:in:this-month",
        "expected_month:range:2026-10..2026-12",
        "plan:has:基",
        "plan:in:empty",
        "next_action_on:in:past",
        "next_action_on:in:empty",
        "existing:in:no",
        "last_follow:in:older-60",
        "industry:in:E",
    ],
    "contacts": ["company:has:会社", "role:in:decider,unknown", "existing:in:no", "title:in:empty"],
    "follows": [
        "kind:in:call",
        "outcome:in:connected",
        "owner:in:me",
        "happened_at:in:this-month",
        "deal:in:no",
    ],
    "visits": ["status:in:planned,done", "reported:in:no", "prepared:in:no", "starts_at:in:this-week"],
    "target-lists": ["owner:in:me", "created_at:in:today"],
}
LISTS = {of.name: of for of in (COMPANIES, CONTACTS, TARGET_LISTS, DEALS, FOLLOWS, VISITS)}


def test_every_list_is_here():
    from apps.base.listing import LISTS as ALL

    assert ALL.keys() == LISTS.keys() == WHERE.keys()


@pytest.fixture
def asker(db, rep):
    """Who asks, of a tenant in which much is equal and much is missing."""
    chance, other = Random(3), factories.make_user("field_sales")
    now = timezone.now()
    for number in range(14):
        company = factories.make_company(
            f"会社{number}",
            reading=chance.choice(["", "あ", "い"]),
            industry=chance.choice(["", "E", "26"]),
            area=chance.choice(["", "13", "13101", "22"]),
            employees=chance.choice([None, 10, 50]),
            busy_months=chance.choice([[], [3], [4]]),
        )
        owner = chance.choice([rep, other])
        factories.make_contact(company, title=chance.choice(["", "部長"]))
        factories.make_deal(
            owner,
            company=company,
            plan=chance.choice(["", "基本"]),
            amount=chance.choice([None, 100, 300]),
            expected_month=chance.choice([None, Month.of(TODAY), Month(2027, 1)]),
            next_action=(due := chance.choice(["", "電話"])),
            next_action_on=chance.choice([TODAY, TODAY - timedelta(days=3)]) if due else None,
        )
        if chance.random() < 0.5:
            factories.make_follow(
                owner, company=company, happened_at=now - timedelta(days=chance.choice([0, 40, 90]))
            )
            factories.make_visit(
                owner, company=company, starts_at=now - timedelta(days=chance.choice([0, 5]))
            )
        if number < 3:
            factories.make_list(owner)
    return Asker(rep, TODAY)


def walked(asked, *, size: int, back: bool = False) -> list:
    """The rows of every page, from the first to the last, or from the last to the first."""
    rows, found, cursor = asked.ordered(asked.rows), [], None
    if back:
        whole = keyset_slice(rows, order=asked.order, size=10_000)
        if not whole.rows:
            return []
        tail = whole.rows[-1]
        first = keyset_slice(rows, order=asked.order, at=_values(asked, tail), size=1)
        found, cursor = [tail], first.previous
        while cursor and len(found) <= len(whole.rows):
            page = keyset_slice(rows, order=asked.order, before=cursor, size=size)
            found = page.rows + found
            cursor = page.previous
        return found
    while len(found) <= rows.count():  # a page that leads to itself is a row too many, not a test without end
        page = keyset_slice(rows, order=asked.order, after=cursor, size=size)
        found += page.rows
        if (cursor := page.next) is None:
            break
    return found


def _values(asked, row) -> list:
    from apps.base.listing.places import place_in

    return place_in(asked, row.pk)


@pytest.mark.parametrize(
    ("name", "sort"),
    [(of.name, way + sort) for of in LISTS.values() for sort in of.sorts for way in ("", "-")],
)
def test_by_every_order_a_step_of_one_row_reaches_every_row(asker, name, sort):
    stage = "&where=stage:in:all" if name == "deals" else ""
    asked = asked_of(LISTS[name], QueryDict(f"who=all&sort={sort}{stage}"), asker)

    expected = list(asked.ordered(asked.rows).order_by(*asked.order))

    assert (walked(asked, size=1), walked(asked, size=1, back=True)) == (expected, expected)


@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_pages_together_are_every_row_once(asker, data):
    of = LISTS[data.draw(st.sampled_from(sorted(LISTS)))]
    groups = data.draw(
        st.lists(st.lists(st.sampled_from(WHERE[of.name]), min_size=1, max_size=3).map("|".join), max_size=2)
    )
    sort = data.draw(st.sampled_from(["", "-"])) + data.draw(st.sampled_from(sorted(of.sorts)))
    query = QueryDict(mutable=True)
    query.setlist("where", groups)
    query.update({"sort": sort, "who": "all"})
    asked = asked_of(of, query, asker)
    assert asked.faults == ()

    expected = list(asked.ordered(asked.rows).order_by(*asked.order))
    size = data.draw(st.integers(1, 9))

    assert walked(asked, size=size) == expected
    assert walked(asked, size=size, back=True) == expected
    assert len({row.pk for row in expected}) == len(expected)


@pytest.mark.parametrize(("name", "where"), [(name, where) for name, all_ in WHERE.items() for where in all_])
def test_every_kind_of_condition_is_understood_and_said(asker, name, where):
    asked = asked_of(LISTS[name], QueryDict(f"who=all&where={where}"), asker)

    assert (asked.faults, [len(group) for group in asked.groups]) == ((), [1])
    assert asked.rows.count() <= LISTS[name].rows(asked).count()
    assert asked.said(asked.groups[0][0])
