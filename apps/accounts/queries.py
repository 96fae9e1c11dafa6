"""Every question about people, teams and working time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

import holidays
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from apps.accounts import rules
from apps.accounts.models import (
    ApiToken,
    BusinessCalendar,
    CalendarFeed,
    FirstView,
    Grade,
    GradeHeld,
    Login,
    Membership,
    Organisation,
    SavedView,
    SecondFactor,
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


def team_names(user: User, *, on: date) -> list[str]:
    return list(Membership.objects.filter(in_force(on), user=user).values_list("team__name", flat=True))


def teams_on(day: date, *, people: Collection[UUID]) -> dict[UUID, UUID]:
    """In which team each of these people is on that day."""
    return dict(Membership.objects.filter(in_force(day), user__in=people).values_list("user_id", "team_id"))


def led_by(manager: User) -> list[UUID]:
    """The teams that a manager leads today: the own one and all below."""
    own = teams_of(manager, on=timezone.localdate())
    return team_and_below(*own) if own else []


def leads(manager: User, person_id: UUID) -> bool:
    """Whether the person is, today, in a team that this manager leads."""
    if Role.MANAGER not in manager.roles:
        return False
    return members(led_by(manager), on=timezone.localdate()).filter(pk=person_id).exists()


def people(*, words: str = "", active: bool | None = None) -> QuerySet[User]:
    """Everybody with today's team and grade, by reading; `active`: only who can (not) log in any more."""
    today = in_force(timezone.localdate())
    member = Membership.objects.filter(today, user=OuterRef("pk"))
    held = GradeHeld.objects.filter(today, user=OuterRef("pk"))
    found = User.objects.annotate(
        team_id=Subquery(member.values("team")[:1]),
        team_name=Subquery(member.values("team__name")[:1]),
        grade_name=Subquery(held.values("grade__name")[:1]),
    )
    if words:
        found = found.filter(Q(name__icontains=words) | Q(reading__icontains=words))
    if active is not None:
        found = found.filter(deactivated_at__isnull=active)
    return found.order_by("reading", "pk")


def head_count() -> tuple[int, int, int]:
    """How many are active, how many of these have yet to follow their invitation, and how many are not any more."""
    here = Q(deactivated_at__isnull=True)
    counts = User.objects.aggregate(
        active=Count("pk", filter=here),
        invited=Count("pk", filter=here & Q(email__gt="", password__startswith=UNUSABLE_PASSWORD_PREFIX)),
        stopped=Count("pk", filter=Q(deactivated_at__isnull=False)),
    )
    return counts["active"], counts["invited"], counts["stopped"]


def memberships_of(user: User) -> QuerySet[Membership]:
    """Where the person has been, the latest first."""
    return user.memberships.select_related("team").order_by(F("from_on").desc(nulls_last=True))


def grades_of(user: User) -> QuerySet[GradeHeld]:
    """Which grades the person has had, the latest first."""
    return user.grades_held.select_related("grade").order_by(F("from_on").desc(nulls_last=True))


def reps() -> QuerySet[User]:
    """Active people who sell, by reading."""
    return User.objects.active().filter(roles__overlap=SELLING).order_by("reading", "pk")


def everybody() -> QuerySet[User]:
    """All people, by reading: those who are no longer here looked after something once."""
    return User.objects.order_by("reading", "pk")


def views_of(user: User, list_name: str = "", *, trashed: bool = False) -> QuerySet[SavedView]:
    """The views that a person sees, the own ones before the shared; `is_first`: the list opens with it."""
    first = FirstView.objects.filter(user=user, view=OuterRef("pk"))
    seen = SavedView.objects.filter(Q(owner=user) | Q(shared=True), trashed_at__isnull=not trashed)
    if list_name:
        seen = seen.filter(list_name=list_name)
    return seen.select_related("owner").annotate(is_first=Exists(first)).order_by("shared", "name", "pk")


SELLING = [Role.INSIDE_SALES, Role.FIELD_SALES, Role.MANAGER]


def teams() -> QuerySet[Team]:
    return Team.objects.select_related("parent").order_by("name", "pk")


@dataclass(frozen=True)
class TeamInTree:
    team: Team
    path: tuple[str, ...]
    """The names from the top down to the team itself."""

    @property
    def depth(self) -> int:
        return len(self.path) - 1


def team_tree() -> list[TeamInTree]:
    """Every team below the one that holds it, with today's `head_count` of active people (without sub-teams)."""
    here = Membership.objects.filter(
        in_force(timezone.localdate()), team=OuterRef("pk"), user__deactivated_at__isnull=True
    )
    counted = here.order_by().values("team").annotate(n=Count("pk")).values("n")
    by_id = {
        team.pk: team
        for team in Team.objects.annotate(head_count=Coalesce(Subquery(counted), 0)).order_by("name", "pk")
    }
    parents = {pk: team.parent_id for pk, team in by_id.items()}
    return [
        TeamInTree(by_id[line[-1]], tuple(by_id[pk].name for pk in line)) for line in rules.lines_of(parents)
    ]


