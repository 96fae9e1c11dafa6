"""The menu: which pages there are, in the shell's words. It asks the database nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `name` is that of its URL."""

    name: str
    label: Any
    icon: str


DEALS = Place("deals:list", _("案件"), "deal")
COMPANIES = Place("customers:companies", _("顧客"), "company")
TABLE = Place("reviews:table", _("管理表"), "board")
VISITS = Place("activities:visits", _("訪問・報告"), "visit")

GROUPS = [
    (_("動く"), [DEALS, VISITS, Place("activities:follows", _("フォロー"), "phone"), COMPANIES]),
    (_("見る"), [TABLE, Place("goals:months", _("目標"), "target")]),
    (
        "",
        [Place("activities:trash", _("ごみ箱"), "trash"), Place("accounts:settings", _("設定"), "settings")],
    ),
]
PHONE = [DEALS, VISITS, COMPANIES, TABLE]


class Menu:
    """The menu as one request sees it."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path

    def groups(self) -> list[dict[str, Any]]:
        groups = [{"label": label, "items": self._items(places)} for label, places in GROUPS]
        return [group for group in groups if group["items"]]

    def phone(self) -> list[dict[str, Any]]:
        return [*self._items(PHONE), {"icon": "menu", "label": _("メニュー")}]

    def _items(self, places: list[Place]) -> list[dict[str, Any]]:
        return [
            {
                "url": self.urls[place.name],
                "label": place.label,
                "icon": place.icon,
                "current": place.name == self.current,
            }
            for place in places
            if place.name in self.urls
        ]

    @cached_property
    def urls(self) -> dict[str, str]:
        found = {}
        for _label, places in GROUPS:
            for place in places:
                try:
                    found[place.name] = reverse(place.name)
                except NoReverseMatch:
                    continue
        return found

    @cached_property
    def current(self) -> str | None:
        """The entry whose address the page's begins with; the longest, where several do."""
        above = [name for name, url in self.urls.items() if self.path.startswith(url)]
        return max(above, key=lambda name: len(self.urls[name]), default=None)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """For the shell. Lazy, so that a page without it (an error, another host) asks nothing of the request."""
    menu = Menu(request)
    return {
        "navigation": SimpleLazyObject(menu.groups),
        "navigation_phone": SimpleLazyObject(menu.phone),
        "me": SimpleLazyObject(lambda: _me(request)),
    }


def _me(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {
        "pk": user.pk,
        "name": user.name,
        "line": user.role_names,
        "logout_url": reverse("accounts:logout"),
    }
