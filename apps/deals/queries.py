"""Every question about deals but the goal/process table's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, NullIf, RowNumber, TruncDate
from django.utils import timezone

from apps.accounts import queries as accounts
from apps.accounts.models import Membership, User, in_force
from apps.accounts.rules import is_below
from apps.base.finding import words_in
from apps.base.month import Month
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.deals import rules
from apps.deals.models import Deal, DealChange, DealQuerySet, LostReason, Milestone, Plan
from apps.journal.models import Entry


def _won() -> Q:
    orders = Deal.objects.kept().filter(company=OuterRef("pk"), outcome="won")
    return Q(Exists(orders))


customers.EXISTING.append(_won)


def deals(
    *,
    words: str = "",
    known: Mapping[str, Sequence[UUID]] | None = None,
    owners: QuerySet[User] | None = None,
    stages: Sequence[str] = (),
) -> DealQuerySet:
    """Deals outside the trash of which each of the words names the company, the deal or its plan.

    `known`: companies by such a word.
    """
    found = Deal.objects.kept()
    for word in words_in(words):
        companies = (known or {}).get(word, Company.objects.found_by(word))
        found = found.filter(Q(company__in=companies) | Q(name__icontains=word) | Q(plan__icontains=word))
    if owners is not None:
        found = found.filter(owner__in=owners)
    if stages:
        found = found.filter(stage__in=stages)
    return found.select_related("company", "owner", "lost_reason")


def by_next_action(found: QuerySet[Deal]) -> QuerySet[Deal]:
    """Most urgent first by `due` and id: what has no next action stands before everything else."""
    return found.annotate(due=Coalesce(F("next_action_on"), Value(date.min)))


STAGES = {
    "open": rules.OPEN,
    **{stage: (stage,) for stage in ("prospect", "topic", "deal", "won", "lost")},
    "all": (),
}
"""What a list of deals can be narrowed to."""


@dataclass(frozen=True)
class Column:
    """One column of the board: its first cards as rows, and how many deals and how much money all of it holds."""

    key: str
    cards: Sequence[Any] = ()
    count: int = 0
    amount: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


BOARD = ("prospect", "topic", "likely", "sure")
"""The columns in which open deals stand by stage; a 商談 stands by its rank."""


def column_of(deal: Deal) -> str:
    """The column in which an open deal stands by stage."""
    return deal.rank or deal.stage


CARDS = 20
"""As many cards as a column shows; the list has the rest."""


def by_stage(found: QuerySet[Deal]) -> list[Column]:
    """見込み, 話題, 商談△ and 商談◯: what is most urgent first."""
    column = Coalesce(NullIf("rank", Value("")), "stage", output_field=CharField())
    return _columns(by_next_action(found.open()), column, BOARD, ("due", "id"))


MONTHS = 6
"""As many coming months as the board shows one by one."""


def by_month(found: QuerySet[Deal], first: Month) -> list[Column]:
    """Open deals by the month they are expected in: past, `first` and the months after it, later, undecided."""
    column = Case(
        When(expected_month=None, then=Value("undecided")),
        When(expected_month__lt=first, then=Value("past")),
        When(expected_month__gte=first + MONTHS, then=Value("later")),
        default=Func("expected_month", Value("YYYY-MM"), function="to_char"),
        output_field=CharField(),
    )
    keys = ["past", *map(str, first.range(MONTHS)), "later", "undecided"]
    return _columns(by_next_action(found.open()), column, keys, ("due", "id"))


def closed_since(found: QuerySet[Deal], since: datetime) -> list[Column]:
    """受注 and ボツ from that moment on, the latest first."""
    closed = found.filter(closed_at__gte=since)
    return _columns(closed, F("outcome"), ("won", "lost"), ("-closed_at", "id"))


_CARD = (
    "pk", "plan", "amount", "expected_month", "stage", "rank", "version", "next_action", "next_action_on",
    "closed_at", "lost_kind", "comes_back_on", "company__name", "owner_id", "owner__name",
)  # fmt: skip
"""All that a card says."""


def _columns(
    found: QuerySet[Deal], column: Expression | F, keys: Sequence[str], order: Sequence[str]
) -> list[Column]:
    """The deals in the columns that the expression names, in one query however many there are."""
    whole = {"partition_by": F("column")}
    found = found.annotate(column=column).annotate(
        place=Window(RowNumber(), order_by=order, **whole),
        column_count=Window(Count("pk"), **whole),
        column_amount=Coalesce(Window(Sum("amount"), **whole), 0),
    )
    rows = found.filter(place__lte=CARDS).order_by("place")
    cards: dict[str, list[Any]] = {key: [] for key in keys}
    for card in rows.values_list(*_CARD, "column", "column_count", "column_amount", named=True):
        cards[card.column].append(card)
    return [
        Column(key, of, of[0].column_count, of[0].column_amount) if of else Column(key)
        for key, of in cards.items()
    ]


def sum_of(found: QuerySet[Deal]) -> tuple[int, int]:
    """How many deals, and their amounts together."""
    row = found.aggregate(count=Count("pk"), amount=Coalesce(Sum("amount"), 0))
    return row["count"], row["amount"]


def expected_in(owner_id: UUID | None, month: Month) -> int:
    """The amount of the 商談, ◯ and △, that one person expects to close in the month."""
    return sum_of(deals(stages=["deal"]).filter(owner=owner_id, expected_month=month))[1]


def open_deals_at(company: Company, *, owner: User) -> QuerySet[Deal]:
    """What the person can still win at the company."""
    return deals().filter(company=company, owner=owner).open().order_by("-changed_at", "pk")


def recent_companies(owner: User, *, size: int = 8) -> list[Company]:
    """The companies whose deals this person touched last."""
    own = Deal.objects.kept().filter(owner=owner).select_related("company").order_by("-changed_at", "-id")
    return list(dict.fromkeys(deal.company for deal in own[: size * 3]))[:size]


def changes_of(deal: Deal) -> QuerySet[DealChange]:
    """The deal's valid-time history, oldest first."""
    return deal.changes.order_by("at", "id")


