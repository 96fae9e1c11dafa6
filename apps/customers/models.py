"""Whom we sell to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from apps.base.finding import every_word, words_in
from apps.base.history import audited
from apps.base.models import Record, RecordQuerySet, Row, Versioned, Word
from apps.customers import codes
from apps.customers.vocabulary import DecisionRole, Power, SourceKind, Stance


class CompanyQuerySet(RecordQuerySet):
    def found_by(self, words: str) -> CompanyQuerySet:
        """Companies whose name or reading holds each of the words, however they are written."""
        return self.filter(every_word(words, "search_key"))

    def of_industry(self, code: str) -> CompanyQuerySet:
        return self.filter(industry__in=codes.industries_within(code))

    def within(self, prefecture: str) -> CompanyQuerySet:
        return self.filter(area__startswith=prefecture)


class ContactQuerySet(RecordQuerySet):
    def found_by(self, words: str, *, known: Mapping[str, Sequence[UUID]] | None = None) -> ContactQuerySet:
        """Contacts of whom each of the words names the person or the company; `known`: companies by such a word."""
        asked = Q()
        for word in words_in(words):
            company = every_word(word, "company__search_key")
            if known and word in known:
                company = Q(company__in=known[word])
            asked &= every_word(word, "search_key") | company
        return self.filter(asked)


class Digits(models.Func):
    """A phone number by its digits alone."""

    template = "regexp_replace(normalize(%(expressions)s, NFKC), '[^0-9]', '', 'g')"
    output_field = models.CharField()


class FirstWord(models.Func):
    """Of a search key: the name, without the reading behind it."""

    template = "split_part(%(expressions)s, ' ', 1)"
    output_field = models.CharField()


class Site(models.Func):
    """A web address without scheme, www. and the last slash."""

    template = "regexp_replace(lower(%(expressions)s), '^https?://(www[.])?|/+$', '', 'g')"
    output_field = models.CharField()


def merged_into() -> models.ForeignKey:
    """統合先 — the record that took this one's place; this one waits in the trash until they are taken apart."""
    return models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)


def only_trash_is_merged() -> models.CheckConstraint:
    return models.CheckConstraint(
        name="a_merged_%(class)s_is_out_of_sight",
        condition=Q(merged_into__isnull=True) | Q(~Q(merged_into=F("id")), trashed_at__isnull=False),
    )


def months(name) -> ArrayField:
    """Months of any year, 1 to 12, in their order."""
    return ArrayField(models.PositiveSmallIntegerField(), verbose_name=name, default=list, blank=True)


def in_words(numbers: list[int]) -> str:
    return str(_("・")).join(str(MONTHS[number]) for number in numbers)


@audited()
class LeadSource(Word):
    """流入元 — where leads come from; one that is retired stays with the companies that came from it."""

    name = models.CharField(_("流入元"), max_length=100, unique=True)
    kind = models.CharField(_("種類"), max_length=20, choices=SourceKind)

    class Meta(Word.Meta):
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name


