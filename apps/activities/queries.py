"""Every question about follows and visits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.timezone import localdate, localtime

from apps.accounts.models import User
from apps.activities.models import ExpectedIssue, Follow, IssueKind, Visit
from apps.activities.vocabulary import FollowOutcome, VisitStatus
from apps.base.fields import start_of
from apps.customers.models import Company, Contact
from apps.deals import queries as deals
from apps.deals.models import Deal, DealChange

CALENDAR_BEHIND, CALENDAR_AHEAD = timedelta(days=60), timedelta(days=365)


def follows(*, owner_id: UUID | None = None, owners: QuerySet[User] | None = None) -> QuerySet[Follow]:
    found = Follow.objects.kept().select_related("company", "contact", "deal__company", "owner")
    return _of(found, owner_id, owners)


def visits(*, owner_id: UUID | None = None, owners: QuerySet[User] | None = None) -> QuerySet[Visit]:
    found = Visit.objects.kept().select_related("company", "deal__company", "owner")
    return _of(found, owner_id, owners)


def _of(found: QuerySet, owner_id: UUID | None, owners: QuerySet[User] | None) -> QuerySet:
    """One person's, some people's or everybody's."""
    if owners is not None:
        found = found.filter(owner__in=owners)
    return found.filter(owner=owner_id) if owner_id else found


def calendar_of(user: User, *, now: datetime) -> QuerySet[Visit]:
    """Where the person goes, went lately, or would have gone: their own visits and those they come along to."""
    goes = Q(owner=user) | Q(pk__in=Visit.companions.through.objects.filter(user=user).values("visit"))
    around = (now - CALENDAR_BEHIND, now + CALENDAR_AHEAD)
    found = visits().filter(goes, starts_at__range=around).prefetch_related("contacts")
    return found.order_by("starts_at", "pk")


def visits_to_report(found: QuerySet[Visit], *, now: datetime) -> QuerySet[Visit]:
    """Visits that began without a report: a report is owed, the longest first.

    Also by those that were only ticked off as done; not by those that came in as done, from wherever.
    """
    agreed_here = Q(status=VisitStatus.PLANNED) | Q(status=VisitStatus.DONE, created_at__lte=F("starts_at"))
    owed = found.filter(agreed_here, starts_at__lte=now, post_report__isnull=True)
    return owed.order_by("starts_at", "pk")


def visits_ahead(found: QuerySet[Visit], *, now: datetime) -> QuerySet[Visit]:
    return found.filter(status=VisitStatus.PLANNED, starts_at__gt=now).order_by("starts_at", "pk")


def issue_kinds(*, retired: bool = False) -> QuerySet[IssueKind]:
    return IssueKind.objects.all() if retired else IssueKind.objects.offered()


def every_issue_kind() -> QuerySet[IssueKind]:
    return issue_kinds(retired=True)


def latest_turnouts(owner_id: UUID | None, kind: IssueKind, *, size: int) -> list[str]:
    """What became of the person's issues of this kind, the latest first."""
    marked = ExpectedIssue.objects.filter(kind=kind, visit__owner=owner_id, visit__trashed_at=None)
    marked = marked.filter(visit__status=VisitStatus.DONE).exclude(turnout="")
    return list(marked.order_by("-visit__starts_at", "-id").values_list("turnout", flat=True)[:size])


def has_activities(company: Company) -> bool:
    return any(model.objects.kept().filter(company=company).exists() for model in (Follow, Visit))


def trashed_activities() -> list[QuerySet]:
    """The follows, and the visits, that lie in the trash."""
    return [
        kind.objects.filter(trashed_at__isnull=False).select_related("company", "owner")
        for kind in (Follow, Visit)
    ]


def _touches() -> list[tuple[QuerySet, str]]:
    """接触 — what touches the deal of an outer query, and its moment: follows and done visits for the deal, or for
    its company and no other deal. One query each, so that each has its index.
    """
    own, company = {"deal": OuterRef("pk")}, {"company": OuterRef("company"), "deal": None}
    met = Visit.objects.kept().filter(status=VisitStatus.DONE)
    return [
        (made.filter(**about), moment)
        for made, moment in ((Follow.objects.kept(), "happened_at"), (met, "starts_at"))
        for about in (own, company)
    ]


def in_hand(since: date, *, today: date) -> Q:
    """Companies that somebody has touched since that day, or has agreed to visit; a call in vain holds for its own day."""
    of = {"company": OuterRef("pk")}
    followed = Follow.objects.kept().filter(**of, happened_at__gte=start_of(since))
    followed = followed.filter(~Q(outcome=FollowOutcome.ABSENT) | Q(happened_at__gte=start_of(today)))
    agreed = Visit.objects.kept().filter(**of, starts_at__gte=start_of(since))
    return Q(Exists(followed)) | Q(Exists(agreed.exclude(status=VisitStatus.CANCELLED)))


def last_touches(of: Collection[Deal]) -> dict[UUID, datetime]:
    """When each deal was touched last."""
    latest = [Subquery(made.order_by(f"-{moment}").values(moment)[:1]) for made, moment in _touches()]
    found = Deal.objects.filter(pk__in=[deal.pk for deal in of]).values_list("pk", Greatest(*latest))
    return {pk: moment for pk, moment in found if moment}


