"""A tenant's own names: whom a line may be about, narrowed by the database before anything is compared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length, Substr

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.actions import queries
from apps.actions.capture.names import Asked, Company, Person
from apps.actions.capture.signs import each_spelling
from apps.base import text
from apps.customers import models
from apps.customers import queries as customers
from apps.deals import queries as deals

AT_MOST = 200
"""So many companies are compared with a line, those that begin most alike first."""
_OWN = 60
_RIVALS = 12
_LETTERS = {"second": Substr("search_key", 2, 2), "third": Substr("search_key", 3, 2)}
_NAMED = ("pk", "name", "reading", "search_key")


class OfTenant:
    """What one person's line may name, in a few queries."""

    def __init__(self, user: User) -> None:
        self._user = user
        self.cut = False
        self.fiscal_year_starts = accounts.organisation().fiscal_year_starts

    def companies(self, asked: Asked) -> Sequence[Company]:
        mine = queries.own_companies(self._user, size=_OWN)
        own = models.Company.objects.kept().filter(pk__in=mine)
        found = {
            pk: Company(pk, name, reading, True, key) for pk, name, reading, key in own.values_list(*_NAMED)
        }
        if asked.heads:
            alike = (
                models.Company.objects.kept().alias(**_LETTERS).filter(_alike(asked)).alias(rank=_rank(asked))
            )
            nearest = alike.order_by("-rank", Length("search_key"), "pk").values_list(*_NAMED)[:AT_MOST]
            self.cut = len(nearest) == AT_MOST
            for pk, name, reading, key in nearest:
                found.setdefault(pk, Company(pk, name, reading, pk in mine, key))
        return list(found.values())

    def rivals(self, said: str, *, of: Company, whole: bool) -> Sequence[Company]:
        """Asked of all once more, before one is sure: the line was compared with those that begin alike."""
        if whole and not self.cut:
            return []
        found = customers.named_alike(each_spelling(said)) if whole else _holding(said)
        others = found.exclude(pk=of.id).order_by("trashed_at", Length("search_key"), "pk")[:_RIVALS]
        return [
            Company(pk, name, reading, found_by=key, gone=bool(trashed))
            for pk, name, reading, key, trashed in others.values_list(*_NAMED, "trashed_at")
        ]

    def people(self, companies: Collection[Hashable]) -> Mapping[Hashable, Sequence[Person]]:
        staff = defaultdict(list)
        found = customers.contacts().filter(company__in=list(companies)).select_related(None).order_by("pk")
        for contact in found.only("company_id", "name", "reading", "title"):
            person = Person(contact.pk, contact.name, contact.reading, contact.title)
            staff[contact.company_id].append(person)
        return staff

    def plans(self) -> Mapping[str, Sequence[str]]:
        return {plan.name: short_forms(plan.name) for plan in deals.plans()}


def short_forms(plan: str) -> list[str]:
    """A plan without the word for plan."""
    short = plan.removesuffix("プラン").removesuffix("パック").removesuffix("コース").strip()
    return [short] if short != plan and len(short) > 1 else []


def _alike(asked: Asked) -> Q:
    """Name or reading begin as one of the places does, or hold it, or nearly so: the trigram index knows."""
    alike = Q()
    for head in dict.fromkeys(head[:2] for head in asked.heads if len(head) > 1):
        alike |= Q(search_key__startswith=head) | Q(search_key__contains=f" {head}")
    for head in dict.fromkeys(head[:3] for head in asked.heads if len(head) > 2):
        alike |= Q(search_key__contains=head)
    for trade in asked.trades:
        alike |= Q(search_key__contains=f"{trade} ", search_key__gte="ぁ", search_key__lt="ァ")
    return alike | _nearly(asked.slips) | _sounding(asked.sounds)


def _sounding(sounds: Collection[str]) -> Q:
    return Q(search_key__regex=f" ({'|'.join(sounds)})") if sounds else Q()


def _holding(said: str) -> QuerySet[models.Company]:
    """Companies whose name or reading holds these words; in the trash, who goes by these words alone."""
    forms = each_spelling(said)
    held = Q()
    for form in forms:
        held |= Q(search_key__contains=form)
    if pattern := text.romaji_pattern(said):
        held |= Q(search_key__regex=pattern)
    alone = Q(search_key__regex=f"(^| )({'|'.join(map(re.escape, forms))})( |$)")
    trashed = Q(trashed_at__isnull=False, merged_into=None) & alone
    return models.Company.objects.filter(held).filter(Q(trashed_at__isnull=True) | trashed)


def _nearly(slips: Collection[str]) -> Q:
    """Each condition begins with one that the trigram index can answer."""
    alike = Q()
    for said in slips:
        wrong_or_more = Q(third__in=(said[2:], said[1:3]))
        alike |= Q(search_key__startswith=said[0]) & (wrong_or_more | Q(second=said[2:]))
        alike |= Q(search_key__contains=said[1:])
    return alike


def _begun(heads: Collection[str], size: int) -> Q:
    """The same of those already found: one pattern costs less than a comparison for each place."""
    long_enough = dict.fromkeys(re.escape(head[:size]) for head in heads if len(head) >= size)
    return Q(search_key__regex=f"(^| )({'|'.join(long_enough)})") if long_enough else Q()


def _rank(asked: Asked) -> Case:
    """How much of a place they begin with; a slip is as good as three letters."""
    begun = [(_begun(asked.heads, size), size) for size in (5, 4, 3)]
    begun += [(_sounding(asked.sounds), 3), (_nearly(asked.slips), 3)]
    ways = [When(asked, then=Value(size)) for asked, size in begun if asked]
    return Case(*ways, default=Value(2), output_field=IntegerField())
