"""What reps did: follows and visits, and the reports around a visit."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.activities.vocabulary import (
    Direction,
    FollowKind,
    FollowOutcome,
    Progress,
    Turnout,
    VisitKind,
    VisitStatus,
)
from apps.base.history import audited
from apps.base.models import Record, Row, Versioned, Word
from apps.base.templatetags import baton
from apps.customers.models import Company, Contact
from apps.deals.models import Deal

NOBODY = UUID(int=0)
"""Whom the daily roll-up names for activities without a known owner."""


class Activity(Record):
    """What follow and visit share: somebody did it, for a company, perhaps about a deal."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("会社"))
    deal = models.ForeignKey(
        Deal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "案件"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("担当")
    )

    class Meta(Record.Meta):
        abstract = True

    @property
    def responsible_id(self) -> UUID | None:
        return self.owner_id


class Follow(Activity):
    """フォロー — one contact that is not a visit. Outgoing ones count, on the day they happened."""

    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "担当者"),
    )
    kind = models.CharField(_("種類"), max_length=10, choices=FollowKind)
    direction = models.CharField(_("向き"), max_length=5, choices=Direction, default=Direction.OUT)
    outcome = models.CharField(_("結果"), max_length=10, choices=FollowOutcome)
    talk_seconds = models.PositiveIntegerField(_("通話時間"), null=True, blank=True)
    body = models.TextField(_("内容"), max_length=10_000, blank=True)
    happened_at = models.DateTimeField(_("日時"))
    happened_on = models.DateField(editable=False)
    """The day of `happened_at` in the tenant's zone: what the daily roll-up counts it under."""

    class Meta(Activity.Meta):
        indexes = [
            models.Index(fields=["company", "-happened_at"], name="follows_of_company"),
            models.Index(
                fields=["deal", "-happened_at"], name="follows_of_deal", condition=Q(deal__isnull=False)
            ),
            models.Index(fields=["owner", "-happened_at", "-id"], name="follows_of_owner"),
            models.Index(fields=["-happened_at", "-id"], name="follows_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.company.name}"

    def get_absolute_url(self) -> str:
        return reverse("activities:follow", args=[self.pk])


class Visit(Activity):
    """訪問 — a meeting agreed beforehand; counts at its start once done, for the one rep who did it."""

    contacts = models.ManyToManyField(Contact, blank=True, related_name="+", verbose_name=_("会う人"))
    companions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("同行者")
    )
    kind = models.CharField(_("場所"), max_length=10, choices=VisitKind, default=VisitKind.ON_SITE)
    status = models.CharField(_("状態"), max_length=10, choices=VisitStatus, default=VisitStatus.PLANNED)
    starts_at = models.DateTimeField(_("開始"))
    ends_at = models.DateTimeField(_("終了"), null=True, blank=True)
    starts_on = models.DateField(editable=False)
    """The day of `starts_at` in the tenant's zone: what the daily roll-up counts it under."""

    class Meta(Activity.Meta):
        constraints = [
            *Activity.Meta.constraints,
            models.CheckConstraint(
                name="a_visit_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-starts_at"], name="visits_of_company"),
            models.Index(
                fields=["deal", "-starts_at"], name="visits_of_deal", condition=Q(deal__isnull=False)
            ),
            models.Index(fields=["owner", "-starts_at", "-id"], name="visits_of_owner"),
            models.Index(fields=["-starts_at", "-id"], name="visits_by_time"),
        ]

    def __str__(self) -> str:
        return gettext("訪問 %(company)s") % {"company": self.company.name}

    def get_absolute_url(self) -> str:
        return reverse("activities:visit", args=[self.pk])


@audited()
class PreVisitReport(Versioned):
    """外出前報告 — written the day before: situation, goal, expected issues, planned answer."""

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="pre_report")
    situation = models.TextField(_("お客様の状況"), max_length=10_000, blank=True)
    goal = models.TextField(_("訪問の目的"), max_length=2_000)
    answer = models.TextField(_("こちらの答え"), max_length=10_000, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    @property
    def responsible_id(self) -> UUID | None:
        return self.visit.owner_id


@audited()
class IssueKind(Word):
    """想定課題の種類 — what reps expect to come up, in the tenant's own words. `words` in a line point to its kind."""

    label = models.CharField(_("種類"), max_length=40, unique=True)
    words = models.CharField(_("この種類とわかる言葉"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("順"), default=0)

    class Meta(Word.Meta):
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label

    @property
    def said_by(self) -> str:
        """Every word that points to it."""
        return f"{self.label} {self.words}"


@audited()
class ExpectedIssue(Row):
    """想定した課題 — one line of a pre-visit report, and what became of it."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="issues")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("想定した課題"), max_length=500)
    kind = models.ForeignKey(
        IssueKind, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("種類")
    )
    turnout = models.CharField(_("結果"), max_length=20, choices=Turnout, blank=True)
    how_different = models.CharField(_("どう違ったか"), max_length=1_000, blank=True)

    class Meta:
        ordering = ("position", "id")


@audited()
class PostVisitReport(Versioned):
    """外出後報告 — written the same day: what came of the visit and what comes next."""

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="post_report")
    progress = models.CharField(_("進み具合"), max_length=10, choices=Progress, blank=True)
    result = models.TextField(_("結果"), max_length=10_000, blank=True)
    next_action = models.CharField(_("次の一手"), max_length=300, blank=True)
    next_action_on = models.DateField(_("次の一手の日"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    @property
    def responsible_id(self) -> UUID | None:
        return self.visit.owner_id


@audited()
class DailyReport(Versioned):
    """日報 — what a rep says about their day; what the day held is asked anew. It stands from when it was sent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField(_("日"))
    reflection = models.TextField(_("振り返り"), max_length=10_000, blank=True)
    tomorrow = models.TextField(_("明日"), max_length=10_000, blank=True)
    sent_at = models.DateTimeField(_("送った日時"))

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(fields=["user", "day"], name="one_daily_report_a_day"),
        ]
        indexes = [models.Index(fields=["day", "user"], name="daily_reports_by_day")]

    def __str__(self) -> str:
        return gettext("%(day)sの日報") % {"day": baton.full_day(self.day)}

    def get_absolute_url(self) -> str:
        return reverse("activities:daily-report", args=[self.pk])

    @property
    def responsible_id(self) -> UUID:
        return self.user_id

    @property
    def revised(self) -> bool:
        return self.version > 1


class DayTally(models.Model):
    """What a rep did on a day: kept by statement triggers in the writing transaction, rebuilt by `retally`.

    What nobody known did is kept under NOBODY: it counts in the organisation only.
    """

    pk = models.CompositePrimaryKey("owner_id", "day")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    day = models.DateField()
    follows = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
