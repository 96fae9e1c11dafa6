"""Every question about companies and contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from apps.base import text
from apps.base.models import Record
from apps.customers.models import Company, Contact, Digits, ListEntry, Site, TargetList


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


def lists(*, on: date | None = None) -> QuerySet[TargetList]:
    """Every list with its owner, and with the number of its companies on a day."""
    found = TargetList.objects.select_related("owner")
    if on is None:
        return found
    sizes = ListEntry.objects.on(on).filter(list=OuterRef("pk")).order_by().values("list")
    size = Subquery(sizes.annotate(n=Count("pk")).values("n"))
    return found.annotate(size=Coalesce(size, 0))


def entries(*, on: date | None = None) -> QuerySet[ListEntry]:
    """What stands, or stood, on lists."""
    found = ListEntry.objects.select_related("list__owner", "company")
    return found.on(on) if on else found


def list_sizes(owners: Iterable[UUID], *, on: date) -> dict[UUID, int]:
    """リスト件数 — how many different companies stand on the lists that each person owns, on that day."""
    owned = ListEntry.objects.on(on).filter(list__owner__in=owners).values_list("list__owner")
    counted = dict(owned.annotate(Count("company", distinct=True)))
    return {owner: counted.get(owner, 0) for owner in owners}
