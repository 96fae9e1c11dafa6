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


def trashed() -> list[Record]:
    """Companies and contacts in the trash, latest first."""
    both = [
        *Company.objects.filter(trashed_at__isnull=False),
        *Contact.objects.filter(trashed_at__isnull=False),
    ]
    return sorted(both, key=lambda record: record.trashed_at, reverse=True)
