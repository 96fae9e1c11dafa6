"""What may be won. A deal's changes are the truth; states and milestones are folded from them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.base.history import audited
from apps.base.models import MonthField, Record, RecordQuerySet, Row, Word
from apps.customers.models import Company
from apps.deals import rules
from apps.deals.vocabulary import BuyerStage, Cause, Happening, LostKind, Outcome, Rank, Stage

STAGE = Case(
    When(~Q(outcome=Outcome.OPEN), then=F("outcome")),
    When(
        Q(~Q(plan=""), amount__isnull=False, amount__gte=1, expected_month__isnull=False),
        then=Value(Stage.DEAL),
    ),
    When(
        Q(~Q(plan=""), amount__isnull=False, amount__gte=1)
        | Q(~Q(plan=""), expected_month__isnull=False)
        | Q(amount__isnull=False, amount__gte=1, expected_month__isnull=False),
        then=Value(Stage.TOPIC),
    ),
    default=Value(Stage.PROSPECT),
)
"""The stage, derived by the database itself so that nothing can be typed into it."""


class LostReason(Word):
    """ボツの理由 — under one of four causes."""

    label = models.CharField(_("理由"), max_length=100, unique=True)
    cause = models.CharField(_("原因"), max_length=20, choices=Cause)
    position = models.PositiveSmallIntegerField(_("順"), default=0)

    class Meta(Word.Meta):
        ordering = ("cause", "position", "label")

    def __str__(self) -> str:
        return self.label


@audited()
class Plan(Word):
    """プラン — what is sold. A deal keeps the plan's name as it was typed, so that any other may be typed too."""

    name = models.CharField(_("プラン"), max_length=200, unique=True)
    price = models.PositiveBigIntegerField(_("価格"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("順"), default=0)

    class Meta(Word.Meta):
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class DealQuerySet(RecordQuerySet):
    def open(self) -> DealQuerySet:
        return self.filter(stage__in=rules.OPEN)


@audited(exclude=["stage"])
class Deal(Record):
    """案件 — something a company may buy, looked after by one rep. Holds the present state of its changes."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="deals", verbose_name=_("会社"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deals", null=True, verbose_name=_("担当")
    )
    name = models.CharField(_("案件名"), max_length=200, blank=True)
    plan = models.CharField(_("プラン"), max_length=200, blank=True)
    amount = models.PositiveBigIntegerField(_("価格"), null=True, blank=True)
    expected_month = MonthField(_("時期"), null=True, blank=True)
    rank = models.CharField(_("ランク"), max_length=10, choices=Rank, blank=True)
    next_action = models.CharField(_("次の一手"), max_length=300, blank=True)
    next_action_on = models.DateField(_("次の一手の日"), null=True, blank=True)
    buyer_stage = models.CharField(_("買い手の段階"), max_length=20, choices=BuyerStage, blank=True)
    opened_at = models.DateTimeField(_("始まり"))
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    closed_at = models.DateTimeField(_("終わり"), null=True, blank=True)
    lost_kind = models.CharField(_("ボツの種類"), max_length=10, choices=LostKind, blank=True)
    lost_reason = models.ForeignKey(LostReason, models.PROTECT, null=True, blank=True, verbose_name=_("理由"))
    comes_back_on = models.DateField(_("戻ってくる日"), null=True, blank=True)
    stage = models.GeneratedField(
        expression=STAGE, output_field=models.CharField(max_length=10, choices=Stage), db_persist=True
    )

    objects = DealQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="a_lost_deal_says_why", condition=~Q(outcome=Outcome.LOST) | Q(lost_reason__isnull=False)
            ),
            models.CheckConstraint(
                name="a_closed_deal_says_when", condition=Q(outcome=Outcome.OPEN) | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="not_now_says_when_again",
                condition=~Q(outcome=Outcome.LOST, lost_kind=LostKind.NOT_NOW)
                | Q(comes_back_on__isnull=False),
            ),
        ]
        indexes = [
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("plan"), name="gin_trgm_ops"),
                name="deals_by_words",
            ),
            models.Index(fields=["owner", "stage"], name="deals_of_owner"),
            models.Index(fields=["company"], name="deals_of_company"),
            models.Index(fields=["-changed_at", "-id"], name="deals_by_change"),
            # as lists.py sorts, where what is not known has its place, too
            models.Index(Coalesce("next_action_on", Value(date.min)), "id", name="deals_by_next_action"),
            models.Index(Coalesce("amount", Value(-1)), "id", name="deals_by_amount"),
            models.Index(
                Coalesce("expected_month", Value(date(2200, 12, 1)), output_field=models.DateField()),
                "id",
                name="deals_by_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company.name} {self.name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("deals:deal", args=[self.pk])

    @property
    def responsible_id(self) -> UUID | None:
        return self.owner_id

    @property
    def axes(self) -> tuple[bool, bool, bool]:
        """Whether plan, price and timing are known."""
        return bool(self.plan.strip()), bool(self.amount), self.expected_month is not None

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN


class DealChange(Row):
    """変化 — fields of a deal that hold from `at` on. The only source of a deal's figures."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    fields = models.JSONField()
    reason = models.CharField(max_length=500, blank=True, default="")
    assumed = models.BooleanField(default=False)
    """Values of an imported record without their own times: loaded history of a field takes their place."""

    class Meta:
        indexes = [models.Index(fields=["deal", "at", "id"], name="changes_of_deal")]


class DealState(Row):
    """What was true of a deal from `valid_from` until just before `valid_until`: the table's stock rows."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="states")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    stage = models.CharField(max_length=10, choices=Stage)
    rank = models.CharField(max_length=10, choices=Rank, blank=True)
    amount = models.PositiveBigIntegerField(null=True)
    expected_month = MonthField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expected_month", "valid_from"],
                name="stock_by_month",
                condition=Q(stage__in=rules.OPEN),
            ),
            models.Index(
                fields=["owner", "expected_month"],
                name="stock_of_owner",
                condition=Q(stage__in=rules.OPEN),
            ),
            # as the table asks whether a state holds at a moment: one that has not ended holds for ever
            models.Index(
                "owner",
                Coalesce("valid_until", Cast(Value("infinity"), models.DateTimeField())),
                name="standing_of_owner",
                condition=Q(stage__in=rules.OPEN),
            ),
            models.Index(fields=["deal", "valid_from"], name="states_of_deal"),
        ]


class Milestone(Row):
    """What counts once at its moment; `until_at`: from then on it counts no more (受注取消, 復活)."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=10, choices=Happening)
    at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    plan = models.CharField(max_length=200, blank=True)
    amount = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "at"], name="milestones_by_time")]
