"""Where the demo's companies came from, and the lists on which they stand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from apps.accounts.models import SYSTEM
from apps.base.month import Month
from apps.customers import codes, operations
from apps.customers.models import Campaign, LeadSource
from apps.integrations.demo.voice import WORDS

if TYPE_CHECKING:
    from apps.integrations.demo.customers import Customer
    from apps.integrations.demo.people import Seat

MAN = 10_000
ON_A_LIST = 24


class Origins:
    """The tenant's sources, and campaigns as the demo's words tell them."""

    def __init__(self, *, now: datetime) -> None:
        operations.furnish(at=now)
        self.sources = list(LeadSource.objects.order_by("kind", "name"))
        running = Month.of(now.date())
        self.campaigns = [self._campaign(told, running, now=now) for told in WORDS["campaigns"]]
        self.weights = [told["weight"] for told in WORDS["campaigns"]]

    def _campaign(self, told: dict[str, Any], running: Month, *, now: datetime) -> Campaign:
        first = running - told["ago"]
        return operations.add_campaign(
            name=told["name"],
            lead_source=next(source for source in self.sources if source.name == told["source"]),
            from_on=first.first_day,
            until_on=(first + told["months"]).first_day - timedelta(days=1) if "months" in told else None,
            cost=told["cost"] * MAN if "cost" in told else None,
            by=SYSTEM,
            at=now,
        )

    def of(self, name: str) -> dict[str, Any]:
        """What is known of where the company came from; drawn apart by its name."""
        rng = Random(f"from {name}")  # noqa: S311 - invents a demo, guards nothing
        if rng.random() < 0.45:
            campaign = rng.choices(self.campaigns, self.weights)[0]
            return {"campaign": campaign, "lead_source": campaign.lead_source}
        return {"lead_source": rng.choice([None, *self.sources])}


def make_lists(seats: list[Seat], *, since: date, now: datetime) -> None:
    """Each of inside sales, and some of field sales, has a list of companies of one industry's division."""
    for seat in seats:
        if seat.patch and (seat.is_inside or seat.number % 3 == 0):
            _make_list(seat, since=since, now=now)


def _make_list(seat: Seat, *, since: date, now: datetime) -> None:
    by_division: dict[str, list[Customer]] = {}
    for customer in seat.patch:
        by_division.setdefault(_division(customer.company.industry), []).append(customer)
    largest = sorted(by_division, key=lambda division: len(by_division[division]), reverse=True)
    division = largest[seat.number % 3 % len(largest)]
    customers = by_division[division]
    owner = seat.holder(now.date())
    name = f"{codes.INDUSTRIES[division].name} {owner.name.split()[0]}"
    made = operations.add_list(name=name, owner=owner, by=SYSTEM, at=now)
    for customer in islice(customers, ON_A_LIST):
        operations.put_on_list(made, company=customer.company, on=since, by=SYSTEM, at=now)


def _division(industry: str) -> str:
    return next(division for division, groups in codes.INDUSTRY_GROUPS.items() if industry in groups)
