"""The lists of follows and visits, and what companies and deals can be asked about them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts import queries as accounts
from apps.accounts.lists import Person
from apps.activities import queries
from apps.activities.models import Follow, PostVisitReport, PreVisitReport, Visit
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome, VisitKind, VisitStatus
from apps.base.finding import every_word
from apps.base.listing import Column, Directory, Sort
from apps.base.listing.fields import Choice, Words, YesNo, named
from apps.base.listing.ranges import Day, Number, begins
from apps.customers.lists import COMPANIES
from apps.deals.lists import DEALS, of_teams, scope_of


def _of_company(words: str) -> Q:
    return every_word(words, "company__search_key")


FOLLOWS = Directory(
    name="follows",
    label=_("フォロー"),
    model=Follow,
    url="activities:follows",
    record="activities:follow",
    rows=lambda asked: queries.follows(owners=scope_of(asked).owners).filter(_of_company(asked.words)),
    columns=[
        Column(_("会社"), lambda f: f.company.name),
        Column(_("いつ"), lambda f: f.happened_at, "when"),
        Column(_("どうやって"), lambda f: f.get_kind_display()),
        Column(_("向き"), lambda f: f.get_direction_display(), page=False),
        Column(_("どうなった"), lambda f: f.get_outcome_display()),
        Column(_("相手"), lambda f: f.contact.name if f.contact else "", page=False),
        Column(_("通話時間(秒)"), lambda f: f.talk_seconds, page=False),
        Column(_("内容"), lambda f: f.body),
        Column(_("担当"), lambda f: f.owner.name if f.owner else ""),
    ],
    sorts={"when": Sort(_("いつ"), "happened_at", down=True)},
    usual_sort=lambda _asked: "-when",
    keeps=("saved", "who"),
    scoped_by={"owner": {"who": "all"}, "team": {"who": "all"}},
).with_fields(
    Choice("kind", _("どうやって"), FollowKind.choices),
    Choice("outcome", _("どうなった"), FollowOutcome.choices),
    Choice("direction", _("向き"), Direction.choices),
    Day("happened_at", _("いつ"), moment=True),
    Person("owner", _("担当")),
    Choice("team", _("チーム"), named(accounts.teams), asks=of_teams),
    Words("body", _("内容"), optional=True),
    Words("contact", _("相手"), finds=lambda words: every_word(words, "contact__search_key")),
    Number("talk_seconds", _("通話時間(秒)"), optional=True),
    YesNo("deal", _("案件"), (_("あり"), _("なし")), yes=lambda: Q(deal__isnull=False)),
)

VISITS = Directory(
    name="visits",
    label=_("訪問"),
    model=Visit,
    url="activities:visits",
    record="activities:visit",
    rows=lambda asked: queries.visits(owners=scope_of(asked).owners).filter(_of_company(asked.words)),
    columns=[
        Column(_("会社"), lambda v: v.company.name, "company"),
        Column(_("いつ"), lambda v: v.starts_at, "when"),
        Column(_("場所"), lambda v: v.get_kind_display()),
        Column(_("状態"), lambda v: v.get_status_display(), "status"),
        Column(pgettext_lazy("one", "案件"), lambda v: v.deal.name or v.deal.plan if v.deal else ""),
        Column(_("担当"), lambda v: v.owner.name if v.owner else ""),
    ],
    sorts={
        "when": Sort(_("いつ"), "starts_at", down=True),
        "company": Sort(_("会社"), "company__reading"),
        "status": Sort(_("状態"), "status"),
    },
    usual_sort=lambda _asked: "-when",
    keeps=("saved", "view", "who"),
    scoped_by={"owner": {"who": "all"}, "team": {"who": "all"}},
).with_fields(
    Choice("status", _("状態"), VisitStatus.choices),
    Choice("kind", _("場所"), VisitKind.choices),
    Day("starts_at", _("いつ"), moment=True),
    Person("owner", _("担当")),
    Choice("team", _("チーム"), named(accounts.teams), asks=of_teams),
    YesNo("prepared", _("外出前報告"), (_("あり"), _("なし")), yes=lambda: _has(PreVisitReport)),
    YesNo("reported", _("外出後報告"), (_("あり"), _("なし")), yes=lambda: _has(PostVisitReport)),
    YesNo("deal", _("案件"), (_("あり"), _("なし")), yes=lambda: Q(deal__isnull=False)),
)


def _has(report: type[PreVisitReport] | type[PostVisitReport]) -> Exists:
    return Exists(report.objects.filter(visit=OuterRef("pk")))


def _last(rows: QuerySet[Follow] | QuerySet[Visit], moment: str, first: date | None, last: date | None) -> Q:
    """The latest of the rows lies between: one from the first day on, and none after the last."""
    asked = Q()
    if first is not None:
        asked &= Q(Exists(rows.filter(**{f"{moment}__gte": begins(first)})))
    if last is not None:
        asked &= ~Q(Exists(rows.filter(**{f"{moment}__gte": begins(last + timedelta(days=1))})))
    return asked


def _followed() -> QuerySet[Follow]:
    return Follow.objects.kept().filter(company=OuterRef("pk"))


def _visited() -> QuerySet[Visit]:
    return Visit.objects.kept().filter(company=OuterRef("pk"), status=VisitStatus.DONE)


COMPANIES.with_fields(
    Day(
        "last_follow",
        _("最後のフォロー"),
        optional=True,
        states=(_("まだない"), _("ある")),
        between=lambda first, last: _last(_followed(), "happened_at", first, last),
        nothing=lambda: ~Q(Exists(_followed())),
    ),
    Day(
        "last_visit",
        _("最後の訪問"),
        optional=True,
        states=(_("まだない"), _("ある")),
        between=lambda first, last: _last(_visited(), "starts_at", first, last),
        nothing=lambda: ~Q(Exists(_visited())),
    ),
)
DEALS.with_fields(
    Day(
        "last_follow",
        _("この会社への最後のフォロー"),
        optional=True,
        states=(_("まだない"), _("ある")),
        between=lambda first, last: _last(_followed_company(), "happened_at", first, last),
        nothing=lambda: ~Q(Exists(_followed_company())),
    ),
)


def _followed_company() -> QuerySet[Follow]:
    return Follow.objects.kept().filter(company=OuterRef("company"))
