"""Every question about people, teams and working time."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from uuid import UUID

import holidays
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from apps.accounts import rules
from apps.accounts.models import (
    ApiToken,
    BusinessCalendar,
    Grade,
    Membership,
    Organisation,
    Team,
    User,
    in_force,
)
from apps.accounts.vocabulary import Role


def parents_of_teams() -> dict[UUID, UUID | None]:
    """Each team's parent: the whole tree in one query."""
    return dict(Team.objects.values_list("pk", "parent_id"))


def team_and_below(*roots: UUID) -> list[UUID]:
    """The teams and all their sub-teams."""
    parents = parents_of_teams()
    return [team for team in parents if any(rules.is_below(team, root, parents) for root in roots)]


def members(teams: list[UUID], *, on: date) -> QuerySet[User]:
    """Who is in one of these teams on that day."""
    return User.objects.filter(pk__in=Membership.objects.filter(in_force(on), team__in=teams).values("user"))


def teams_of(user: User, *, on: date) -> list[UUID]:
    return list(Membership.objects.filter(in_force(on), user=user).values_list("team_id", flat=True))


def led_by(manager: User) -> list[UUID]:
    """The teams that a manager leads today: the own one and all below."""
    own = teams_of(manager, on=timezone.localdate())
    return team_and_below(*own) if own else []


def leads(manager: User, person_id: UUID) -> bool:
    """Whether the person is, today, in a team that this manager leads."""
    if Role.MANAGER not in manager.roles:
        return False
    return members(led_by(manager), on=timezone.localdate()).filter(pk=person_id).exists()


def people(*, words: str = "") -> QuerySet[User]:
    """Everybody with today's team, by reading."""
    now = Membership.objects.filter(in_force(timezone.localdate()), user=OuterRef("pk"))
    found = User.objects.annotate(
        team_id=Subquery(now.values("team")[:1]), team_name=Subquery(now.values("team__name")[:1])
    )
    if words:
        found = found.filter(name__icontains=words) | found.filter(reading__icontains=words)
    return found.order_by("reading", "pk")


def reps() -> QuerySet[User]:
    """Active people who sell, by reading."""
    return User.objects.active().filter(roles__overlap=SELLING).order_by("reading", "pk")


SELLING = [Role.INSIDE_SALES, Role.FIELD_SALES, Role.MANAGER]


def teams() -> QuerySet[Team]:
    return Team.objects.select_related("parent").order_by("name", "pk")


def grades() -> QuerySet[Grade]:
    return Grade.objects.all()


def organisation() -> Organisation:
    return Organisation.objects.get()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(token: str) -> User | None:
    """The active user that this token acts for, or None."""
    found = ApiToken.objects.select_related("user").filter(
        digest=digest(token), revoked_at__isnull=True, user__deactivated_at__isnull=True
    )
    return next((row.user for row in found), None)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Japan's public holidays of a year, substitutes included: the same for every tenant."""
    return frozenset(holidays.country_holidays("JP", years=year))


class _Closed:
    """Own holidays and, if kept, the public ones of whichever year is asked for."""

    def __init__(self, own: frozenset[date], *, public: bool) -> None:
        self.own, self.public = own, public

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return day in self.own or (self.public and day in public_holidays(day.year))

    def __iter__(self):
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)


def working_time(team_id: UUID | None = None) -> rules.WorkingTime:
    """The team's calendar, else that of the nearest team above, else the tenant's."""
    calendars = {c.team_id: c for c in BusinessCalendar.objects.prefetch_related("own_holidays")}
    parents = parents_of_teams() if team_id else {}
    seen: set[UUID] = set()
    while team_id is not None and team_id not in calendars and team_id not in seen:
        seen.add(team_id)
        team_id = parents.get(team_id)
    calendar = calendars.get(team_id) or calendars[None]
    own = frozenset(holiday.on for holiday in calendar.own_holidays.all())
    return rules.WorkingTime(
        weekdays=frozenset(calendar.weekdays),
        opens_at=calendar.opens_at,
        closes_at=calendar.closes_at,
        closed_on=_Closed(own, public=calendar.keeps_public_holidays),
    )
