"""Heads that thousands of rows are sorted by have an index that says exactly what the list asks."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from apps.base.listing import LISTS, Asker, asked_of


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    ("name", "sort", "index"),
    [
        ("deals", "next", "deals_by_next_action"),
        ("deals", "amount", "deals_by_amount"),
        ("deals", "expected", "deals_by_month"),
        ("deals", "changed", "deals_by_change"),
        ("contacts", "role", "contacts_by_role"),
        ("contacts", "reading", "contacts_by_reading"),
        ("companies", "reading", "companies_by_reading"),
    ],
)
def test_the_order_is_read_from_its_index(rep, name, sort, index, sign):
    asked = asked_of(
        LISTS[name],
        QueryDict(f"who=all&where=stage:in:all&sort={sign}{sort}"),
        Asker(rep, timezone.localdate()),
    )
    with connection.cursor() as cursor:  # a few rows are sorted faster than an index is read
        cursor.execute(
            "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
        )
        cursor.execute("SET LOCAL enable_incremental_sort = off")

    plan = asked.ordered(asked.rows).order_by(*asked.order)[:50].explain()

    assert f"using {index}" in plan
    assert "Sort" not in plan
