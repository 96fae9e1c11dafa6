"""Who works here: people, roles, teams, grades, working hours, tokens."""

from __future__ import annotations

import secrets
from datetime import date, time
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.accounts.vocabulary import Act, Role
from apps.base.history import audited
from apps.base.models import Record, Row, Versioned


def new_salt() -> str:
    return secrets.token_hex(8)


class System:
    """Who acts when no person does: commands, imports from the shell, the clock."""

    pk = None
    name = "Baton"
    roles: tuple[str, ...] = ()


SYSTEM = System()


class UserQuerySet(models.QuerySet):
    def active(self) -> UserQuerySet:
        return self.filter(deactivated_at__isnull=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, Versioned):
    """利用者 — someone who works here, or once did; without an address they cannot log in."""

    email = models.EmailField(_("メールアドレス"), max_length=254, null=True, blank=True)
    name = models.CharField(_("氏名"), max_length=100)
    reading = models.CharField(_("よみ"), max_length=200, blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role), verbose_name=_("役割"), default=list, blank=True
    )
    language = models.CharField(_("言語"), max_length=10, blank=True)
    deactivated_at = models.DateTimeField(_("停止した日時"), null=True, blank=True)
    session_salt = models.CharField(max_length=32, default=new_salt, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(models.functions.Lower("email"), name="one_user_per_email"),
        ]
        indexes = [models.Index(fields=["reading", "id"], name="users_by_reading")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def responsible_id(self) -> UUID:
        return self.pk

    def has(self, role: Role) -> bool:
        return role in self.roles

    @property
    def role_names(self) -> str:
        """The roles as people say them."""
        return gettext("・").join(str(role.label) for role in Role if role in self.roles)

    def may(self, act: str, responsible_id: UUID | None = None) -> bool:
        """`permissions.may`, for apps below this one."""
        from apps.accounts import permissions  # it asks queries, which ask this module

        return permissions.may(self, Act(act), responsible_id)

    def get_session_auth_hash(self) -> str:
        """Changing the salt or the password ends every session."""
        return self._get_session_auth_hash(secret=None)

    def _get_session_auth_hash(self, secret=None) -> str:
        from django.utils.crypto import salted_hmac

        salt = f"baton.session.{self._schema}.{self.session_salt}"
        return salted_hmac(salt, self.password, secret=secret, algorithm="sha256").hexdigest()


@audited()
class Team(Versioned):
    """チーム — holds people and sub-teams."""

    name = models.CharField(_("チーム名"), max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["parent", "name"], name="one_team_per_name", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


def _days():
    """The days of a row with `from_on` and `until_on`, both included; empty: open on that side."""
    return Func(F("from_on"), F("until_on"), models.Value("[]"), function="daterange")


class Period(Row):
    """Something that is true of a person from a day until a day, both included; empty: open on that side."""

    from_on = models.DateField(_("から"), null=True, blank=True)
    until_on = models.DateField(_("まで"), null=True, blank=True)

    class Meta:
        abstract = True


class Membership(Period):
    """所属 — one team per person and day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_team_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), (_days(), RangeOperators.OVERLAPS)],
            )
        ]


class Grade(Versioned):
    """等級 — given to a person, not derived from years; the years are a hint."""

    name = models.CharField(_("等級名"), max_length=60, unique=True)
    years_hint = models.CharField(_("年数の目安"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("順"), default=0)

    class Meta(Versioned.Meta):
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class GradeHeld(Period):
    """ある人の等級 — one grade per person and day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grades_held")
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="holders")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_grade_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), (_days(), RangeOperators.OVERLAPS)],
            )
        ]


class Organisation(Versioned):
    """会社の設定 — one row: how this company counts its year."""

    fiscal_year_starts = models.PositiveSmallIntegerField(
        _("年度の始まりの月"), default=4, choices=[(n, n) for n in range(1, 13)]
    )
    demands_second_factor = models.BooleanField(_("全員に2段階認証を求める"), default=False)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.CheckConstraint(
                name="a_month_of_the_year", condition=Q(fiscal_year_starts__range=(1, 12))
            ),
        ]


def _from_to(first: str, last: str) -> str:
    return gettext("%(first)s〜%(last)s") % {"first": first, "last": last}


def working_weekdays() -> list[int]:
    return [0, 1, 2, 3, 4]


