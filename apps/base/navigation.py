"""The menu: which pages there are, in the shell's words. It asks the database nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `name` is that of its URL, `reading` finds it, G and then `key` leads there.

    `also`: pages that lie behind it.
    """

    name: str
    label: Any
    icon: str
    reading: Any = ""
    key: str = ""
    also: tuple[str, ...] = ()


TODAY = Place("actions:today", _("今日"), "today", _("きょう"), "T")
DEALS = Place("deals:list", _("案件"), "deal", _("あんけん"), "D")
VISITS = Place("activities:visits", _("訪問・報告"), "visit", _("ほうもん・ほうこく"), "V")
FOLLOWS = Place("activities:follows", _("フォロー"), "phone", _("ふぉろー"), "F")
DAILY = Place("activities:daily", _("日報"), "report", _("にっぽう"), "R")
COMPANIES = Place(
    "customers:companies",
    _("顧客・リスト"),
    "company",
    _("こきゃく・りすと"),
    "C",
    also=("customers:lists", "customers:campaigns"),
)
TABLE = Place("reviews:table", _("管理表"), "board", _("もくひょう・ぷろせすかんりひょう"), "B")
GOALS = Place("goals:months", _("目標"), "target", _("もくひょう"), "G")
TRASH = Place("activities:trash", _("ごみ箱"), "trash", _("ごみばこ"))
SETTINGS = Place(
    "accounts:settings", _("設定"), "settings", _("せってい"), "S", also=("customers:lead-sources",)
)
RECORD = Place("actions:capture", _("記録"), "plus")

GROUPS = [
    (_("動く"), [TODAY, DEALS, VISITS, FOLLOWS, COMPANIES, DAILY]),
    (_("見る"), [TABLE, GOALS]),
    ("", [TRASH, SETTINGS]),
]
PHONE = [TODAY, DEALS, RECORD, VISITS]


def places() -> list[Place]:
    """Every page of the menu."""
    return [place for _label, group in GROUPS for place in group]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """For the shell. Lazy, so that a page without it (an error, another host) asks nothing of the request."""
    return {
        "navigation": SimpleLazyObject(lambda: _groups(request.path)),
        "navigation_phone": SimpleLazyObject(lambda: _phone(request.path)),
        "me": SimpleLazyObject(lambda: _me(request)),
    }


def _groups(path: str) -> list[dict[str, Any]]:
    return [{"label": label, "items": _items(places, path)} for label, places in GROUPS]


def _phone(path: str) -> list[dict[str, Any]]:
    return [*_items(PHONE, path), {"label": _("メニュー"), "icon": "menu"}]


def _items(places: Sequence[Place], path: str) -> list[dict[str, Any]]:
    """Current is the entry whose address the page's begins with; the longest, where several do."""
    urls = [reverse(place.name) for place in places]
    reached = {url: [url, *map(reverse, place.also)] for url, place in zip(urls, places, strict=True)}
    lengths = {
        url: max((len(way) for way in ways if path.startswith(way)), default=0)
        for url, ways in reached.items()
    }
    current = max((url for url in urls if lengths[url]), key=lengths.get, default=None)
    return [
        {
            "url": url,
            "label": place.label,
            "icon": place.icon,
            "key": place.key,
            "current": url == current,
        }
        for url, place in zip(urls, places, strict=True)
    ]


def _me(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {
        "pk": user.pk,
        "name": user.name,
        "line": user.role_names,
        "unread": getattr(user, "unread", 0),
        "url": reverse("accounts:settings"),
        "logout_url": reverse("accounts:logout"),
    }
