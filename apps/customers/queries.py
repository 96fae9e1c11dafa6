"""Every question about companies and contacts."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Value
from django.db.models.lookups import Exact

from apps.base import text
from apps.base.models import Record
from apps.customers.models import Company, Contact, Digits, Site


def companies(*, words: str = "", industry: str = "", prefecture: str = "") -> QuerySet[Company]:
    """Companies outside the trash, found however their name is written, of an industry or a prefecture."""
    found = Company.objects.kept().found_by(words)
    if industry:
        found = found.of_industry(industry)
    return found.within(prefecture) if prefecture else found


def alike(*, name: str, phone: str = "", website: str = "") -> QuerySet[Company]:
    """Companies that may be this one: the same name however it is written, the same phone or the same website."""
    same = Q(pk__in=[])
    if key := text.search_key(name):
        same |= Q(search_key__startswith=f"{key} ")
    if any(sign.isdigit() for sign in phone):
        same |= Q(Exact(Digits("phone"), Digits(Value(phone))))
    if website:
        same |= Q(Exact(Site("website"), Site(Value(website))))
    return Company.objects.kept().filter(same).order_by("reading", "id")


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
