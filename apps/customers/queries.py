"""Every question about companies and contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import BooleanField, Count, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from apps.base import text
from apps.base.finding import words_in
from apps.customers.models import (
    Campaign,
    Company,
    Contact,
    Digits,
    FirstWord,
    Influence,
    LeadSource,
    ListEntry,
    Merge,
    Site,
    TargetList,
)

R = TypeVar("R", Company, Contact)

EXISTING: list[Callable[[], Q]] = [lambda: Q(existing=True)]
"""What makes a company 既存顧客: that people or a file said so; apps above add what else does."""


def is_existing() -> Q:
    """既存顧客 — asked rather than stored, so that it ends with what made it so."""
    return reduce(or_, (condition() for condition in EXISTING))


def with_standing(found: QuerySet[Company]) -> QuerySet[Company]:
    """Companies that know whether they are existing customers."""
    return found.annotate(is_existing=ExpressionWrapper(is_existing(), output_field=BooleanField()))


def companies(*, words: str = "", industry: str = "", prefecture: str = "") -> QuerySet[Company]:
    """Companies outside the trash, found however their name is written, of an industry or a prefecture."""
    found = Company.objects.kept().found_by(words)
    if industry:
        found = found.of_industry(industry)
    return found.within(prefecture) if prefecture else found


FEW = 100


def few_named(words: str) -> dict[str, list[UUID]]:
    """The companies that each of the words names, where these are few.

    What belongs to them is then found by their ids: beside "or its own name", an index leads to ids, not to a question.
    """
    asked = {word: Company.objects.found_by(word).values_list("pk", flat=True) for word in words_in(words)}
    named = {word: list(found[: FEW + 1]) for word, found in asked.items()}
    return {word: ids for word, ids in named.items() if len(ids) <= FEW}


def nearly_named(words: str, *, size: int) -> list[Company]:
    """もしかして — companies whose name or reading is almost that, the nearest first."""
    key = text.search_key(words)
    found = (
        Company.objects.kept().filter(search_key__trigram_word_similar=key) if key else Company.objects.none()
    )
    return list(found.order_by(TrigramWordSimilarity(key, "search_key").desc(), "id")[:size])


def lead_sources(*, retired: bool = False) -> QuerySet[LeadSource]:
    return LeadSource.objects.all() if retired else LeadSource.objects.offered()


def every_lead_source() -> QuerySet[LeadSource]:
    return lead_sources(retired=True)


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_related("lead_source")


def campaigns_on(day: date) -> QuerySet[Campaign]:
    """Those that run on that day."""
    return campaigns().filter(Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day)


def with_companies(found: QuerySet) -> QuerySet:
    """Sources or campaigns with the number of companies outside the trash that came from them."""
    kept = Q(companies__isnull=False, companies__trashed_at__isnull=True)
    return found.annotate(size=Count("companies", filter=kept))


def influences(company: Company) -> QuerySet[Influence]:
    """Who can move whom at the company, of those who are not in the trash."""
    found = Influence.objects.filter(
        mover__company=company,
        moved__company=company,
        mover__trashed_at__isnull=True,
        moved__trashed_at__isnull=True,
    )
    return found.select_related("mover", "moved").order_by("mover__reading", "moved__reading", "id")


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


def named_alike(keys: Iterable[str]) -> QuerySet[Company]:
    """Companies whose name has one of these search keys, which stands with them as `name_key`."""
    found = Company.objects.kept().annotate(name_key=FirstWord("search_key"))
    return found.filter(name_key__in=list(keys))


def with_phones(digits: Iterable[str]) -> QuerySet[Company, tuple[UUID, str, str]]:
    """Companies by the digits of their phone: id, name, digits."""
    found = Company.objects.kept().annotate(digits=Digits("phone")).filter(digits__in=list(digits))
    return found.order_by("reading", "id").values_list("pk", "name", "digits")


def duplicates(*, size: int = 50) -> list[list[Company]]:
    """Companies that go by the same name, phone or website: each group once, by what they share."""
    shared = [FirstWord("search_key"), Digits("phone"), Site("website")]
    groups = {
        frozenset(ids): None
        for key in shared
        for ids in Company.objects.kept()
        .annotate(shared=key)
        .exclude(shared="")
        .values("shared")
        .annotate(ids=ArrayAgg("pk"))
        .filter(ids__len__gt=1)
        .order_by("shared")
        .values_list("ids", flat=True)[:size]
    }
    known = {company.pk: company for company in Company.objects.filter(pk__in=set().union(*groups))}
    return [sorted((known[pk] for pk in group), key=lambda c: c.pk) for group in groups][:size]


def contacts(*, company: Company | None = None, words: str = "") -> QuerySet[Contact]:
    found = Contact.objects.kept().found_by(words).select_related("company")
    return found.filter(company=company) if company else found


def trashed() -> list[QuerySet]:
    """The companies, the contacts and the lists that lie in the trash by themselves."""
    gone = [kind.objects.filter(trashed_at__isnull=False, merged_into=None) for kind in (Company, Contact)]
    return [gone[0], gone[1].select_related("company"), TargetList.objects.filter(trashed_at__isnull=False)]


def lists(*, on: date | None = None, words: str = "") -> QuerySet[TargetList]:
    """Every list outside the trash with its owner, and with the number of its companies on a day."""
    found = TargetList.objects.kept().filter(name__icontains=words).select_related("owner")
    return found.annotate(size=size_of_list(on=on)) if on else found


def size_of_list(*, on: date) -> Coalesce:
    """How many companies stand on a list that day."""
    entries = ListEntry.objects.on(on).filter(list=OuterRef("pk")).order_by().values("list")
    return Coalesce(Subquery(entries.annotate(n=Count("pk")).values("n")), 0)


def entries(*, on: date | None = None) -> QuerySet[ListEntry]:
    """What stands, or stood, on lists outside the trash."""
    found = ListEntry.objects.filter(list__trashed_at__isnull=True).select_related("list__owner", "company")
    return found.on(on) if on else found


def list_sizes(owners: Iterable[UUID], *, on: date) -> dict[UUID, int]:
    """リスト件数 — how many different companies stand on the lists that each person owns, on that day."""
    owned = ListEntry.objects.on(on).filter(list__owner__in=owners).values_list("list__owner")
    counted = dict(owned.annotate(Count("company", distinct=True)))
    return {owner: counted.get(owner, 0) for owner in owners}


def survivor_of(record: R) -> R:
    """The record that stands for this one today: itself, unless it was merged into another."""
    while record.merged_into_id:
        record = type(record).objects.get(pk=record.merged_into_id)
    return record


def or_merged(kind: type[R]) -> QuerySet[R]:
    """What an address may name: what is kept, and what was merged and leads on to its survivor."""
    return kind.objects.filter(Q(trashed_at__isnull=True) | Q(merged_into__isnull=False))


def merged_keys(survivor: Company | Contact) -> list[str]:
    """What the records that were merged into this one are found by."""
    merged = type(survivor).objects.filter(merged_into=survivor).order_by("pk")
    return list(merged.values_list("search_key", flat=True))


def kind_of(merge: Merge) -> type[Company] | type[Contact]:
    return Company if Company.objects.filter(pk=merge.survivor_id).exists() else Contact


def merges(survivor: Company | Contact) -> QuerySet[Merge]:
    """What was merged into this record and still is, latest first: in this order it can be taken apart."""
    return Merge.objects.filter(survivor_id=survivor.pk, undone_at=None).order_by("-pk")


def merges_of(company: Company) -> list[tuple[Merge, Company | Contact]]:
    """What was merged into the company, or into one of its people, latest first."""
    people = Contact.objects.filter(company=company).values("pk")
    merges = Merge.objects.filter(
        Q(survivor_id=company.pk) | Q(survivor_id__in=people), undone_at=None
    ).order_by("-pk")
    ids = [merge.merged_id for merge in merges]
    known = Company.objects.in_bulk(ids) | Contact.objects.in_bulk(ids)
    return [(merge, known[merge.merged_id]) for merge in merges]


def torn_contacts(*companies: Company | Contact) -> QuerySet[Contact]:
    """Contacts that were merged into somebody who is now of another company."""
    merged = Contact.objects.filter(merged_into__isnull=False)
    torn = Q(company__in=[c.pk for c in companies]) | Q(merged_into__company__in=[c.pk for c in companies])
    return merged.filter(torn).exclude(company=F("merged_into__company"))
