"""Every question about deals but the goal/process table's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.customers.models import Company
from apps.deals.models import Deal, DealChange, LostReason, Milestone


def deals(*, words: str = "", owner_id: UUID | None = None, stages: Sequence[str] = ()) -> QuerySet[Deal]:
    """Deals outside the trash, found by their company's or their own name."""
    found = Deal.objects.kept()
    if words:
        companies = Company.objects.found_by(words)
        found = found.filter(Q(company__in=companies) | Q(name__icontains=words) | Q(plan__icontains=words))
    if owner_id:
        found = found.filter(owner=owner_id)
    if stages:
        found = found.filter(stage__in=stages)
    return found.select_related("company", "owner", "lost_reason")


def changes_of(deal: Deal) -> QuerySet[DealChange]:
    """The deal's valid-time history, oldest first."""
    return deal.changes.order_by("at", "id")


def lost_reasons(*, retired: bool = False) -> QuerySet[LostReason]:
    return LostReason.objects.all() if retired else LostReason.objects.filter(retired_at__isnull=True)


def trashed_deals() -> QuerySet[Deal]:
    return (
        Deal.objects.filter(trashed_at__isnull=False)
        .select_related("company", "owner")
        .order_by("-trashed_at")
    )


@dataclass(frozen=True)
class Closed:
    """How the deals of one owner, team or plan ended. `key` is an id, a plan's name, or None."""

    key: UUID | str | None
    name: str
    won: int
    lost: int
    won_amount: int

    @property
    def win_rate(self) -> Fraction | None:
        """won / (won + lost); None where nothing has ended."""
        return Fraction(self.won, self.won + self.lost) if self.won + self.lost else None


def standing(*, since: datetime | None = None, before: datetime | None = None) -> QuerySet[Milestone]:
    """Wins and losses that were not taken back, within [since, before)."""
    found = Milestone.objects.filter(kind__in=("won", "lost"), until_at__isnull=True)
    if since:
        found = found.filter(at__gte=since)
    if before:
        found = found.filter(at__lt=before)
    return found


_COUNTS = {
    "won": Count("pk", filter=Q(kind="won")),
    "lost": Count("pk", filter=Q(kind="lost")),
    "won_amount": Coalesce(Sum("amount", filter=Q(kind="won")), 0),
}


def closed_by_owner(ended: QuerySet[Milestone]) -> list[Closed]:
    rows = (
        ended.values(key=F("owner"), name=F("owner__name"))
        .annotate(**_COUNTS)
        .order_by("owner__reading", "owner")
    )
    return [Closed(row["key"], row["name"] or "", row["won"], row["lost"], row["won_amount"]) for row in rows]


def closed_by_plan(ended: QuerySet[Milestone]) -> list[Closed]:
    rows = ended.values(key=F("plan")).annotate(**_COUNTS).order_by("plan")
    return [Closed(row["key"], row["key"], row["won"], row["lost"], row["won_amount"]) for row in rows]
