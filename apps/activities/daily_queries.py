"""Every question about days and their reports: what a day held, who has sent what, which days are still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.timezone import localdate

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.activities import daily_rules, queries
from apps.activities.models import DailyReport, Follow, Visit
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome, VisitStatus
from apps.base.fields import start_of
from apps.deals import queries as deals
from apps.deals import wording
from apps.deals.models import Deal, DealChange, DealState

STRIP = 14
"""Days that one looks back over on the own page."""
AXES = ("plan", "amount", "expected_month")


def daily_reports() -> QuerySet[DailyReport]:
    return DailyReport.objects.select_related("user")


@dataclass(frozen=True)
class Moved:
    """What a day did to a deal as a whole: `turn` leads from what was true before it to what was true after."""

    deal: Deal
    turn: deals.Turn

    @property
    def headline(self) -> str:
        return wording.headline(self.turn)

    @property
    def learned(self) -> list[str]:
        """プラン、価格、時期, as far as they became known."""
        before, after = self.turn.before, self.turn.after
        return [
            wording.label(axis) for axis in AXES if getattr(after, axis) and not getattr(before, axis, None)
        ]


@dataclass
class Day:
    """What a person did on a day."""

    followed: dict[FollowKind, dict[FollowOutcome, int]] = field(default_factory=lambda: defaultdict(dict))
    """Outgoing follows by kind and by what came of them."""
    answered: int = 0
    """Contacts that came in."""
    talk: timedelta = timedelta()
    visits: list[Visit] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.followed or self.answered or self.visits or self.moved)

    @property
    def follows(self) -> int:
        return sum(number for outcomes in self.followed.values() for number in outcomes.values())

    @property
    def by_kind(self) -> list[tuple[str, int, list[tuple[str, int]]]]:
        """電話 12: つながった 5, 不在 7."""
        return [
            (
                str(kind.label),
                sum(outcomes.values()),
                [(str(outcome.label), outcomes[outcome]) for outcome in FollowOutcome if outcome in outcomes],
            )
            for kind in FollowKind
            if (outcomes := self.followed.get(kind))
        ]

    @property
    def talk_minutes(self) -> int:
        return round(self.talk / timedelta(minutes=1))


Days = Mapping[tuple[UUID, date], Day]


def days(people: Collection[UUID], first: date, last: date) -> Days:
    """What each of these people did on each of these days, at the same cost however many."""
    found: dict[tuple[UUID, date], Day] = defaultdict(Day)
    made = Follow.objects.kept().filter(owner__in=people, happened_on__range=(first, last))
    groups = made.values("owner_id", "happened_on", "direction", "kind", "outcome")
    for row in groups.annotate(number=Count("pk"), seconds=Sum("talk_seconds")).order_by():
        day = found[row["owner_id"], row["happened_on"]]
        day.talk += timedelta(seconds=row["seconds"] or 0)
        if row["direction"] == Direction.IN:
            day.answered += row["number"]
        else:
            day.followed[FollowKind(row["kind"])][FollowOutcome(row["outcome"])] = row["number"]
    agreed = queries.visits().filter(owner__in=people, starts_on__range=(first, last))
    agreed = agreed.exclude(status=VisitStatus.CANCELLED).select_related("post_report")
    for visit in agreed.order_by("starts_at", "pk"):
        found[visit.owner_id, visit.starts_on].visits.append(visit)
    for (owner, on), moved in _moved(people, first, last).items():
        found[owner, on].moved = moved
    return found


def day_of(user: User, on: date) -> Day:
    return days([user.pk], on, on)[user.pk, on]


def _moved(people: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], list[Moved]]:
    """Deals whose stage, rank or axes changed on these people's days, for whose they were then; texts are none."""
    span = (start_of(first), start_of(last + timedelta(days=1)))
    theirs = DealState.objects.filter(owner__in=people, valid_from__gte=span[0], valid_from__lt=span[1])
    of = Deal.objects.kept().filter(pk__in=theirs.values("deal"))
    told = DealChange.objects.filter(deal__in=of).order_by("at", "id")
    turns = [
        turn
        for turn in deals.turns(told.select_related("deal__company"))
        if span[0] <= turn.change.at < span[1]
    ]
    by_day: dict[tuple[UUID, date, UUID], list[deals.Turn]] = defaultdict(list)
    for turn in turns:
        owner = turn.after.owner and UUID(turn.after.owner)
        if owner in people:
            by_day[owner, localdate(turn.change.at), turn.change.deal_id].append(turn)
    found = defaultdict(list)
    for (owner, on, _deal), of_day in by_day.items():
        whole = deals.Turn(of_day[-1].change, of_day[0].before, of_day[-1].after)
        moved = Moved(whole.change.deal, whole)
        if moved.headline or moved.learned:
            found[owner, on].append(moved)
    return found


# ── reports ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class OnStrip:
    """One day of the strip; a day that is none of work is open to nobody, but can be told of, too."""

    on: date
    report: DailyReport | None
    works: bool
    here: bool
    """Whether the person was here already."""

    @property
    def is_open(self) -> bool:
        return self.here and self.works and self.report is None


def strip(user: User, *, today: date) -> list[OnStrip]:
    """The last two weeks, today the last."""
    first = today - timedelta(days=STRIP - 1)
    time = accounts.working_time_of(user, on=today)
    sent = {report.day: report for report in DailyReport.objects.filter(user=user, day__range=(first, today))}
    since = min(localdate(user.created_at), *sent, today)  # nothing is open from before one came here
    return [
        OnStrip(on, sent.get(on), time.is_working_day(on), on >= since)
        for on in (first + timedelta(days=n) for n in range(STRIP))
    ]


def proposal(user: User, on: date) -> list[str]:
    """明日 — the visits and next actions until the end of the working day after `on`, each as a line."""
    following = accounts.working_time_of(user, on=on).next_day(on)
    agreed = queries.visits(owner_id=user.pk).filter(
        status=VisitStatus.PLANNED, starts_on__gt=on, starts_on__lte=following
    )
    due = Deal.objects.kept().open().filter(owner=user, next_action_on__gt=on, next_action_on__lte=following)
    due = due.exclude(next_action="").select_related("company").order_by("next_action_on", "pk")
    return [
        *(
            f"{timezone.localtime(visit.starts_at):%-H:%M} {visit.company.name}"
            for visit in agreed.order_by("starts_at", "pk")
        ),
        *(f"{deal.company.name} {deal.next_action}" for deal in due),
    ]


def recorded_later(report: DailyReport) -> int:
    """Contacts of the report's day that were recorded after it was sent: who read it early has not seen them."""
    since, owner = max(report.sent_at, report.created_at), report.user_id
    followed = Follow.objects.kept().filter(owner=owner, happened_on=report.day, created_at__gt=since)
    met = queries.visits(owner_id=owner).filter(starts_on=report.day, post_report__created_at__gt=since)
    return followed.count() + met.count()


@dataclass(frozen=True)
class InTime:
    """日報提出率 of a span, as two whole numbers."""

    days: int
    sent: int


def reports_in_time(user: User, first: date, last: date) -> InTime:
    """Of the working days, first and last included, how many had their report sent in time."""
    time, zone = accounts.working_time_of(user, on=last), timezone.get_current_timezone()
    working = list(time.days(first, last))
    sent = dict(DailyReport.objects.filter(user=user, day__in=working).values_list("day", "sent_at"))
    in_time = [day for day, at in sent.items() if daily_rules.counts(at, day, time, zone)]
    return InTime(len(working), len(in_time))