@audited()
class Campaign(Versioned):
    """施策 — what was done for some time, at a cost, so that leads come from a source. The last day is within it."""

    name = models.CharField(_("施策名"), max_length=100, unique=True)
    lead_source = models.ForeignKey(
        LeadSource, models.PROTECT, related_name="campaigns", verbose_name=_("流入元")
    )
    from_on = models.DateField(_("始まり"))
    until_on = models.DateField(_("終わり"), null=True, blank=True)
    cost = models.PositiveBigIntegerField(_("費用"), null=True, blank=True)

    class Meta(Versioned.Meta):
        ordering = ("-from_on", "name")
        constraints = [
            *Versioned.Meta.constraints,
            models.CheckConstraint(
                name="a_campaign_ends_after_it_begins",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited(exclude=["search_key"])
class Company(Record):
    """顧客 — a customer organisation, existing or prospective."""

    name = models.CharField(_("会社名"), max_length=200)
    reading = models.CharField(_("よみ"), max_length=300, blank=True)
    postal_code = models.CharField(_("郵便番号"), max_length=10, blank=True)
    address = models.CharField(_("住所"), max_length=300, blank=True)
    phone = models.CharField(_("電話"), max_length=30, blank=True)
    website = models.URLField(_("ウェブサイト"), max_length=300, blank=True)
    existing = models.BooleanField(_("既存顧客"), default=False)
    industry = models.CharField(_("業種"), max_length=2, blank=True, help_text=_("日本標準産業分類の番号"))
    area = models.CharField(_("エリア"), max_length=5, blank=True, help_text=_("都道府県・市区町村の番号"))
    employees = models.PositiveIntegerField(_("従業員数"), null=True, blank=True)
    lead_source = models.ForeignKey(
        LeadSource, models.PROTECT, related_name="companies", null=True, blank=True, verbose_name=_("流入元")
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="companies", null=True, blank=True, verbose_name=_("施策")
    )
    busy_months = months(_("忙しい月"))
    buying_months = months(_("購入を検討する月"))
    note = models.TextField(_("メモ"), max_length=10_000, blank=True)
    search_key = models.CharField(max_length=600, editable=False, default="")
    merged_into = merged_into()

    objects = CompanyQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints = [*Record.Meta.constraints, only_trash_is_merged()]
        indexes = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="companies_by_words"),
            models.Index(fields=["reading", "id"], name="companies_by_reading"),
            models.Index(Digits("phone"), name="companies_by_phone"),
            models.Index(Site("website"), name="companies_by_website"),
            models.Index(FirstWord("search_key"), name="companies_by_name"),
            models.Index(fields=["industry"], name="companies_by_industry"),
            models.Index(fields=["area"], name="companies_by_area"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:company", args=[self.pk])

    @property
    def industry_name(self) -> str:
        return str(codes.INDUSTRIES[self.industry]) if self.industry else ""

    @property
    def area_name(self) -> str:
        return codes.area_name(self.area) if self.area else ""

    @property
    def busy(self) -> str:
        return in_words(self.busy_months)

    @property
    def buying(self) -> str:
        return in_words(self.buying_months)


@audited(exclude=["search_key"])
class Contact(Record):
    """担当者 — a person at a company."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="contacts", verbose_name=_("会社"))
    name = models.CharField(_("氏名"), max_length=100)
    reading = models.CharField(_("よみ"), max_length=200, blank=True)
    department = models.CharField(_("部署"), max_length=100, blank=True)
    title = models.CharField(_("役職"), max_length=100, blank=True)
    role = models.CharField(
        _("決裁での役割"), max_length=10, choices=DecisionRole, default=DecisionRole.UNKNOWN
    )
    stance = models.CharField(_("立場"), max_length=10, choices=Stance, default=Stance.UNKNOWN)
    power = models.CharField(
        _("決める力"),
        max_length=10,
        choices=Power,
        blank=True,
        help_text=_("選ばないと、役割から見積もります。"),
    )
    email = models.EmailField(_("メールアドレス"), max_length=254, blank=True)
    phone = models.CharField(_("電話"), max_length=30, blank=True)
    note = models.TextField(_("メモ"), max_length=10_000, blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")
    merged_into = merged_into()

    objects = ContactQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints = [*Record.Meta.constraints, only_trash_is_merged()]
        indexes = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="contacts_by_words"),
            models.Index(fields=["reading", "id"], name="contacts_by_reading"),
            models.Index(fields=["role", "id"], name="contacts_by_role"),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class Influence(Row):
    """誰が誰を動かせるか — `mover` can move `moved`, somebody at the same company."""

    mover = models.ForeignKey(Contact, models.PROTECT, related_name="moves", verbose_name=_("動かす人"))
    moved = models.ForeignKey(Contact, models.PROTECT, related_name="moved_by", verbose_name=_("動く人"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mover", "moved"], name="influence_once"),
            models.CheckConstraint(name="nobody_moves_themselves", condition=~Q(mover=F("moved"))),
        ]

    def __str__(self) -> str:
        return f"{self.mover.name} → {self.moved.name}"


@audited()
class TargetList(Record):
    """リスト — companies that its owner works on."""

    name = models.CharField(_("リスト名"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("担当")
    )

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["name", "id"], name="lists_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:list", args=[self.pk])

    @property
    def responsible_id(self) -> UUID:
        return self.owner_id


class ListEntryQuerySet(models.QuerySet):
    def on(self, day: date) -> ListEntryQuerySet:
        """Those that stand on their list on that day, lists and companies outside the trash."""
        there = Q(removed_on__isnull=True) | Q(removed_on__gt=day)
        return self.filter(
            there, from_on__lte=day, company__trashed_at__isnull=True, list__trashed_at__isnull=True
        )


@audited()
class ListEntry(Versioned):
    """リストの1社 — from a day until the day on which it was taken off, which no longer counts."""

    list = models.ForeignKey(TargetList, models.PROTECT, related_name="entries", verbose_name=_("リスト"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("会社"))
    from_on = models.DateField(_("載せた日"))
    removed_on = models.DateField(_("外した日"), null=True, blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            ExclusionConstraint(
                name="a_company_is_on_a_list_once",
                expressions=[
                    ("list", RangeOperators.EQUAL),
                    ("company", RangeOperators.EQUAL),
                    (Func(F("from_on"), F("removed_on"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list.name} {self.company.name}"

    @property
    def responsible_id(self) -> UUID:
        return self.list.owner_id


class Merge(Row):
    """統合 — two records became one; what it changed is kept, so that they can be taken apart again."""

    at = models.DateTimeField()
    survivor_id = models.UUIDField()
    merged_id = models.UUIDField()
    values = models.JSONField(default=dict)
    """Field of the survivor → what stood there before, and what was chosen."""
    followed = models.JSONField(default=dict)
    """What followed to the survivor, by the name of the `merging.Follower` that can give it back."""
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["survivor_id", "-id"], name="merges_of_survivor")]
        constraints = [
            models.UniqueConstraint(
                fields=["merged_id"], condition=Q(undone_at__isnull=True), name="merged_into_one_only"
            )
        ]