def silent_for(days: int, *, today: date) -> Q:
    """Deals that are silent for at least so many days: what `silences` says, asked of many deals at once."""
    since = start_of(today - timedelta(days=days - 1))
    old, lately = Q(opened_at__lt=since), Q()
    for made, moment in _touches():
        old |= Q(Exists(made))
        lately |= Q(Exists(made.filter(**{f"{moment}__gte": since})))
    return old & ~lately


@dataclass(frozen=True)
class Silence:
    """沈黙 — whole days without a touch; one never touched is silent since it was opened."""

    deal: Deal
    days: int
    touched: bool


def silences(of: Collection[Deal], *, today: date) -> list[Silence]:
    touches = last_touches(of)
    return [
        Silence(deal, (today - localdate(touches.get(deal.pk, deal.opened_at))).days, deal.pk in touches)
        for deal in of
    ]


@dataclass(frozen=True)
class Event:
    """One line of a timeline. `kind`: follow, visit or change; `thing`: the values of a follow, Visit or deal's Turn."""

    at: datetime
    kind: str
    thing: Any


def learned_through(deal: Deal, since: Mapping[str, datetime]) -> dict[str, Event]:
    """By which contact each thing became known: the one that was written down in the moment in which it was told.

    Else the deal's last follow or done visit of the day, before it was told; what was told by its day only (00:00) takes
    that day's last contact.
    """
    days, moments = {localdate(at) for at in since.values()}, list(since.values())
    made = follows().filter(Q(happened_at__date__in=days) | Q(created_at__in=moments), deal=deal)
    reported = Q(starts_at__date__in=days) | Q(post_report__created_at__in=moments)
    met = (
        visits()
        .filter(reported, deal=deal, status=VisitStatus.DONE)
        .annotate(reported_at=F("post_report__created_at"))
    )
    written = [(follow.created_at, Event(follow.happened_at, "follow", follow)) for follow in made]
    written += [(visit.reported_at, Event(visit.starts_at, "visit", visit)) for visit in met]
    events = sorted((event for _, event in written), key=lambda event: event.at)
    found = {name: event for at, event in written for name, told in since.items() if told == at}
    for name, at in since.items():
        told_by_day = localtime(at).time() == time()
        of_day = [e for e in events if localdate(e.at) == localdate(at) and (told_by_day or e.at <= at)]
        if of_day:
            found.setdefault(name, of_day[-1])
    return found


KINDS = ("follow", "visit", "change")
_FOLLOW = ("pk", "happened_at", "kind", "outcome", "direction", "body")


def timeline(
    *,
    company: Company | None = None,
    deal: Deal | None = None,
    kinds: Collection[str] = KINDS,
    size: int = 50,
) -> list[Event]:
    """What happened with a company, or about a deal, latest first: contacts and changes in one line of time."""
    about = {"deal": deal} if deal else {"company": company}
    events: list[Event] = []
    if "follow" in kinds:
        made = Follow.objects.kept().filter(**about).order_by("-happened_at", "-pk")
        told = made.values_list(*_FOLLOW, "contact__name", "owner__name", named=True)
        events += [Event(f.happened_at, "follow", f) for f in told[:size]]
    if "visit" in kinds:
        met = Visit.objects.kept().filter(**about).select_related("owner", "post_report")
        met = met.prefetch_related("issues", "contacts").order_by("-starts_at", "-pk")
        events += [Event(v.starts_at, "visit", v) for v in met[:size]]
    if "change" in kinds:
        of = [deal] if deal else Deal.objects.kept().filter(company=company)
        changes = DealChange.objects.filter(deal__in=of).select_related("deal").order_by("at", "id")
        events += [Event(turn.change.at, "change", turn) for turn in deals.turns(changes)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:size]


def people_touched(contacts: Iterable[Contact]) -> dict[UUID, datetime]:
    """When each contact was last in touch: by a follow in either direction or a visit that took place."""
    ids = [contact.pk for contact in contacts]
    followed = Follow.objects.kept().filter(contact__in=ids).values_list("contact")
    met = Visit.objects.kept().filter(contacts__in=ids, status=VisitStatus.DONE).values_list("contacts")
    latest: dict[UUID, datetime] = {}
    for pk, at in [*followed.annotate(Max("happened_at")), *met.annotate(Max("starts_at"))]:
        latest[pk] = max(at, latest.get(pk, at))
    return latest


def recent_companies(owner: User, *, size: int = 8) -> list[Company]:
    """The companies that this person had to do with last: by follow, by visit, by deal."""
    latest = [
        *(
            (f.happened_at, f.company)
            for f in follows(owner_id=owner.pk).order_by("-happened_at")[: size * 3]
        ),
        *((v.starts_at, v.company) for v in visits(owner_id=owner.pk).order_by("-starts_at")[: size * 3]),
    ]
    latest.sort(key=lambda pair: pair[0], reverse=True)
    companies = [company for _at, company in latest] + deals.recent_companies(owner, size=size)
    return [company for company in dict.fromkeys(companies) if not company.trashed_at][:size]
