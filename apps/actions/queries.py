"""What asks for a person's next step: deals and leads by their touches, never by edits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.rules import WorkingTime
from apps.actions import rules
from apps.actions.models import Capture, Snooze, UnseenLine
from apps.activities import queries as activities
from apps.activities.models import Follow, Visit
from apps.activities.queries import Silence
from apps.activities.vocabulary import VisitStatus
from apps.customers import queries as customers
from apps.customers.models import Company, ListEntry
from apps.deals import queries as deals
from apps.deals.models import Deal


def put_off(user: User, *, on: date) -> set[UUID]:
    """What the person does not want to see again before a later day."""
    return set(Snooze.objects.filter(user=user, until_on__gt=on).values_list("subject_id", flat=True))


def next_day_of(user: User, *, at: datetime) -> date:
    """The person's next working day after today: 明日."""
    today = timezone.localdate(at)
    return accounts.working_time_of(user, on=today).next_day(today)


def open_deals(user: User) -> list[Deal]:
    """What the person can still win, most urgent first: by the day of its next action, then by amount."""
    found = deals.deals().filter(owner=user).open()
    return list(
        found.order_by(F("next_action_on").asc(nulls_last=True), F("amount").desc(nulls_last=True), "pk")
    )


def still(*, today: date) -> Q:
    """フォロー中のまま停止 — deals without a touch for 14 days, or without a next action."""
    return activities.silent_for(rules.STILL_AFTER, today=today) | Q(next_action="")


def standing_still(of: Iterable[Deal], *, today: date) -> list[Silence]:
    """The same of deals at hand, each with its silence; the longest silent first."""
    still = [
        silence
        for silence in activities.silences(list(of), today=today)
        if rules.stands_still(silent_days=silence.days, has_next_action=bool(silence.deal.next_action))
    ]
    return sorted(still, key=lambda silence: (-silence.days, -(silence.deal.amount or 0), silence.deal.pk))


def leads(user: User, *, on: date) -> QuerySet[ListEntry]:
    """Prospective companies without an open deal on the person's lists, each by the entry that has stood longest."""
    open_deal = Deal.objects.kept().open().filter(company=OuterRef("company"))
    prospective = customers.with_standing(Company.objects.kept())
    prospective = prospective.filter(is_existing=False)  # type: ignore[misc]  # which with_standing annotates
    own = customers.entries(on=on).filter(list__owner=user)
    first = own.order_by("company", "from_on", "pk").distinct("company").values("pk")
    found = own.filter(~Exists(open_deal), pk__in=first, company__in=prospective)
    return found.order_by("from_on", "pk")


def left_alone(user: User, *, time: WorkingTime, today: date) -> QuerySet[ListEntry]:
    """放置 — leads whose owner has not touched them though the day for the first contact has passed."""
    begun = {"company": OuterRef("company"), "owner": user}
    followed = Follow.objects.kept().filter(happened_on__gte=OuterRef("from_on"), **begun)
    met = Visit.objects.kept().filter(status=VisitStatus.DONE, starts_on__gte=OuterRef("from_on"), **begun)
    late = rules.late_since(time, today)
    return leads(user, on=today).filter(~Exists(followed), ~Exists(met), from_on__lte=late)


def soon_buying(user: User, *, today: date) -> QuerySet[Company]:
    """Companies of the person's lists and deals, without an open deal, whose month of buying `begins` within 60 days.

    Until somebody has taken it up: touched them, or agreed to visit, since those 60 days began.
    """
    own = Q(pk__in=customers.entries(on=today).filter(list__owner=user).values("company"))
    own |= Q(pk__in=Deal.objects.kept().filter(owner=user).values("company"))
    in_play = Deal.objects.kept().open().filter(company=OuterRef("pk"))
    days = rules.days_buying_begins(today)
    offered = (
        When(
            Q(buying_months__contains=[day.month])
            & ~activities.in_hand(day - rules.BUYING_WITHIN, today=today),
            then=Value(day),
        )
        for day in days
    )
    months = [day.month for day in days]
    found = Company.objects.kept().filter(own, ~Exists(in_play), buying_months__overlap=months)
    found = found.annotate(begins=Case(*offered, output_field=DateField()))
    return found.filter(begins__isnull=False).order_by("begins", "reading", "pk")


def captures(user: User) -> QuerySet[Capture]:
    """What the person's lines became."""
    return Capture.objects.filter(user=user).select_related("follow", "visit", "deal").order_by("pk")


UNSEEN_KEPT = timedelta(days=30)
"""After that nobody brings a line back that was thrown away."""


def unseen_lines(user: User) -> QuerySet[UnseenLine]:
    """What the person sent without network and has not looked at, the oldest first."""
    return UnseenLine.objects.filter(user=user).waiting().order_by("written_at", "pk")


def visit_awaiting_report(company: Company, *, owner: User, now: datetime) -> Visit | None:
    """The visit to the company that was planned for today, has begun and has no report yet."""
    today = activities.visits(owner_id=owner.pk).filter(company=company, status=VisitStatus.PLANNED)
    begun = today.filter(starts_on=timezone.localdate(now), starts_at__lte=now, post_report__isnull=True)
    return begun.order_by("starts_at", "pk").first()


def own_companies(user: User, *, size: int) -> set[UUID]:
    """Whom the person spoke to of late, and whom they can still win something at."""
    spoken = Follow.objects.kept().filter(owner=user).order_by("-happened_at", "-id")
    hoped = Deal.objects.kept().open().filter(owner=user).order_by("-changed_at")
    return {pk for found in (spoken, hoped) for pk in found.values_list("company_id", flat=True)[:size]}
