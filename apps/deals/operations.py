"""Every deed about deals. Each records a change and folds the deal anew, so that every figure follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import check, only_who_may
from apps.accounts.vocabulary import Act
from apps.base.month import Month
from apps.base.refusal import Refused
from apps.customers import operations as customers
from apps.customers.models import Company
from apps.deals import rules
from apps.deals.models import Deal, DealChange, DealState, LostReason, Milestone
from apps.deals.vocabulary import Cause, LostKind, Outcome
from apps.journal.operations import note, note_many


class AlreadyClosed(Refused):
    pass


class StillOpen(Refused):
    pass


class NotADeal(Refused):
    pass


class DatedAhead(Refused):
    pass


class BeforeItBegan(Refused):
    pass


class NeedsReturnDate(Refused):
    pass


class InTrash(Refused):
    pass


class BadHistory(Refused):
    pass


class ReasonTaken(Refused):
    pass


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


# ── opening and loading ────────────────────────────────────────────────────────────────────────────


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
    return _load([new], at=at, by=by, assumed=False)[0]


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
        began = _moment(new.opened, now=at, zone=zone)
        first = {"company": str(new.company.pk), "owner": new.owner and str(new.owner.pk)} | _as_kept(
            new.facts
        )
        known = [began]
        changes.append(DealChange(deal=deal, at=began, fields=first, assumed=assumed))
        for when, facts in new.later:
            moment = _moment(when, now=at, zone=zone, recorded=known)
            if moment < began:
                raise BeforeItBegan(_("案件が始まった日より前の日付です。"))
            known.append(moment)
            changes.append(DealChange(deal=deal, at=moment, fields=_as_kept(facts)))
        rows.append(deal)
    told = _by_deal(changes)
    stories = [(deal, rules.fold(told[deal.pk])) for deal in rows]
    for deal, story in stories:  # before they are written: an update afterwards takes three times as long
        _show_present(deal, story)
    Deal.objects.bulk_create(rows, batch_size=1_000)
    DealChange.objects.bulk_create(changes, batch_size=1_000)
    _write_figures(stories)
    note_many("deal.opened", rows, by=by)
    return [Deal.objects.get(pk=rows[0].pk)] if len(rows) == 1 else rows


def _moment(
    when: datetime | date, *, now: datetime, zone: tzinfo, recorded: Iterable[datetime] = ()
) -> datetime:
    """The moment of a fact given by a moment or a day. Raises DatedAhead."""
    if isinstance(when, datetime):
        if when > now:
            raise DatedAhead(_("これからの日時は入れられません。"))
        return when
    try:
        return rules.moment_of(when, now=now, zone=zone, recorded=recorded)
    except ValueError:
        raise DatedAhead(_("これからの日付は入れられません。")) from None


def _as_kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Field values as a change keeps them: ids and dates as text, months as YYYY-MM."""
    return {name: _json(value) for name, value in facts.items()}


def _json(value: Any) -> Any:
    if isinstance(value, Company | User | LostReason):
        return str(value.pk)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Month | UUID):
        return str(value)
    if isinstance(value, str):
        return value.strip()
    return value