def known_since(changes: Iterable[DealChange]) -> dict[str, datetime]:
    """Since when each of the deal's fields has been what it is; the changes oldest first."""
    return {name: change.at for change in changes for name in change.fields}


def amounts(changes: Iterable[DealChange]) -> list[tuple[datetime, int | None]]:
    """The prices that the deal has had, each with its moment; the changes oldest first."""
    return [(change.at, change.fields["amount"]) for change in changes if "amount" in change.fields]


@dataclass(frozen=True)
class Turn:
    """One recorded change with what was true before and after it."""

    change: DealChange
    before: rules.State | None
    after: rules.State


def turns(changes: Iterable[DealChange]) -> list[Turn]:
    """The changes of any number of deals, each told by the story of its deal; in the order given."""
    changes = list(changes)
    lives: dict[UUID, list[rules.Change]] = defaultdict(list)
    for change in changes:
        lives[change.deal_id].append(rules.Change(change.at, change.fields))
    around = {
        (deal, after.at): (before, after)
        for deal, life in lives.items()
        for before, after in _in_pairs(rules.fold(life).states)
    }
    return [Turn(change, *around[change.deal_id, change.at]) for change in changes]


def _in_pairs(states: list[rules.State]) -> Iterable[tuple[rules.State | None, rules.State]]:
    return zip([None, *states], states, strict=False)


def names_in(told: Iterable[Turn]) -> dict[str, str]:
    """The names of the people, companies and reasons that these changes speak of, by id."""
    states = [vars(state) for turn in told for state in (turn.before, turn.after) if state]
    names = {}
    for field, model, column in (
        ("owner", User, "name"),
        ("company", Company, "name"),
        ("lost_reason", LostReason, "label"),
    ):
        ids = {state[field] for state in states if state[field]}
        names |= {str(pk): name for pk, name in model.objects.filter(pk__in=ids).values_list("pk", column)}
    return names


