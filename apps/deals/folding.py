"""From a deal's changes to what is read: its states, its milestones, its present row. The only writer of the three."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.base.month import Month
from apps.base.refusal import Refused
from apps.customers.models import Company
from apps.deals import rules
from apps.deals.models import Deal, DealChange, DealState, LostReason, Milestone
from apps.deals.vocabulary import Outcome


class DatedAhead(Refused):
    pass


def moment_of(
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


def as_kept(facts: Mapping[str, Any]) -> dict[str, Any]:
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


def changes_of(deal: Deal) -> list[rules.Change]:
    return [rules.Change(c.at, c.fields) for c in deal.changes.order_by("at", "id")]


def refold(deals: Sequence[UUID]) -> None:
    """Write states, milestones and the present row of these deals anew from their changes, in a few statements.

    A deal in the trash never existed: it has no states and milestones.
    """
    rows = {deal.pk: deal for deal in Deal.objects.select_for_update(of=("self",)).filter(pk__in=deals)}
    changes = by_deal(DealChange.objects.filter(deal__in=deals).order_by("at", "id"))
    stories = [(deal, rules.fold(changes[pk])) for pk, deal in rows.items()]
    DealState.objects.filter(deal__in=deals).delete()
    Milestone.objects.filter(deal__in=deals).delete()
    write_figures([(deal, story) for deal, story in stories if deal.trashed_at is None])
    for deal, story in stories:
        show_present(deal, story)
    Deal.objects.bulk_update(rows.values(), [*_PRESENT, "opened_at", "closed_at"], batch_size=500)


def by_deal(changes: Iterable[DealChange]) -> Mapping[UUID, list[rules.Change]]:
    of_deal: dict[UUID, list[rules.Change]] = defaultdict(list)
    for change in changes:
        of_deal[change.deal_id].append(rules.Change(change.at, change.fields))
    return of_deal


def write_figures(stories: Iterable[tuple[Deal, rules.Story]]) -> None:
    states, milestones = [], []
    for deal, story in stories:
        states += [_state_row(deal, state) for state in story.states]
        milestones += [_milestone_row(deal, milestone) for milestone in story.milestones]
    DealState.objects.bulk_create(states, batch_size=1_000)
    Milestone.objects.bulk_create(milestones, batch_size=1_000)


_PRESENT = [name + ("_id" if name in ("company", "owner", "lost_reason") else "") for name in rules.FIELDS]


def show_present(deal: Deal, story: rules.Story) -> None:
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
