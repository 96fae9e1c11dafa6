"""Every question about companies and contacts."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.base.models import Record
from apps.customers.models import Company, Contact


def companies(*, words: str = "") -> QuerySet[Company]:
    """Companies outside the trash, found however their name is written."""
    return Company.objects.kept().found_by(words)


def contacts(*, company: Company | None = None) -> QuerySet[Contact]:
    found = Contact.objects.kept().select_related("company")
    return found.filter(company=company) if company else found


def trashed(*, size: int = 100) -> list[Record]:
    """The companies and contacts that came to the trash last, latest first."""
    both = [
        *Company.objects.filter(trashed_at__isnull=False).order_by("-trashed_at")[:size],
        *Contact.objects.filter(trashed_at__isnull=False)
        .select_related("company")
        .order_by("-trashed_at")[:size],
    ]
    return sorted(both, key=lambda record: record.trashed_at, reverse=True)
