"""Deeds about people, teams, grades, calendars and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts import queries, rules
from apps.accounts.models import (
    ApiToken,
    BusinessCalendar,
    Grade,
    Membership,
    Organisation,
    OwnHoliday,
    System,
    Team,
    User,
)
from apps.accounts.operations.logins import end_all
from apps.accounts.permissions import check_for_team, only_who_may
from apps.accounts.vocabulary import Act, Role
from apps.base.refusal import Refused
from apps.journal.operations import note


class BadEmail(Refused):
    pass


class EmailTaken(Refused):
    pass


class LastAdmin(Refused):
    pass


class TeamLoop(Refused):
    pass


class TeamNameTaken(Refused):
    pass


class TeamInUse(Refused):
    pass


class BadHours(Refused):
    pass


class WrongPassword(Refused):
    pass


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def add_user(
    *,
    name: str,
    email: str | None,
    roles: Sequence[Role],
    by: User | System,
    at: datetime,
    reading: str = "",
    password: str | None = None,
    team: Team | None = None,
    source: str = "",
    external_id: str | None = None,
) -> User:
    """利用者を加える — someone without a password cannot log in until they get one."""
    user = User(name=name, reading=reading, roles=list(roles), source=source, external_id=external_id)
    _take_email(user, email)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.saved(at=at)
    if team:
        Membership.objects.create(user=user, team=team)
    note("user.added", user, by=by, roles=list(roles), team=team)
    return user


def _take_email(user: User, email: str | None) -> None:
    email = email.strip().lower() if email else None
    if email:
        _check_email(user, email)
    user.email = email


def _check_email(user: User, email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadEmail(error.messages[0], field="email") from error
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise EmailTaken(_("このメールアドレスはすでに使われています。"), field="email")


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def change_user(
    user: User,
    *,
    name: str,
    email: str | None,
    roles: Sequence[Role],
    by: User | System,
    at: datetime,
    reading: str = "",
    version: int | None = None,
) -> User:
    """名前・役割を変える — a role that is taken away is gone with the next request."""
    user = user.locked(version=version)
    if Role.ADMIN in user.roles and Role.ADMIN not in roles:
        _keep_an_admin(user)
    user.name, user.reading, user.roles = name, reading, list(roles)
    _take_email(user, email)
    user.saved(at=at)
    note("user.changed", user, by=by, roles=list(roles))
    return user


def _keep_an_admin(user: User) -> None:
    if not User.objects.active().filter(roles__contains=[Role.ADMIN]).exclude(pk=user.pk).exists():
        raise LastAdmin(_("管理者が1人もいなくなります。先にほかの人を管理者にしてください。"))


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def deactivate_user(user: User, *, by: User | System, at: datetime) -> User:
    """停止する — every session and token ends at once; what the person did stays counted."""
    user = user.locked()
    if Role.ADMIN in user.roles:
        _keep_an_admin(user)
    user.deactivated_at = user.deactivated_at or at
    end_all(user)
    user.saved(at=at)
    user.tokens.filter(revoked_at__isnull=True).update(revoked_at=at)
    note("user.deactivated", user, by=by)
    return user


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def reactivate_user(user: User, *, by: User | System, at: datetime) -> User:
    """また使えるようにする — with the old password, without the old sessions and tokens."""
    user = user.locked()
    user.deactivated_at = None
    user.saved(at=at)
    note("user.reactivated", user, by=by)
    return user


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def set_password(user: User, *, password: str, by: User | System, at: datetime) -> User:
    """パスワードを決める — ends every session of the person."""
    user = user.locked()
    user.set_password(password)
    end_all(user)
    user.saved(at=at)
    note("user.password_set", user, by=by)
    return user


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def change_password(user: User, *, current: str, password: str, by: User | System, at: datetime) -> User:
    """自分のパスワードを変える — ends every session of the person; the caller keeps its own."""
    user = user.locked()
    if not user.check_password(current):
        raise WrongPassword(_("今のパスワードが違います。"), field="current")
    user.set_password(password)
    end_all(user)
    user.saved(at=at)
    note("user.password_changed", user, by=by)
    return user


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def change_profile(
    user: User, *, name: str, reading: str, by: User | System, at: datetime, version: int | None = None
) -> User:
    """自分の氏名とよみを変える"""
    user = user.locked(version=version)
    user.name, user.reading = name, reading
    user.saved(at=at)
    note("user.profile_changed", user, by=by)
    return user


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def choose_language(user: User, *, language: str, by: User | System, at: datetime) -> User:
    """自分の言語を選ぶ — empty: the company's."""
    user = user.locked()
    user.language = language
    user.saved(at=at)
    note("user.language_chosen", user, by=by, language=language)
    return user


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def add_team(
    *,
    name: str,
    by: User | System,
    at: datetime,
    parent: Team | None = None,
    source: str = "",
    external_id: str | None = None,
) -> Team:
    """チームを作る"""
    team = Team(name=name, parent=parent, source=source, external_id=external_id)
    _save_team(team, at=at)
    note("team.added", team, by=by, parent=parent)
    return team


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def change_team(
    team: Team, *, name: str, parent: Team | None, by: User | System, at: datetime, version: int | None = None
) -> Team:
    """名前や上のチームを変える"""
    team = team.locked(version=version)
    if parent and rules.is_below(parent.pk, team.pk, queries.parents_of_teams()):
        raise TeamLoop(_("自分の下のチームを上のチームにはできません。"), field="parent")
    team.name, team.parent = name, parent
    _save_team(team, at=at)
    note("team.changed", team, by=by, parent=parent)
    return team


