"""How deals come in: opened by hand, or loaded with their lives from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import check, only_who_may
from apps.accounts.vocabulary import Act
from apps.customers import operations as customers
from apps.customers.models import Company
from apps.deals import notifications, rules
from apps.deals.folding import as_kept, by_deal, moment_of, refold, show_present, write_figures
from apps.deals.models import Deal, DealChange
from apps.deals.operations.living import BeforeItBegan, open_to_change
from apps.deals.operations.words import unknown_reason
from apps.deals.vocabulary import LostKind, Outcome
from apps.journal.operations import note, note_many


@dataclass(frozen=True)
class NewDeal:
    """A deal to load: its first facts, and what is known of its later life as (moment or day, fields) pairs."""

    company: Company
    owner: User | None
    opened: datetime | date
    facts: Mapping[str, Any] = field(default_factory=dict)
    later: Sequence[tuple[datetime | date, Mapping[str, Any]]] = ()
    source: str = ""
    external_id: str | None = None


customers.IN_USE.append(lambda company: company.deals.kept().exists())


@only_who_may(Act.KEEP_DEALS, owner="owner")
@transaction.atomic
def open_deal(
    *,
    company: Company,
    owner: User,
    by: User | System,
    at: datetime,
    opened: datetime | date | None = None,
    source: str = "",
    external_id: str | None = None,
    **facts: Any,
) -> Deal:
    """案件を作る — `opened`: since when it exists, if not since now."""
    if company.trashed_at:
        raise customers.InTrash(_("ごみ箱にある顧客には加えられません。"), field="company")
    new = NewDeal(company, owner, at if opened is None else opened, facts, (), source, external_id)
    deal = _load([new], at=at, by=by, assumed=False)[0]
    notifications.tell_given(deal, by=by, at=at)
    return deal


@only_who_may(Act.IMPORT)
@transaction.atomic
def load_deals(*, deals: Sequence[NewDeal], by: User | System, at: datetime) -> list[Deal]:
    """取り込む — many deals with their lives at the cost of a few; what has no time of its own is assumed."""
    return _load(deals, at=at, by=by, assumed=True)


def _load(deals: Sequence[NewDeal], *, at: datetime, by: User | System, assumed: bool) -> list[Deal]:
    zone = timezone.get_current_timezone()
    rows, changes = [], []
    for new in deals:
        deal = Deal(
            company=new.company, owner=new.owner, opened_at=at, created_at=at, changed_at=at,
            source=new.source, external_id=new.external_id,
        )  # fmt: skip
        began = moment_of(new.opened, now=at, zone=zone)
        first = {"company": str(new.company.pk), "owner": new.owner and str(new.owner.pk)} | as_kept(
            new.facts
        )
        known = [began]
        changes.append(DealChange(deal=deal, at=began, fields=first, assumed=assumed))
        for when, facts in new.later:
            moment = moment_of(when, now=at, zone=zone, recorded=known)
            if moment < began:
                raise BeforeItBegan(_("案件が始まった日より前の日付です。"))
            known.append(moment)
            changes.append(DealChange(deal=deal, at=moment, fields=as_kept(facts)))
        rows.append(deal)
    told = by_deal(changes)
    stories = [(deal, rules.fold(told[deal.pk])) for deal in rows]
    for deal, story in stories:  # before they are written: an update afterwards takes three times as long
        show_present(deal, story)
    Deal.objects.bulk_create(rows, batch_size=1_000)
    DealChange.objects.bulk_create(changes, batch_size=1_000)
    write_figures(stories)
    note_many("deal.opened", rows, by=by)
    return [Deal.objects.get(pk=rows[0].pk)] if len(rows) == 1 else rows


@only_who_may(Act.LOAD_HISTORY)
@transaction.atomic
def load_history(
    deal: Deal, *, rows: Sequence[tuple[datetime | date, Mapping[str, Any]]], by: User | System, at: datetime
) -> Deal:
    """過去の変化を書き入れる — rows of (moment or day, fields that changed). Rows that are there already are skipped.

    Where an imported deal only assumed a field's value since its opening, the loaded values take its place.
    """
    deal = open_to_change(deal)
    changes = list(deal.changes.order_by("at", "id"))
    zone = timezone.get_current_timezone()
    new: list[DealChange] = []
    for when, facts in rows:
        fields = as_kept(facts)
        if fields.get("outcome") == Outcome.LOST:
            fields = _lost_with_reason(fields)
        if not fields or _known_already(changes, when, fields, zone):
            continue
        if facts.get("owner"):
            check(by, Act.LOAD_HISTORY, facts["owner"].pk)
        moment = moment_of(when, now=at, zone=zone, recorded=[c.at for c in [*changes, *new]])
        if moment < changes[0].at:
            raise BeforeItBegan(_("案件が始まった日より前の日付です。"), field="at")
        new.append(DealChange(deal=deal, at=moment, fields=fields))
    if not new:
        return deal
    _give_way(changes, {name for change in new for name in change.fields})
    DealChange.objects.bulk_create(new)
    refold([deal.pk])
    deal = Deal.objects.get(pk=deal.pk).saved(at=at)
    note("deal.history_loaded", deal, by=by, rows=len(new))
    return deal


def _known_already(changes: list[DealChange], when: datetime | date, fields: dict, zone: tzinfo) -> bool:
    def same_time(at: datetime) -> bool:
        return at == when if isinstance(when, datetime) else at.astimezone(zone).date() == when

    return any(
        same_time(c.at) and all(c.fields.get(k, _MISSING) == v for k, v in fields.items()) for c in changes
    )


_MISSING = object()


def _give_way(changes: list[DealChange], names: set[str]) -> None:
    """Take the assumed values of these fields out of the opening, but for company and owner, which it must have."""
    for change in changes:
        told_better = names & set(change.fields) - {"company", "owner", "outcome"}
        if change.assumed and told_better:
            change.fields = {name: value for name, value in change.fields.items() if name not in told_better}
            change.save(update_fields=["fields"])


def _lost_with_reason(fields: dict[str, Any]) -> dict[str, Any]:
    """A loss from elsewhere without a reason says so."""
    given = {"lost_kind": fields.get("lost_kind") or LostKind.NEVER, "lost_reason": fields.get("lost_reason")}
    given["lost_reason"] = given["lost_reason"] or str(unknown_reason().pk)
    if given["lost_kind"] == LostKind.NOT_NOW and not fields.get("comes_back_on"):
        given["lost_kind"] = LostKind.NEVER
    return fields | given
