"""What happens to a deal in its life: learning, winning, losing, taking back, the trash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import check, only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.customers import operations as customers
from apps.deals import notifications, rules
from apps.deals.folding import as_kept, changes_of, moment_of, refold
from apps.deals.models import Deal, DealChange, LostReason
from apps.deals.vocabulary import LostKind, Outcome
from apps.journal.operations import note


class AlreadyClosed(Refused):
    pass


class StillOpen(Refused):
    pass


class NotADeal(Refused):
    pass


class BeforeItBegan(Refused):
    pass


class NotToBeTakenBack(Refused):
    pass


class NeedsAmount(Refused):
    pass


class NeedsReturnDate(Refused):
    pass


class InTrash(Refused):
    pass


@only_who_may(Act.KEEP_DEALS, owner="owner")
@transaction.atomic
def change_deal(
    deal: Deal,
    *,
    by: User | System,
    at: datetime,
    when: datetime | date | None = None,
    version: int | None = None,
    **facts: Any,
) -> Deal:
    """案件を直す — what was learned of plan, price, timing and the rest; the stage follows by itself.

    `when`: since when it is true, if not since now. What an order was for is true since it was received.
    """
    deal = open_to_change(deal, version=version)
    if facts.get("rank") and not all(_axes_after(deal, facts)):
        raise NotADeal(_("プラン・価格・時期がそろうと、◯△を付けられます。"), field="rank")
    if deal.outcome == Outcome.WON and when is None:
        deal = _correct_order(deal, facts, at=at, by=by)
    before = deal.owner_id
    deal = _record(deal, facts, when=when, at=at, by=by, event="deal.changed")
    if deal.owner_id != before:
        notifications.tell_given(deal, by=by, at=at)
    return deal


def _correct_order(deal: Deal, facts: Mapping[str, Any], *, at: datetime, by: User | System) -> Deal:
    """The order itself was recorded wrongly: it counts with the right plan and amount, in the month of the win."""
    if "amount" in facts and facts["amount"] is None:
        raise NeedsAmount(_("受注した案件の金額は空にできません。"), field="amount")
    order = {name: facts[name] for name in ("plan", "amount") if name in facts}
    return _record(deal, order, when=deal.closed_at, at=at, by=by, event="deal.order_corrected")


@only_who_may(Act.KEEP_DEALS)
@transaction.atomic
def take_back(deal: Deal, *, version: int, by: User | System, at: datetime) -> Deal:
    """元に戻す — what was recorded last is taken away as if it had not been, while nothing has followed it."""
    deal = open_to_change(deal, version=version)
    *earlier, latest = deal.changes.order_by("id")
    if not earlier:
        raise NotToBeTakenBack(_("この変更は、ここからは元に戻せません。"))
    if "outcome" in latest.fields:
        check(by, Act.CLOSE_DEALS, deal.responsible_id)
    latest.delete()
    refold([deal.pk])
    deal = Deal.objects.get(pk=deal.pk).saved(at=at)
    note("deal.change_taken_back", deal, by=by, moment=latest.at, fields=latest.fields)
    return deal


def open_to_change(deal: Deal, *, version: int | None = None) -> Deal:
    deal = deal.locked(version=version)
    if deal.trashed_at:
        raise InTrash(_("ごみ箱にあります。先に元に戻してください。"))
    return deal


def _axes_after(deal: Deal, facts: Mapping[str, Any]) -> tuple[bool, bool, bool]:
    names = ("plan", "amount", "expected_month")
    return Deal(**{name: facts.get(name, getattr(deal, name)) or _nothing(name) for name in names}).axes


def _nothing(name: str) -> str | None:
    return "" if name == "plan" else None


@only_who_may(Act.CLOSE_DEALS)
@transaction.atomic
def win(
    deal: Deal,
    *,
    on: datetime | date,
    amount: int,
    by: User | System,
    at: datetime,
    version: int | None = None,
) -> Deal:
    """受注にする — an order received on a day, for an amount."""
    deal = open_to_change(deal, version=version)
    if not deal.is_open:
        raise AlreadyClosed(_("この案件はすでに終了しています。"))
    return _record(deal, {"outcome": Outcome.WON, "amount": amount}, when=on, at=at, by=by, event="deal.won")


@only_who_may(Act.CLOSE_DEALS)
@transaction.atomic
def lose(
    deal: Deal,
    *,
    on: datetime | date,
    kind: LostKind,
    reason: LostReason,
    by: User | System,
    at: datetime,
    comes_back_on: date | None = None,
    version: int | None = None,
) -> Deal:
    """ボツにする — close the deal and keep the reason for lost analysis."""
    deal = open_to_change(deal, version=version)
    if not deal.is_open:
        raise AlreadyClosed(_("この案件はすでに終了しています。"))
    if kind == LostKind.NOT_NOW and comes_back_on is None:
        raise NeedsReturnDate(_("今だめのときは、戻ってくる日を入れてください。"), field="comes_back_on")
    facts = {
        "outcome": Outcome.LOST,
        "lost_kind": kind,
        "lost_reason": reason,
        "comes_back_on": comes_back_on if kind == LostKind.NOT_NOW else None,
    }
    return _record(deal, facts, when=on, at=at, by=by, event="deal.lost")


@only_who_may(Act.CLOSE_DEALS)
@transaction.atomic
def reopen(
    deal: Deal,
    *,
    reason: str,
    by: User | System,
    at: datetime,
    mistake: bool = False,
    when: datetime | date | None = None,
    version: int | None = None,
) -> Deal:
    """元に戻す — 受注取消 of a won deal, 復活 of a lost one; a `mistake` is taken away as if it had not been."""
    deal = open_to_change(deal, version=version)
    if deal.is_open:
        raise StillOpen(_("この案件は進行中です。"))
    if mistake:
        return _strike_out_end(deal, reason=reason, by=by, at=at)
    event = "deal.order_cancelled" if deal.outcome == Outcome.WON else "deal.revived"
    facts = {"outcome": Outcome.OPEN, "lost_kind": "", "lost_reason": None, "comes_back_on": None}
    return _record(deal, facts, when=when, at=at, by=by, event=event, reason=reason)


_OF_AN_END = ("outcome", "lost_kind", "lost_reason", "comes_back_on")


def _strike_out_end(deal: Deal, *, reason: str, by: User | System, at: datetime) -> Deal:
    """The end that was recorded last never was, nor the order's amount; what else was learned stays."""
    changes = list(deal.changes.order_by("at", "id"))
    turns = [change for change in changes if "outcome" in change.fields]
    ends = list(takewhile(lambda change: change.fields["outcome"] == deal.outcome, reversed(turns)))
    end = ends[-1]
    corrections = [change for change in changes if change.at == end.at and change.pk > end.pk]
    struck = (*_OF_AN_END, "amount") if deal.outcome == Outcome.WON else _OF_AN_END
    for change in {*ends, *corrections}:
        change.fields = {name: value for name, value in change.fields.items() if name not in struck}
        if change.fields:
            change.save(update_fields=["fields"])
        else:
            change.delete()
    refold([deal.pk])
    after = Deal.objects.get(pk=deal.pk).saved(at=at)
    note("deal.end_struck_out", after, by=by, moment=end.at, reason=reason, outcome=deal.outcome)
    return after


