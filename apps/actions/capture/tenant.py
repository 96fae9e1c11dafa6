"""A tenant's own names: whom a line may be about, narrowed by the database before anything is compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.actions import queries
from apps.actions.capture.names import Company, Person
from apps.customers import models
from apps.customers import queries as customers
from apps.deals import queries as deals

AT_MOST = 200
"""So many companies are compared with a line, those that begin most alike first; beyond them nothing is certain."""
_OWN = 60


class OfTenant:
    """What one person's line may name, in a few queries."""

    def __init__(self, user: User) -> None:
        self._user = user
        self.fiscal_year_starts = accounts.organisation().fiscal_year_starts

    def companies(self, heads: Collection[str]) -> Sequence[Company]:
        mine = queries.own_companies(self._user, size=_OWN)
        own = models.Company.objects.kept().filter(pk__in=mine).only("name", "reading")
        found = {company.pk: _known(company, mine=True) for company in own}
        if heads:
            alike = models.Company.objects.kept().filter(_alike(heads)).annotate(rank=_rank(heads))
            for company in alike.order_by("-rank", Length("search_key"), "pk").only("name", "reading")[
                :AT_MOST
            ]:
                found.setdefault(company.pk, _known(company, mine=company.pk in mine))
        return list(found.values())

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


def _known(company: models.Company, *, mine: bool) -> Company:
    return Company(company.pk, company.name, company.reading, mine)


def _alike(heads: Collection[str]) -> Q:
    """Name or reading begin as one of the places does, or hold it: the trigram index knows."""
    asked = _begin_with(heads, 2)
    for head in dict.fromkeys(head[:3] for head in heads if len(head) > 2):
        asked |= Q(search_key__contains=head)
    return asked


def _begin_with(heads: Collection[str], size: int) -> Q:
    asked = Q()
    for head in dict.fromkeys(head[:size] for head in heads if len(head) >= size):
        asked |= Q(search_key__startswith=head) | Q(search_key__contains=f" {head}")
    return asked


def _rank(heads: Collection[str]) -> Case:
    """How much of a place they begin with."""
    begun = [(_begin_with(heads, size), size) for size in (5, 4, 3)]
    ways = [When(asked, then=Value(size)) for asked, size in begun if asked]
    return Case(*ways, default=Value(2), output_field=IntegerField())
