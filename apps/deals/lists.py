"""The list of deals: whose it shows, what it shows of them and what it can be narrowed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries as accounts
from apps.accounts.lists import Person
from apps.accounts.models import User
from apps.base.listing import Asked, Asker, Column, Directory, Sort, number_or_less
from apps.base.listing.fields import EVERYTHING, Choice, Related, Words, YesNo, named
from apps.base.listing.ranges import Day, InMonth, Yen
from apps.base.models import MonthField
from apps.base.month import Month
from apps.base.pages import found_or_404
from apps.customers import lists as customers
from apps.customers import queries as companies
from apps.deals import queries, rules
from apps.deals.models import Deal, LostReason
from apps.deals.vocabulary import BuyerStage, LostKind, Rank, Stage


@dataclass(frozen=True)
class Scope:
    """Whose records a page shows. `who`: me, team, all or a person's id; `owners` None: everybody's."""

    who: str
    owners: QuerySet[User] | None
    person: User | None = None


def scope_for(user: User, who: str) -> Scope:
    """自分, チーム (the own team and those below it), 全員 or a named person; else there is no such page."""
    match who or "me":
        case "all":
            return Scope("all", None)
        case "team":
            team = accounts.members(accounts.led_by(user), on=timezone.localdate())
            return Scope("team", team | User.objects.filter(pk=user.pk))
        case "me":
            person = user
        case named:
            person = found_or_404(User.objects.all(), named)
    who = "me" if person == user else str(person.pk)
    return Scope(who, User.objects.filter(pk=person.pk), person)


def scope_of(asked: Asked) -> Scope:
    """Asked for once, however many parts of a page want to know."""
    who, known = asked.kept.get("who", "me"), asked.asker.known
    if who not in known:
        known[who] = scope_for(asked.asker.user, who)
    return known[who]


ANY_STAGE = "all"
STAGES = [("open", _("進行中")), *Stage.choices, (ANY_STAGE, _("すべて"))]
PLACES = (*queries.BOARD, Stage.WON, Stage.LOST)
ORDER = Case(
    *(
        When(condition, then=Value(number))
        for number, place in enumerate(PLACES)
        for condition in [Q(rank=place) if place in Rank else Q(stage=place, rank="")]
    ),
    default=Value(len(PLACES)),
)
"""How far a deal is: 見込み, 話題, 商談△, 商談◯, 受注, ボツ."""
UNDECIDED = Month(2200, 12)
"""After every month: where a deal without timing stands."""


def of_stages(values: Sequence[str], _asker: Asker) -> Q:
    if ANY_STAGE in values:
        return EVERYTHING
    return Q(stage__in={stage for value in values for stage in queries.STAGES[value]})


def of_teams(values: Sequence[str], asker: Asker) -> Q:
    """Of the people who are in these teams, or below them, today."""
    teams = accounts.team_and_below(*map(_uuid, values))
    return Q(owner__in=accounts.members(teams, on=asker.today).values("pk"))


def _uuid(value: str) -> Any:
    return User._meta.pk.to_python(value)


def _usual_sort(asked: Asked) -> str:
    """By urgency while all that is shown is open; else what moved last stands first."""
    stages = {
        value
        for group in (*asked.groups, asked.implied)
        for condition in group
        if condition.field == "stage"
        for value in condition.values
    }
    return "next" if stages and stages <= {"open", *rules.OPEN} else "-changed"


def _rows(asked: Asked) -> QuerySet[Deal]:
    return queries.deals(words=asked.words, owners=scope_of(asked).owners)


DEALS = Directory(
    name="deals",
    label=_("案件"),
    model=Deal,
    url="deals:list",
    record="deals:deal",
    rows=_rows,
    columns=[
        Column(_("会社"), lambda d: d.company.name, "company"),
        Column(_("案件名"), lambda d: d.name, page=False),
        Column(_("段階"), lambda d: Stage(d.stage).label, "stage"),
        Column(_("ランク"), lambda d: d.get_rank_display(), page=False),
        Column(_("プラン"), lambda d: d.plan, page=False),
        Column(_("価格"), lambda d: d.amount, "amount", "n"),
        Column(_("時期"), lambda d: d.expected_month, "expected"),
        Column(_("次の一手"), lambda d: d.next_action, "next"),
        Column(_("次の一手の日"), lambda d: d.next_action_on, page=False),
        Column(_("担当"), lambda d: d.owner.name if d.owner else "", "owner"),
        Column(_("買い手の段階"), lambda d: d.get_buyer_stage_display(), page=False),
        Column(_("始まり"), lambda d: d.opened_at, page=False),
        Column(_("終わり"), lambda d: d.closed_at, page=False),
        Column(_("ボツの種類"), lambda d: d.get_lost_kind_display(), page=False),
        Column(_("理由"), lambda d: d.lost_reason.label if d.lost_reason else "", page=False),
        Column(_("戻ってくる日"), lambda d: d.comes_back_on, page=False),
    ],
    sorts={
        "next": Sort(_("次の一手の日"), Coalesce(F("next_action_on"), Value(date.min))),
        "company": Sort(_("会社"), "company__reading"),
        "stage": Sort(_("段階"), ORDER, down=True),
        "amount": Sort(_("価格"), number_or_less("amount"), down=True),
        "expected": Sort(
            _("時期"), Coalesce(F("expected_month"), Value(UNDECIDED, output_field=MonthField()))
        ),
        "owner": Sort(_("担当"), Coalesce(F("owner__reading"), Value(""))),
        "opened": Sort(_("始まり"), "opened_at", down=True),
        "changed": Sort(_("変わった日"), "changed_at", down=True),
    },
    usual_sort=_usual_sort,
    keeps=("saved", "view", "who"),
    short=("stage",),
    implied={"stage": "open"},
    scoped_by={"owner": {"who": "all"}, "team": {"who": "all"}},
).with_fields(
    Choice("stage", _("段階"), STAGES, asks=of_stages),
    Choice("rank", _("ランク"), Rank.choices, optional=True, nothing=_("なし")),
    Person("owner", _("担当")),
    Choice("team", _("チーム"), named(accounts.teams), asks=of_teams),
    Yen("amount", _("価格"), optional=True, states=(_("金額未定"), _("決まっている"))),
    InMonth("expected_month", _("時期"), optional=True, states=(_("時期未定"), _("決まっている"))),
    Words("plan", _("プラン"), optional=True),
    Day("next_action_on", _("次の一手の日"), optional=True, states=(_("決まっていない"), _("決まっている"))),
    Day("opened_at", _("始まり"), moment=True),
    Day("closed_at", _("終わり"), moment=True, optional=True),
    Related("lost_reason", _("ボツの理由"), named(LostReason.objects.all), optional=True, nothing=_("なし")),
    Choice("lost_kind", _("ボツの種類"), LostKind.choices),
    Day("comes_back_on", _("戻ってくる日"), optional=True),
    Choice("buyer_stage", _("買い手の段階"), BuyerStage.choices, optional=True),
    Choice(
        "industry",
        _("業種"),
        customers.industries,
        asks=lambda values, asker: customers.of_industries(values, asker, to="company__"),
    ),
    Choice(
        "prefecture",
        _("都道府県"),
        customers.prefectures,
        asks=lambda values, asker: customers.of_prefectures(values, asker, to="company__"),
    ),
    YesNo(
        "existing",
        _("取引"),
        (_("既存顧客"), _("新規")),
        yes=lambda: Exists(companies.companies().filter(companies.is_existing(), pk=OuterRef("company"))),
    ),
)


def _deal_of_company() -> QuerySet[Deal]:
    return Deal.objects.kept().filter(company=OuterRef("pk"))


customers.COMPANIES.with_fields(
    YesNo(
        "open_deal",
        _("進行中の案件"),
        (_("あり"), _("なし")),
        yes=lambda: Exists(_deal_of_company().open()),
    ),
    Choice(
        "deal_stage",
        _("案件の段階"),
        Stage.choices,
        asks=lambda values, _asker: Q(Exists(_deal_of_company().filter(stage__in=values))),
    ),
)