def _record(
    deal: Deal,
    facts: Mapping[str, Any],
    *,
    when: datetime | date | None,
    at: datetime,
    by: User | System,
    event: str,
    reason: str = "",
) -> Deal:
    """Add one change, fold the deal anew, note it. A deed that closes or reopens must be the deal's latest such."""
    story = rules.fold(changes_of(deal))
    recorded = [state.at for state in story.states]
    moment = moment_of(
        at if when is None else when, now=at, zone=timezone.get_current_timezone(), recorded=recorded
    )
    if moment < recorded[0]:
        raise BeforeItBegan(_("案件が始まった日より前の日付です。"), field="on")
    turned = max(
        (m.until or m.at for m in story.milestones if m.kind in ("won", "lost")), default=recorded[0]
    )
    if "outcome" in facts and moment < turned:
        raise BeforeItBegan(_("前に受注・ボツにした日や、元に戻した日より前の日付です。"), field="on")
    before = rules.state_at(story.states, moment)
    kept = {name: value for name, value in as_kept(facts).items() if getattr(before, name) != value}
    if not kept:
        return deal
    DealChange.objects.create(deal=deal, at=moment, fields=kept, reason=reason)
    refold([deal.pk])
    deal = Deal.objects.get(pk=deal.pk).saved(at=at)
    note(event, deal, by=by, moment=moment, reason=reason, **_before_and_after(before, kept))
    return deal


def _before_and_after(before: rules.State, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {"changed": {name: [getattr(before, name), value] for name, value in kept.items()}}


@only_who_may(Act.TRASH_ACTIVITIES)
@transaction.atomic
def trash_deal(deal: Deal, *, by: User | System, at: datetime) -> Deal:
    """ごみ箱へ移す — as if it had never been; its changes wait there."""
    return _move(deal, trashed_at=at, at=at, by=by, event="deal.trashed")


@only_who_may(Act.TRASH_ACTIVITIES)
@transaction.atomic
def restore_deal(deal: Deal, *, by: User | System, at: datetime) -> Deal:
    """ごみ箱から戻す — with its whole life."""
    if deal.company.trashed_at:
        raise customers.InTrash(_("先に顧客をごみ箱から戻してください。"))
    return _move(deal, trashed_at=None, at=at, by=by, event="deal.restored")


def _move(deal: Deal, *, trashed_at: datetime | None, at: datetime, by: User | System, event: str) -> Deal:
    deal = deal.locked()
    deal.trashed_at = trashed_at
    deal.saved(at=at)
    refold([deal.pk])
    note(event, deal, by=by)
    return deal