# ── living ─────────────────────────────────────────────────────────────────────────────────────────


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

    `when`: since when it is true, if not since now.
    """
    deal = _open_to_change(deal, version=version)
    if facts.get("rank") and not all(_axes_after(deal, facts)):
        raise NotADeal(_("プラン・価格・時期がそろうと、◯△を付けられます。"), field="rank")
    return _record(deal, facts, when=when, at=at, by=by, event="deal.changed")


def _open_to_change(deal: Deal, *, version: int | None = None) -> Deal:
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
    deal = _open_to_change(deal, version=version)
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
    deal = _open_to_change(deal, version=version)
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
    when: datetime | date | None = None,
    version: int | None = None,
) -> Deal:
    """元に戻す — 受注取消 of a won deal, 復活 of a lost one."""
    deal = _open_to_change(deal, version=version)
    if deal.is_open:
        raise StillOpen(_("この案件は進行中です。"))
    event = "deal.order_cancelled" if deal.outcome == Outcome.WON else "deal.revived"
    facts = {"outcome": Outcome.OPEN, "lost_kind": "", "lost_reason": None, "comes_back_on": None}
    return _record(deal, facts, when=when, at=at, by=by, event=event, reason=reason)


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
    story = rules.fold(_changes_of(deal))
    recorded = [state.at for state in story.states]
    moment = _moment(
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
    kept = {name: value for name, value in _as_kept(facts).items() if getattr(before, name) != value}
    if not kept:
        return deal
    DealChange.objects.create(deal=deal, at=moment, fields=kept, reason=reason)
    refold([deal.pk])
    deal = Deal.objects.get(pk=deal.pk).saved(at=at)
    note(event, deal, by=by, moment=moment, reason=reason, **_before_and_after(before, kept))
    return deal


def _before_and_after(before: rules.State, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {"changed": {name: [getattr(before, name), value] for name, value in kept.items()}}


# ── history ────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.LOAD_HISTORY)
@transaction.atomic
def load_history(
    deal: Deal, *, rows: Sequence[tuple[datetime | date, Mapping[str, Any]]], by: User | System, at: datetime
) -> Deal:
    """過去の変化を書き入れる — rows of (moment or day, fields that changed). Rows that are there already are skipped.

    Where an imported deal only assumed a field's value since its opening, the loaded values take its place.
    """
    deal = _open_to_change(deal)
    changes = list(deal.changes.order_by("at", "id"))
    zone = timezone.get_current_timezone()
    new: list[DealChange] = []
    for when, facts in rows:
        fields = _as_kept(facts)
        if fields.get("outcome") == Outcome.LOST:
            fields = _lost_with_reason(fields)
        if not fields or _known_already(changes, when, fields, zone):
            continue
        if facts.get("owner"):
            check(by, Act.LOAD_HISTORY, facts["owner"].pk)
        moment = _moment(when, now=at, zone=zone, recorded=[c.at for c in [*changes, *new]])
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


def unknown_reason() -> LostReason:
    """理由不明(取り込み) — what a lost deal from elsewhere gets that came without a reason."""
    at = timezone.now()
    given = {"cause": Cause.CUSTOMER, "position": 99, "created_at": at, "changed_at": at}
    return LostReason.objects.get_or_create(label=UNKNOWN_REASON, defaults=given)[0]


UNKNOWN_REASON = "理由不明(取り込み)"


def _changes_of(deal: Deal) -> list[rules.Change]:
    return [rules.Change(c.at, c.fields) for c in deal.changes.order_by("at", "id")]


def refold(deals: Sequence[UUID]) -> None:
    """Write states, milestones and the present row of these deals anew from their changes, in a few statements.

    A deal in the trash never existed: it has no states and milestones.
    """
    rows = {deal.pk: deal for deal in Deal.objects.select_for_update(of=("self",)).filter(pk__in=deals)}
    changes = _by_deal(DealChange.objects.filter(deal__in=deals).order_by("at", "id"))
    stories = [(deal, rules.fold(changes[pk])) for pk, deal in rows.items()]
    DealState.objects.filter(deal__in=deals).delete()
    Milestone.objects.filter(deal__in=deals).delete()
    _write_figures([(deal, story) for deal, story in stories if deal.trashed_at is None])
    for deal, story in stories:
        _show_present(deal, story)
    Deal.objects.bulk_update(rows.values(), [*_PRESENT, "opened_at", "closed_at"], batch_size=500)


def _by_deal(changes: Iterable[DealChange]) -> Mapping[UUID, list[rules.Change]]:
    of_deal: dict[UUID, list[rules.Change]] = defaultdict(list)
    for change in changes:
        of_deal[change.deal_id].append(rules.Change(change.at, change.fields))
    return of_deal


def _write_figures(stories: Iterable[tuple[Deal, rules.Story]]) -> None:
    states, milestones = [], []
    for deal, story in stories:
        states += [_state_row(deal, state) for state in story.states]
        milestones += [_milestone_row(deal, milestone) for milestone in story.milestones]
    DealState.objects.bulk_create(states, batch_size=1_000)
    Milestone.objects.bulk_create(milestones, batch_size=1_000)


_PRESENT = [name + ("_id" if name in ("company", "owner", "lost_reason") else "") for name in rules.FIELDS]


def _show_present(deal: Deal, story: rules.Story) -> None:
    present = story.present
    for name, attribute in zip(rules.FIELDS, _PRESENT, strict=True):
        value = getattr(present, name)
        if name == "expected_month" and value:
            value = Month.parse(value)
        elif attribute.endswith("_id") and value:
            value = UUID(value)
        setattr(deal, attribute, value)
    deal.opened_at = story.states[0].at
    closings = [m.at for m in story.milestones if m.kind == present.outcome and m.until is None]
    deal.closed_at = max(closings, default=None) if present.outcome != Outcome.OPEN else None


def _state_row(deal: Deal, state: rules.State) -> DealState:
    return DealState(
        deal=deal,
        valid_from=state.at,
        valid_until=state.until,
        company_id=state.company,
        owner_id=state.owner,
        stage=state.stage,
        rank=state.rank if state.stage == "deal" else "",
        amount=state.amount,
        expected_month=state.expected_month,
    )


def _milestone_row(deal: Deal, milestone: rules.Milestone) -> Milestone:
    state = milestone.state
    return Milestone(
        deal=deal,
        kind=milestone.kind,
        at=milestone.at,
        until_at=milestone.until,
        owner_id=state.owner,
        plan=state.plan,
        amount=state.amount,
    )


# ── trash ──────────────────────────────────────────────────────────────────────────────────────────


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


# ── words ──────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def add_lost_reason(*, label: str, cause: Cause, by: User | System, at: datetime) -> LostReason:
    """ボツの理由を加える"""
    if LostReason.objects.filter(label=label).exists():
        raise ReasonTaken(_("同じ理由がすでにあります。"), field="label")
    last = LostReason.objects.filter(cause=cause).count()
    reason = LostReason(label=label, cause=cause, position=last + 1).saved(at=at)
    note("lost_reason.added", reason, by=by)
    return reason


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def retire_lost_reason(
    reason: LostReason, *, by: User | System, at: datetime, version: int | None = None
) -> LostReason:
    """ボツの理由を使わないようにする — where it was given it stays."""
    reason = reason.locked(version=version)
    reason.retired_at = at
    reason.saved(at=at)
    note("lost_reason.retired", reason, by=by)
    return reason


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def bring_back_lost_reason(
    reason: LostReason, *, by: User | System, at: datetime, version: int | None = None
) -> LostReason:
    """ボツの理由をまた使う"""
    reason = reason.locked(version=version)
    reason.retired_at = None
    reason.saved(at=at)
    note("lost_reason.brought_back", reason, by=by)
    return reason


DEFAULT_REASONS = {
    Cause.DEAL_QUALITY: ["予算・決裁・必要性・時期の確認不足", "見込み違い"],
    Cause.SELLING: ["次の一手がなかった", "決裁の道筋がわからなかった", "反対者に手を打てなかった"],
    Cause.COMPETITION: ["競合に決まった", "価格が合わなかった", "機能が足りなかった"],
    Cause.CUSTOMER: ["計画が中止になった", "計画が延期になった"],
}


@transaction.atomic
def furnish(*, at: datetime) -> None:
    """The lost reasons that a new tenant begins with. Safe to run again."""
    if LostReason.objects.exclude(label=UNKNOWN_REASON).exists():
        return
    for cause, labels in DEFAULT_REASONS.items():
        for position, label in enumerate(labels):
            LostReason(label=label, cause=cause, position=position).saved(at=at)
