"""What was recorded after a merge goes with the deal or the person that it is about, when the two are parted."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q

from apps.activities.models import Activity, Follow, Visit
from apps.customers.merging import FOLLOWERS, Party
from apps.customers.models import Company, Merge


class About:
    name = "activities.about"
    columns: frozenset[str] = frozenset()

    def follow(self, merge: Merge, *, of: Party, to: Party) -> None:
        """They follow by their foreign keys."""

    def go_back(self, merge: Merge, kept: None, *, of: Party, to: Party) -> int:
        about_deal = Q(deal__company=to.pk)
        with_person = {Follow: Q(contact__company=to.pk), Visit: Q(contacts__company=to.pk)}
        for model, person in with_person.items():
            since = model.objects.filter(company=of.pk, created_at__gte=merge.at)
            goes = set(since.filter(about_deal | (Q(deal=None) & person)).values_list("pk", flat=True))
            goes -= _of_both(model, goes, of)
            model.objects.filter(pk__in=goes).update(company=to.pk)
        return sum(_crossing(model, of, to) for model in with_person)


def _of_both(model: type[Activity], ids: set[UUID], of: Party) -> set[UUID]:
    """Visits without a deal that also met somebody of the survivor: they stay."""
    if model is Follow:
        return set()
    return set(
        Visit.objects.filter(pk__in=ids, deal=None, contacts__company=of.pk).values_list("pk", flat=True)
    )


def _crossing(model: type[Activity], *companies: Party) -> int:
    """Activities of one of them about a deal or a person of the other: they stay where they were recorded."""
    person = "contact" if model is Follow else "contacts"
    about = Q(deal__isnull=False) & ~Q(deal__company=F("company"))
    with_whom = Q(**{f"{person}__isnull": False}) & ~Q(**{f"{person}__company": F("company")})
    ours = model._default_manager.filter(company__in=[company.pk for company in companies])
    return ours.filter(about | with_whom).distinct().count()


FOLLOWERS[Company].append(About())
