"""Benchmarks: what a normal month shows in each row. Plain values; amounts in yen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

Benchmarks = dict[str, int | Fraction]

_AMOUNTS = {
    "sales": "orders",
    "opening_deal_amount": "opening_deal_count",
    "sure_amount": "sure_count",
    "likely_amount": "likely_count",
    "topic_amount": "topic_count",
}
"""Amount rows by the count row that they follow from."""


def completed(typed: Mapping[str, int]) -> Benchmarks:
    """Typed benchmarks of one person and month with their defaults (domain.md).

    Amounts default to count × unit price, the target to the sales, attainment to 100 %; the unit price follows from
    typed sales and orders. What cannot be derived is left out.
    """
    full: Benchmarks = dict(typed)
    if "unit_price" not in full and full.get("orders") and "sales" in full:
        full["unit_price"] = Fraction(full["sales"], full["orders"])
    for amount, count in _AMOUNTS.items():
        if amount not in full and count in full and "unit_price" in full:
            full[amount] = _whole(full[count] * full["unit_price"])
    if "sales_target" not in full and "sales" in full:
        full["sales_target"] = full["sales"]
    if full:
        full.setdefault("attainment", Fraction(1))
    return full


def _whole(value: int | Fraction) -> int:
    """Rounded half up, as amounts are shown."""
    return int(value + Fraction(1, 2)) if isinstance(value, Fraction) else value


def together(people: Iterable[Benchmarks]) -> Benchmarks:
    """A team's benchmarks: sums over its people; unit price from the summed sales and orders."""
    total: Benchmarks = {}
    for person in people:
        for row, value in person.items():
            if row not in ("unit_price", "attainment"):
                total[row] = total.get(row, 0) + value
    if total.get("orders") and "sales" in total:
        total["unit_price"] = Fraction(total["sales"], total["orders"])
    if total:
        total["attainment"] = Fraction(1)
    return total
