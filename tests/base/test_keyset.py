"""Paging by keyset: the pages together are the list, whatever is equal and whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from apps.accounts.models import SYSTEM
from apps.base.pages import BadCursor, keyset_slice
from apps.customers import operations
from apps.customers.models import Company

NOW = datetime(2026, 11, 21, 3, 0, 0, 123456, tzinfo=UTC)
ORDERS = [
    ["id"],
    ["-id"],
    ["reading", "id"],
    ["-reading", "id"],
    ["reading", "-id"],
    ["-changed_at", "-id"],
    ["note", "-changed_at", "reading", "id"],
]


@pytest.fixture
def companies(db):
    """Many that are equal in what they are sorted by."""
    chance = Random(7)
    rows = [
        {
            "name": f"会社{number}",
            "reading": chance.choice(["あ", "い", "", "ア", 'と"き', "💹"]),
            "note": chance.choice(["製造", ""]),
        }
        for number in range(23)
    ]
    for number, facts in enumerate(rows):
        operations.add_company(
            **facts, by=SYSTEM, at=NOW - timedelta(seconds=chance.choice([0, 0, 1, number]))
        )


def pages(queryset, *, order, size):
    after = None
    while True:
        found = keyset_slice(queryset, order=order, after=after, size=size)
        yield found.rows
        if (after := found.next) is None:
            return


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
@pytest.mark.parametrize("size", [1, 4, 22, 23, 24])
def test_the_pages_together_are_the_list(companies, order, size):
    found = list(pages(Company.objects.all(), order=order, size=size))

    assert [row for rows in found for row in rows] == list(Company.objects.order_by(*order))
    assert [len(rows) for rows in found[:-1]] == [size] * (len(found) - 1)
    assert 0 < len(found[-1]) <= size


def test_rows_may_be_dictionaries(companies):
    order = ["reading", "id"]

    found = [row for rows in pages(Company.objects.values(*order), order=order, size=5) for row in rows]

    assert found == list(Company.objects.order_by(*order).values(*order))


def test_what_is_added_or_goes_meanwhile_moves_nothing_else(companies):
    order = ["-changed_at", "-id"]
    before = list(Company.objects.order_by(*order))
    first = keyset_slice(Company.objects.all(), order=order, size=10)

    operations.add_company(name="新しい", by=SYSTEM, at=NOW + timedelta(days=1))
    Company.objects.filter(pk__in=[first.rows[2].pk, first.rows[-1].pk]).delete()
    rest = keyset_slice(Company.objects.all(), order=order, after=first.next, size=50)

    assert first.rows + rest.rows == before


def test_an_empty_list_is_one_empty_page(db):
    found = keyset_slice(Company.objects.none(), order=["id"])

    assert (found.rows, found.next) == ([], None)


def test_a_column_that_may_be_empty_is_no_order(companies):
    with pytest.raises(ValueError, match="empty column"):
        keyset_slice(Company.objects.all(), order=["trashed_at", "id"], size=5)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "WyJ4Il0",
        "W10",
        "e30",
        "bnVsbA",
        "WyJcdTAwMDAiLCJ4Il0",
        "あ",
        "%00",
        "W1tdLFtdXQ",
        "=" * 9,
    ],
)
def test_a_made_up_cursor_is_refused(companies, cursor):
    with pytest.raises(BadCursor):
        keyset_slice(Company.objects.all(), order=["reading", "id"], after=cursor)


def test_a_cursor_of_another_order_is_refused(companies):
    other = keyset_slice(Company.objects.all(), order=["id"], size=5).next

    with pytest.raises(BadCursor):
        keyset_slice(Company.objects.all(), order=["reading", "id"], after=other)
