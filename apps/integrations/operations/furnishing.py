"""Furnishing a new tenant."""

from __future__ import annotations

from datetime import datetime

from apps.accounts import operations as accounts
from apps.activities import operations as activities
from apps.customers import operations as customers
from apps.deals import operations as deals


def furnish(*, at: datetime) -> None:
    """What a new tenant finds on its first day, in every app. Safe to run again."""
    accounts.furnish(at=at)
    customers.furnish(at=at)
    deals.furnish(at=at)
    activities.furnish(at=at)