def recorded(deal: Deal, changes: Iterable[DealChange]) -> dict[UUID, Entry]:
    """The journal's entry of each change: the deed writes it right after the change, so its id comes next."""
    entries = list(Entry.objects.filter(subject_id=deal.pk).order_by("id"))
    return {
        change.pk: entry
        for change in changes
        if (entry := next((e for e in entries if e.pk > change.pk), None))
    }


def lost_reasons(*, retired: bool = False) -> QuerySet[LostReason]:
    return LostReason.objects.all() if retired else LostReason.objects.offered()


def plans(*, retired: bool = False) -> QuerySet[Plan]:
    return Plan.objects.all() if retired else Plan.objects.offered()


def trashed_deals() -> QuerySet[Deal]:
    return Deal.objects.filter(trashed_at__isnull=False).select_related("company", "owner")


@dataclass(frozen=True)
class Closed:
    """How the deals of one owner, team or plan ended. `key` is an id, a plan's name, or None."""

    key: UUID | str | None
    name: str
    won: int
    lost: int
    won_amount: int

    @property
    def win_rate(self) -> Fraction | None:
        """won / (won + lost); None where nothing has ended."""
        return Fraction(self.won, self.won + self.lost) if self.won + self.lost else None


def standing(*, since: datetime | None = None, before: datetime | None = None) -> QuerySet[Milestone]:
    """Wins and losses that were not taken back, within [since, before)."""
    found = Milestone.objects.filter(kind__in=("won", "lost"), until_at__isnull=True)
    if since:
        found = found.filter(at__gte=since)
    if before:
        found = found.filter(at__lt=before)
    return found


_COUNTS = {
    "won": Count("pk", filter=Q(kind="won")),
    "lost": Count("pk", filter=Q(kind="lost")),
    "won_amount": Coalesce(Sum("amount", filter=Q(kind="won")), 0),
}


def closed_by_owner(ended: QuerySet[Milestone]) -> list[Closed]:
    rows = (
        ended.values(key=F("owner"), name=F("owner__name"))
        .annotate(**_COUNTS)
        .order_by("owner__reading", "owner")
    )
    return [Closed(row["key"], row["name"] or "", row["won"], row["lost"], row["won_amount"]) for row in rows]


def closed_by_plan(ended: QuerySet[Milestone]) -> list[Closed]:
    rows = ended.values(key=F("plan")).annotate(**_COUNTS).order_by("plan")
    return [Closed(row["key"], row["key"], row["won"], row["lost"], row["won_amount"]) for row in rows]


def closed_by_team(ended: QuerySet[Milestone]) -> list[Closed]:
    """By the team that the owner was in on the day of the event; a team holds what its sub-teams closed.

    What nobody in a team closed stands last, under no team.
    """
    then = Membership.objects.filter(in_force(OuterRef("day")), user=OuterRef("owner"))
    ended = ended.annotate(day=TruncDate("at", tzinfo=timezone.get_current_timezone()))
    ended = ended.annotate(team=Subquery(then.values("team")[:1]))
    own = {row["team"]: row for row in ended.values("team").annotate(**_COUNTS).order_by()}
    parents = accounts.parents_of_teams()
    rows = [
        _together(team.pk, team.name, [row for key, row in own.items() if is_below(key, team.pk, parents)])
        for team in accounts.teams()
    ]
    rows.append(_together(None, "", [own[None]] if None in own else []))
    return [row for row in rows if row.won or row.lost]


def _together(key: UUID | None, name: str, rows: Sequence[dict]) -> Closed:
    return Closed(key, name, *(sum(row[column] for row in rows) for column in ("won", "lost", "won_amount")))