def _save_team(team: Team, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            team.saved(at=at)
    except IntegrityError as error:
        raise TeamNameTaken(_("同じ場所に同じ名前のチームがあります。"), field="name") from error


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def remove_team(team: Team, *, by: User | System, at: datetime) -> None:
    """チームをなくす — only one that nobody was ever in; others keep the past's figures."""
    team = team.locked()
    if team.children.exists() or team.memberships.exists():
        raise TeamInUse(_("人や下のチームがいるチームはなくせません。"))
    note("team.removed", team, by=by)
    team.delete()


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def move_to_team(
    user: User, *, team: Team | None, from_on: date | None, by: User | System, at: datetime
) -> None:
    """異動する — in `team` from that day on (None: in none); what was before stays counted where it was."""
    user = user.locked()
    _begin(user.memberships, from_on=from_on, team=team)
    note("user.moved", user, by=by, team=team, from_on=from_on)


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def give_grade(
    user: User, *, grade: Grade | None, from_on: date | None, by: User | System, at: datetime
) -> None:
    """等級をつける — from that day on."""
    user = user.locked()
    _begin(user.grades_held, from_on=from_on, grade=grade)
    note("user.graded", user, by=by, grade=grade, from_on=from_on)


def _begin(periods, *, from_on: date | None, **what) -> None:
    """End what runs the day before, take away what would begin later, and begin anew if there is something."""
    if from_on is None:
        periods.all().delete()
    else:
        periods.filter(from_on__gte=from_on).delete()
        periods.exclude(until_on__lt=from_on).update(until_on=from_on - timedelta(days=1))
    if all(value is not None for value in what.values()):
        periods.create(from_on=from_on, **what)


@only_who_may(Act.MANAGE_CALENDAR)
@transaction.atomic
def set_working_time(
    *,
    team: Team | None,
    weekdays: Sequence[int],
    opens_at: time,
    closes_at: time,
    keeps_public_holidays: bool,
    own_holidays: Sequence[tuple[date, str]],
    by: User | System,
    at: datetime,
) -> BusinessCalendar:
    """営業カレンダーを決める — of a team, or of the whole company (no team)."""
    check_for_team(by, Act.MANAGE_CALENDAR, team)
    if opens_at >= closes_at:
        raise BadHours(_("終業は始業より後にしてください。"), field="closes_at")
    if not weekdays:
        raise BadHours(_("営業する曜日を1つ以上選んでください。"), field="weekdays")
    calendar = BusinessCalendar.objects.select_for_update().filter(team=team).first() or BusinessCalendar(
        team=team
    )
    calendar.weekdays = sorted(set(weekdays))
    calendar.opens_at, calendar.closes_at = opens_at, closes_at
    calendar.keeps_public_holidays = keeps_public_holidays
    calendar.saved(at=at)
    calendar.own_holidays.all().delete()
    OwnHoliday.objects.bulk_create(
        OwnHoliday(calendar=calendar, on=on, name=name) for on, name in dict(own_holidays).items()
    )
    note("calendar.set", team or queries.organisation(), by=by)
    return calendar


@only_who_may(Act.MANAGE_CALENDAR)
@transaction.atomic
def follow_company_calendar(calendar: BusinessCalendar, *, by: User | System, at: datetime) -> None:
    """チームのカレンダーをやめる — the company's holds again."""
    check_for_team(by, Act.MANAGE_CALENDAR, calendar.team)
    note("calendar.dropped", calendar.team, by=by)
    calendar.delete()


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def start_fiscal_year(
    organisation: Organisation, *, month: int, by: User | System, at: datetime
) -> Organisation:
    """年度の始まりの月を決める"""
    organisation = organisation.locked()
    organisation.fiscal_year_starts = month
    organisation.saved(at=at)
    note("organisation.changed", organisation, by=by, fiscal_year_starts=month)
    return organisation


@only_who_may(Act.MAKE_TOKENS)
@transaction.atomic
def make_token(user: User, *, name: str, by: User | System, at: datetime) -> str:
    """APIトークンを作る — returns the token, which is shown only this once."""
    token = f"baton_{secrets.token_urlsafe(32)}"
    made = ApiToken.objects.create(user=user, name=name, digest=queries.digest(token), made_at=at)
    note("token.made", made, by=by, user=user)
    return token


@only_who_may(Act.MAKE_TOKENS)
@transaction.atomic
def revoke_token(token: ApiToken, *, by: User | System, at: datetime) -> None:
    """APIトークンを止める"""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)
    note("token.revoked", token, by=by)


DEFAULT_GRADES = [
    ("メンバー(1〜2年目)", "1–2"),
    ("メンバー(3〜5年目)", "3–5"),
    ("リーダー(4〜7年目)", "4–7"),
    ("マネージャー(7年目〜)", "7+"),
]


@transaction.atomic
def furnish(*, at: datetime) -> None:
    """What a new tenant finds on its first day. Safe to run again."""
    if not Organisation.objects.exists():
        Organisation().saved(at=at)
    if not BusinessCalendar.objects.filter(team=None).exists():
        BusinessCalendar().saved(at=at)
    if not Grade.objects.exists():
        for position, (name, years) in enumerate(DEFAULT_GRADES):
            Grade(name=name, years_hint=years, position=position).saved(at=at)