class BusinessCalendar(Versioned):
    """営業カレンダー — the tenant's (no team) or a team's own."""

    team = models.OneToOneField(Team, models.CASCADE, null=True, blank=True, related_name="calendar")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("営業する曜日"), default=working_weekdays
    )
    opens_at = models.TimeField(_("始業"), default=time(9))
    closes_at = models.TimeField(_("終業"), default=time(18))
    keeps_public_holidays = models.BooleanField(_("祝日は休み"), default=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(fields=["team"], name="one_calendar_per_team", nulls_distinct=False),
            models.CheckConstraint(name="opens_before_it_closes", condition=Q(opens_at__lt=F("closes_at"))),
        ]

    def __str__(self) -> str:
        """月〜金 9:00〜18:00・祝日は休み"""
        public = gettext("祝日は休み") if self.keeps_public_holidays else gettext("祝日も営業")
        hours = _from_to(f"{self.opens_at:%-H:%M}", f"{self.closes_at:%-H:%M}")
        return f"{self._weekdays_in_words()} {hours}{gettext('・')}{public}"

    def _weekdays_in_words(self) -> str:
        names = [str(WEEKDAYS_ABBR[day]) for day in self.weekdays]
        if len(names) > 2 and self.weekdays == list(range(self.weekdays[0], self.weekdays[-1] + 1)):
            return _from_to(names[0], names[-1])
        return gettext("・").join(names)

    @property
    def responsible_id(self) -> None:
        return None


class OwnHoliday(Row):
    """自社の休み — a day on which a calendar is closed beside the public holidays."""

    calendar = models.ForeignKey(BusinessCalendar, models.CASCADE, related_name="own_holidays")
    on = models.DateField(_("日付"))
    name = models.CharField(_("名前"), max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="one_holiday_per_day")]
        ordering = ("on",)


class ApiToken(Row):
    """APIトークン — acts as its user; only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def responsible_id(self) -> UUID:
        return self.user_id


class CalendarFeed(Row):
    """予定の配信 — an address at which a calendar program reads the person's visits; only its secret's hash is kept."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("作った日時"))

    def __str__(self) -> str:
        return gettext("予定の配信")


class Login(Row):
    """ログイン中の端末 — a session as its person knows it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="logins")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=300, blank=True)
    place = models.CharField(_("IPアドレス"), max_length=50, blank=True)
    began_at = models.DateTimeField(_("ログインした日時"))
    seen_at = models.DateTimeField(_("最後に操作した日時"))

    def __str__(self) -> str:
        return gettext("・").join(rules.device(self.agent)) or gettext("不明な端末")

    @property
    def responsible_id(self) -> UUID:
        return self.user_id


class SecondFactor(Row):
    """2段階認証 — the secret that a person's authenticator app shares with Baton."""

    user = models.OneToOneField(User, models.CASCADE, related_name="factor")
    secret = models.CharField(max_length=64)
    last_step = models.BigIntegerField()
    """The moment of the last code that was used: none is used twice."""
    misses = models.PositiveSmallIntegerField(default=0)
    missed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()


class RecoveryCode(Row):
    """回復コード — lets its person in once without the app; only a digest is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)


class PasswordAsked(Row):
    """パスワードを忘れた人 — who asked for a link lately, known or not; counted, so that nobody is flooded."""

    email = models.EmailField(max_length=254)
    ip_address = models.GenericIPAddressField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="passwords_asked_lately")]

    def __str__(self) -> str:
        return ""  # the journal keeps no address of people who are not here


class SavedView(Record):
    """ビュー — what somebody asks of a list, by name; shared, everybody sees it."""

    list_name = models.CharField(_("一覧"), max_length=40)
    name = models.CharField(_("名前"), max_length=60)
    query = models.TextField(_("条件"), max_length=4_000, blank=True)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("作った人"))
    shared = models.BooleanField(_("全員に見せる"), default=False)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["list_name", "name"], name="views_of_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def responsible_id(self) -> UUID:
        return self.owner_id


class FirstView(Row):
    """The view with which a list opens for one person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="first_for")
    list_name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list_name"], name="one_first_view_per_list")]


def in_force(on: date) -> Q:
    """Periods that hold on that day."""
    return (Q(from_on__isnull=True) | Q(from_on__lte=on)) & (Q(until_on__isnull=True) | Q(until_on__gte=on))
