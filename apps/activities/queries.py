"""Every question about follows and visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.activities.models import Follow, Visit
from apps.activities.vocabulary import VisitStatus
from apps.customers.models import Company
from apps.deals.models import Deal, DealChange


def follows(*, owner_id: UUID | None = None) -> QuerySet[Follow]:
    found = Follow.objects.kept().select_related("company", "contact", "deal__company", "owner")
    return found.filter(owner=owner_id) if owner_id else found


def visits(*, owner_id: UUID | None = None) -> QuerySet[Visit]:
    found = Visit.objects.kept().select_related("company", "deal__company", "owner")
    return found.filter(owner=owner_id) if owner_id else found


def visits_to_report(owner_id: UUID, *, now: datetime) -> QuerySet[Visit]:
    """Visits of the past that still stand as planned: a report is owed."""
    return (
        visits(owner_id=owner_id)
        .filter(status=VisitStatus.PLANNED, starts_at__lte=now)
        .order_by("starts_at", "pk")
    )


def visits_ahead(owner_id: UUID, *, now: datetime) -> QuerySet[Visit]:
    return (
        visits(owner_id=owner_id)
        .filter(status=VisitStatus.PLANNED, starts_at__gt=now)
        .order_by("starts_at", "pk")
    )


def has_activities(company: Company) -> bool:
    return any(model.objects.kept().filter(company=company).exists() for model in (Follow, Visit))


def trashed_activities() -> list[Follow | Visit]:
    both = [
        record
        for model in (Follow, Visit)
        for record in model.objects.filter(trashed_at__isnull=False).select_related("company", "owner")
    ]
    return sorted(both, key=lambda record: record.trashed_at, reverse=True)


@dataclass(frozen=True)
class Event:
    """One line of a timeline. `kind`: follow, visit or change; `thing`: the Follow, Visit or DealChange;
    `before`: for a change, the values that it replaced by field."""

    at: datetime
    kind: str
    thing: Any
    before: dict[str, Any] | None = None


def timeline(*, company: Company | None = None, deal: Deal | None = None, size: int = 50) -> list[Event]:
    """What happened with a company, or about a deal, latest first: contacts and changes in one line of time."""
    about = {"deal": deal} if deal else {"company": company}
    events = [
        Event(f.happened_at, "follow", f)
        for f in follows().filter(**about).order_by("-happened_at", "-pk")[:size]
    ]
    met = visits().filter(**about).select_related("post_report").prefetch_related("issues", "contacts")
    events += [Event(v.starts_at, "visit", v) for v in met.order_by("-starts_at", "-pk")[:size]]
    changed = DealChange.objects.filter(
        deal__in=[deal] if deal else Deal.objects.kept().filter(company=company)
    )
    events += _changes(list(changed.select_related("deal__company").order_by("at", "id")))
    return sorted(events, key=lambda event: event.at, reverse=True)[:size]


def _changes(changes: list[DealChange]) -> list[Event]:
    standing: dict[UUID, dict[str, Any]] = {}
    events = []
    for change in changes:
        values = standing.setdefault(change.deal_id, {})
        events.append(Event(change.at, "change", change, {name: values.get(name) for name in change.fields}))
        values |= change.fields
    return events
