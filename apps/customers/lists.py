"""The lists of companies, of contacts and of target lists: what they show and can be narrowed by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.lists import Person
from apps.base.finding import every_word
from apps.base.listing import Asker, Column, Directory, Sort, number_or_less
from apps.base.listing.fields import Choice, MonthsOfYear, Related, Words, YesNo, named
from apps.base.listing.ranges import Day, Number
from apps.customers import codes, queries
from apps.customers.models import Company, Contact, ListEntry, TargetList
from apps.customers.vocabulary import DecisionRole, Stance


def industries(_asker: Asker) -> list[tuple[str, Any]]:
    """Each 大分類 before what belongs to it."""
    return [
        (
            code,
            f"{codes.INDUSTRIES[code]}" if code in codes.INDUSTRY_GROUPS else f"　{codes.INDUSTRIES[code]}",
        )
        for code in codes.INDUSTRIES
    ]


def prefectures(_asker: Asker) -> list[tuple[str, Any]]:
    return list(codes.PREFECTURES.items())


def of_industries(values: Sequence[str], _asker: Asker | None = None, *, to: str = "") -> Q:
    within = {code for value in values for code in codes.industries_within(value)}
    return Q(**{f"{to}industry__in": within})


def of_prefectures(values: Sequence[str], _asker: Asker | None = None, *, to: str = "") -> Q:
    asked = Q()
    for value in values:
        asked |= Q(**{f"{to}area__startswith": value})
    return asked


def of_municipality(words: str, *, to: str = "") -> Q:
    """浜松 finds every ward of it; a name with its prefecture is found by both."""
    found = [code for code in codes.MUNICIPALITIES if words in codes.area_name(code)]
    return Q(**{f"{to}area__in": found})


def _on_lists(values: Sequence[str], asker: Asker) -> Q:
    on = ListEntry.objects.on(asker.today).filter(list__in=values, company=OuterRef("pk"))
    return Q(Exists(on))


def _of_existing() -> Exists:
    """Contacts of companies that are customers already, whatever makes them so."""
    return Exists(queries.companies().filter(queries.is_existing(), pk=OuterRef("company")))


def _yes(so: bool) -> str:
    return gettext("はい") if so else ""


INDUSTRY = Choice("industry", _("業種"), industries, optional=True, asks=of_industries)
PREFECTURE = Choice(
    "prefecture",
    _("都道府県"),
    prefectures,
    path="area",
    optional=True,
    asks=of_prefectures,
)

COMPANIES = Directory(
    name="companies",
    label=_("顧客"),
    model=Company,
    url="customers:companies",
    record="customers:company",
    rows=lambda asked: queries.with_standing(queries.companies(words=asked.words)),
    columns=[
        Column(_("会社名"), lambda c: c.name, "reading"),
        Column(_("よみ"), lambda c: c.reading),
        Column(_("業種"), lambda c: c.industry_name, "industry"),
        Column(_("エリア"), lambda c: c.area_name, "area"),
        Column(_("従業員数"), lambda c: c.employees, "employees", "n"),
        Column(_("電話"), lambda c: c.phone),
        Column(_("既存顧客"), lambda c: _yes(c.is_existing), page=False),
        Column(_("郵便番号"), lambda c: c.postal_code, page=False),
        Column(_("住所"), lambda c: c.address, page=False),
        Column(_("ウェブサイト"), lambda c: c.website, page=False),
        Column(_("忙しい月"), lambda c: c.busy, page=False),
        Column(_("購入を検討する月"), lambda c: c.buying, page=False),
        Column(_("メモ"), lambda c: c.note, page=False),
    ],
    sorts={
        "reading": Sort(_("よみ"), "reading"),
        "industry": Sort(_("業種"), "industry"),
        "area": Sort(_("エリア"), "area"),
        "employees": Sort(_("従業員数"), number_or_less("employees"), down=True),
        "added": Sort(_("加えた日"), "created_at", down=True),
    },
    usual_sort=lambda _asked: "reading",
    short=("industry", "prefecture"),
).with_fields(
    INDUSTRY,
    PREFECTURE,
    Words("municipality", _("市区町村"), finds=of_municipality),
    Number("employees", _("従業員数"), optional=True),
    YesNo("existing", _("取引"), (_("既存顧客"), _("新規")), yes=queries.is_existing),
    MonthsOfYear("busy_months", _("忙しい月")),
    MonthsOfYear("buying_months", _("購入を検討する月")),
    Choice(
        "on_list",
        _("載っているリスト"),
        named(lambda: TargetList.objects.kept().order_by("name", "pk")),
        asks=_on_lists,
    ),
    Related("lead_source", _("流入元"), named(queries.every_lead_source), optional=True),
    Related("campaign", _("施策"), named(queries.campaigns), optional=True),
    Day("created_at", _("加えた日"), moment=True),
)

CONTACTS = Directory(
    name="contacts",
    label=_("担当者"),
    model=Contact,
    url="customers:contacts",
    record="customers:change-contact",
    rows=lambda asked: queries.contacts(words=asked.words),
    columns=[
        Column(_("氏名"), lambda c: c.name, "reading"),
        Column(_("会社"), lambda c: c.company.name, "company"),
        Column(_("部署"), lambda c: c.department),
        Column(_("役職"), lambda c: c.title),
        Column(_("決裁での役割"), lambda c: c.get_role_display(), "role"),
        Column(_("立場"), lambda c: c.get_stance_display()),
        Column(_("電話"), lambda c: c.phone),
        Column(_("メールアドレス"), lambda c: c.email),
        Column(_("よみ"), lambda c: c.reading, page=False),
        Column(_("メモ"), lambda c: c.note, page=False),
    ],
    sorts={
        "reading": Sort(_("よみ"), "reading"),
        "company": Sort(_("会社"), "company__reading"),
        "role": Sort(_("決裁での役割"), "role"),
        "added": Sort(_("加えた日"), "created_at", down=True),
    },
    usual_sort=lambda _asked: "reading",
).with_fields(
    Words("company", _("会社"), finds=lambda words: every_word(words, "company__search_key")),
    Words("department", _("部署"), optional=True),
    Words("title", _("役職"), optional=True),
    Choice("role", _("決裁での役割"), DecisionRole.choices),
    Choice("stance", _("立場"), Stance.choices),
    Words("email", _("メールアドレス"), optional=True),
    Words("phone", _("電話"), optional=True),
    Choice(
        "prefecture",
        _("都道府県"),
        prefectures,
        asks=lambda values, asker: of_prefectures(values, asker, to="company__"),
    ),
    YesNo("existing", _("取引"), (_("既存顧客"), _("新規")), yes=_of_existing),
    Day("created_at", _("加えた日"), moment=True),
)

TARGET_LISTS = Directory(
    name="target-lists",
    label=_("リスト"),
    model=TargetList,
    url="customers:lists",
    record="customers:list",
    rows=lambda asked: queries.lists(on=asked.asker.today, words=asked.words),
    columns=[
        Column(_("リスト名"), lambda t: t.name, "name"),
        Column(_("担当"), lambda t: t.owner.name, "owner"),
        Column(_("今の社数"), lambda t: t.size, "size", "n"),
    ],
    sorts={
        "name": Sort(_("リスト名"), "name"),
        "owner": Sort(_("担当"), "owner__reading"),
        "size": Sort(_("今の社数"), lambda asked: queries.size_of_list(on=asked.asker.today), down=True),
        "added": Sort(_("作った日"), "created_at", down=True),
    },
    usual_sort=lambda _asked: "name",
).with_fields(
    Person("owner", _("担当")),
    Day("created_at", _("作った日"), moment=True),
)
