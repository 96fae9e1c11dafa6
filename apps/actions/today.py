"""今日 — a person's page of the day, put together from what is asked in queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.rules import WorkingTime
from apps.actions import queries, rules
from apps.activities import queries as activities
from apps.activities.models import Visit
from apps.activities.vocabulary import VisitStatus
from apps.base.month import Month
from apps.conversations import reading
from apps.conversations.models import Comment
from apps.goals.models import MonthlyGoal
from apps.reviews import queries as reviews
from apps.reviews.scope import Scope

QUESTIONS = 2
"""More would take the day's place; the bell knows them all."""
SHARES = (QUESTIONS, 1, 3, 2, 1, 1)
"""Questions, reports owed, next actions, what stands still, leads, offers: in this order they take what others leave."""


@dataclass(frozen=True)
class Part:
    """The rows of one kind that the page names, and how many more there are."""

    rows: Sequence[Any]
    more: int

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def total(self) -> int:
        return len(self.rows) + self.more


@dataclass(frozen=True)
class Progress:
    """The month so far: measures by the name of their target in the goal, and which working day it is of how many."""

    month: Month
    paces: dict[str, rules.Pace]
    day: int
    days: int

    @property
    def percent_gone(self) -> float:
        return round(self.day * 100 / self.days, 1) if self.days else 0


@dataclass(frozen=True)
class Today:
    on: date
    questions: list[Comment]
    """What others asked about the person's daily reports and is not answered yet."""
    next_on: date
    """The next working day."""
    owed: Part
    """Visits of earlier days that wait for their report."""
    visits: list[Visit]
    visits_next: list[Visit]
    """Those until the end of the next working day: a Saturday's stand on Friday's page."""
    actions: Part
    """Open deals by the day of their next action; `overdue` of them should have been done before today."""
    overdue: int
    due: int
    still: Part
    leads: Part
    buying: Part
    progress: Progress

    @property
    def tomorrow(self) -> date:
        return self.on + timedelta(days=1)

    @property
    def is_tomorrow(self) -> bool:
        return self.next_on == self.tomorrow

    @property
    def unprepared(self) -> int:
        """The next visits without their report before the visit."""
        return sum(1 for visit in self.visits_next if not hasattr(visit, "pre_report"))

    @property
    def to_report(self) -> int:
        return self.owed.total + sum(1 for visit in self.visits if visit.is_owed)

    @property
    def ahead(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.status == VisitStatus.PLANNED and not visit.is_owed]

    @property
    def is_over(self) -> bool:
        """Whether nothing asks for anything any more: 今日はここまで."""
        parts = (self.questions, self.owed, self.still, self.leads, self.buying)
        return not (any(parts) or self.due or self.to_report or self.ahead or self.unprepared)


def today_of(user: User, *, now: datetime) -> Today:
    """The page of this person at this moment."""
    on = timezone.localdate(now)
    time = accounts.working_time_of(user, on=on)
    next_on = time.next_day(on)
    away = queries.put_off(user, on=on)

    visits = activities.visits(owner_id=user.pk).select_related("pre_report", "post_report")
    to_report = {visit.pk: visit for visit in activities.visits_to_report(visits, now=now)}
    owed = [visit for visit in to_report.values() if visit.starts_on < on]
    agreed = visits.exclude(status=VisitStatus.CANCELLED).filter(starts_on__range=(on, next_on))
    agreed = list(agreed.order_by("starts_at", "pk"))
    for visit in agreed:
        visit.is_owed = visit.pk in to_report

    deals = queries.open_deals(user)
    planned = [deal for deal in deals if deal.next_action_on]
    due = {deal.pk: deal for deal in planned if deal.next_action_on <= on}
    still = queries.standing_still((d for d in deals if d.pk not in away | due.keys()), today=on)
    leads = queries.left_alone(user, time=time, today=on).exclude(company__in=away)
    buying = queries.soon_buying(user, today=on).exclude(pk__in=away)

    questions = reading.asked_in_words(user, size=QUESTIONS)
    of = [questions, owed, planned, still, leads[: rules.ROWS], buying[: rules.ROWS]]
    counts = [len(questions), len(owed), max(len(due), min(3, len(planned))), len(still)]
    counts += [leads.count(), buying.count()]
    seats = rules.seated(counts, SHARES)
    _questions, owed_part, actions, still_part, leads_part, buying_part = (
        Part(list(rows[:seat]), count - seat) for rows, seat, count in zip(of, seats, counts, strict=True)
    )
    return Today(
        on=on,
        questions=questions,
        next_on=next_on,
        owed=owed_part,
        visits=[visit for visit in agreed if visit.starts_on == on],
        visits_next=[visit for visit in agreed if visit.starts_on > on],
        actions=actions,
        overdue=sum(1 for deal in due.values() if deal.next_action_on < on),
        due=len(due),
        still=still_part,
        leads=leads_part,
        buying=buying_part,
        progress=progress_of(user, time=time, now=now),
    )


def progress_of(user: User, *, time: WorkingTime, now: datetime) -> Progress:
    """The person's month against its targets, by working days."""
    zone = timezone.get_current_timezone()
    on = timezone.localdate(now)
    month = Month.of(on)
    day = sum(1 for _ in time.days(month.first_day, on))
    days = sum(1 for _ in time.days(month.first_day, (month + 1).first_day - timedelta(days=1)))
    goal = MonthlyGoal.objects.filter(rep=user, month=month).first()
    done = reviews.done_in(Scope(rep=user), month, as_of=now, zone=zone)
    elapsed = Fraction(day, days) if days else Fraction(0)
    paces = {name: rules.Pace(done[name], goal and getattr(goal, name), elapsed) for name in MEASURES}
    return Progress(month, paces, day, days)


MEASURES = ("follows", "visits", "new_topics", "new_deals", "orders", "sales")
