"""A deal follows its company through its changes, so that it always was the survivor's; its figures are folded anew."""

from __future__ import annotations

from collections.abc import Iterable

from apps.customers.merging import FOLLOWERS, Party
from apps.customers.models import Company, Merge
from apps.deals.folding import refold
from apps.deals.models import DealChange


class Changes:
    name = "deals.dealchange.company"
    columns = frozenset({"deals.deal.company", "deals.dealstate.company"})

    def follow(self, merge: Merge, *, of: Party, to: Party) -> list[str]:
        return [str(change.pk) for change in _tell(DealChange.objects.filter(fields__company=str(of.pk)), to)]

    def go_back(self, merge: Merge, kept: list[str], *, of: Party, to: Party) -> int:
        still = DealChange.objects.filter(pk__in=kept, fields__company=str(of.pk))
        return len(kept) - len(_tell(still, to))


def _tell(changes: Iterable[DealChange], company: Party) -> list[DealChange]:
    told = list(changes)
    for change in told:
        change.fields["company"] = str(company.pk)
    DealChange.objects.bulk_update(told, ["fields"], batch_size=500)
    refold([change.deal_id for change in told])
    return told


FOLLOWERS[Company].append(Changes())