def grades() -> QuerySet[Grade]:
    return Grade.objects.all()


def organisation() -> Organisation:
    return Organisation.objects.get()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's tokens: those in use first, then the newest."""
    return user.tokens.order_by(F("revoked_at").asc(nulls_first=True), "-made_at", "pk")


def factor_of(user: User) -> SecondFactor | None:
    return SecondFactor.objects.filter(user=user).first()


def needs_second_step(user: User) -> bool:
    """Whether the password alone does not let this person in."""
    return factor_of(user) is not None or organisation().demands_second_factor


def logins_of(user: User, *, at: datetime) -> QuerySet[Login]:
    """Where the person is logged in, the latest seen first."""
    living = Session.objects.filter(expire_date__gt=at)
    return user.logins.filter(session_key__in=living.values("pk")).order_by("-seen_at", "pk")


def user_of_token(token: str) -> User | None:
    """The active user that this token acts for, or None."""
    found = ApiToken.objects.select_related("user").filter(
        digest=digest(token), revoked_at__isnull=True, user__deactivated_at__isnull=True
    )
    return next((row.user for row in found), None)


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def user_of_feed(secret: str) -> User | None:
    """The active person whose visits are read at this address, or None."""
    return User.objects.active().filter(calendar_feed__digest=digest(secret)).first()


def locked_until(*, username: str, ip_address: str | None) -> datetime:
    """When somebody who tried too often may try again."""
    tried = AccessAttempt.objects.filter(username=username, ip_address=ip_address)
    return tried.latest("attempt_time").attempt_time + get_cool_off()


@cache
def public_holidays(year: int, language: str = "ja") -> Mapping[date, str]:
    """Japan's public holidays of a year and their names, substitutes included: the same for every tenant."""
    named = "en_US" if language == "en" else "ja"
    return dict(holidays.country_holidays("JP", years=year, language=named))


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


def _calendars() -> dict[UUID | None, BusinessCalendar]:
    """By team, the tenant's own under None, each with its holidays."""
    found = BusinessCalendar.objects.select_related("team").prefetch_related("own_holidays")
    return {calendar.team_id: calendar for calendar in found}


def calendar_in_force(team_id: UUID | None) -> BusinessCalendar:
    """The team's calendar, else that of the nearest team above, else the tenant's."""
    calendars = _calendars()
    parents = parents_of_teams() if team_id else {}
    return calendars[rules.nearest(team_id, parents, among=calendars)]


def calendars_of_teams() -> list[tuple[TeamInTree, BusinessCalendar]]:
    """Each team with the calendar that holds for it."""
    calendars = {c.team_id: c for c in BusinessCalendar.objects.all()}
    tree = team_tree()
    parents = {node.team.pk: node.team.parent_id for node in tree}
    return [(node, calendars[rules.nearest(node.team.pk, parents, among=calendars)]) for node in tree]


@dataclass(frozen=True)
class Holiday:
    on: date
    name: str
    own: bool


def coming_holidays(calendar: BusinessCalendar, *, from_on: date) -> list[Holiday]:
    """The days off from that day to the end of the next year, beside the weekdays that are always off."""
    days = {
        on: Holiday(on, name, own=False)
        for year in (from_on.year, from_on.year + 1)
        if calendar.keeps_public_holidays
        for on, name in public_holidays(year, get_language()).items()
    }
    days |= {row.on: Holiday(row.on, row.name, own=True) for row in calendar.own_holidays.all()}
    last = date(from_on.year + 1, 12, 31)
    return [days[on] for on in sorted(days) if from_on <= on <= last]


def working_time_of(user: User, *, on: date) -> rules.WorkingTime:
    """The calendar of the team that the person is in on that day, else the company's."""
    return working_time(next(iter(teams_of(user, on=on)), None))


def working_times_of(people: Collection[UUID], *, on: date) -> dict[UUID, rules.WorkingTime]:
    """The same of many people, at the same cost however many and of however many teams."""
    teams, calendars, parents = teams_on(on, people=people), _calendars(), parents_of_teams()
    times = {
        team: _as_working_time(calendars[rules.nearest(team, parents, among=calendars)])
        for team in {teams.get(person) for person in people}
    }
    return {person: times[teams.get(person)] for person in people}


def working_time(team_id: UUID | None = None) -> rules.WorkingTime:
    """The working time of a team, or of the whole company."""
    return _as_working_time(calendar_in_force(team_id))


def _as_working_time(calendar: BusinessCalendar) -> rules.WorkingTime:
    own = frozenset(holiday.on for holiday in calendar.own_holidays.all())
    return rules.WorkingTime(
        weekdays=frozenset(calendar.weekdays),
        opens_at=calendar.opens_at,
        closes_at=calendar.closes_at,
        closed_on=_Closed(own, public=calendar.keeps_public_holidays),
    )
