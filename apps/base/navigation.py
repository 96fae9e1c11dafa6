"""The menu: which pages there are, in the shell's words. It asks the database nothing: its numbers came with the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `name` is that of its URL, `reading` finds it, G and then `key` leads there.

    `asks`: the act that a person must be allowed for it to stand there;
    `also`: pages that lie behind it; `waits` and `counts`: numbers beside the person (`accounts.backends.BESIDE`) that
    it shows, those that wait for their deed and those that do not.
    """

    name: str
    label: Any
    icon: str
    reading: Any = ""
    key: str = ""
    asks: str = ""
    also: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()


RECORDING = "record_follows"
"""`accounts.vocabulary.Act.RECORD_FOLLOWS`, which lies above."""

TODAY = Place("actions:today", _("今日"), "today", _("きょう"), "T")
DEALS = Place("deals:list", _("案件"), "deal", _("あんけん"), "D")
VISITS = Place(
    "activities:visits",
    _("訪問・報告"),
    "visit",
    _("ほうもん・ほうこく"),
    "V",
    also=("reviews:expectations",),
)
FOLLOWS = Place("activities:follows", _("フォロー"), "phone", _("ふぉろー"), "F")
DAILY = Place(
    "activities:daily",
    _("日報"),
    "report",
    _("にっぽう"),
    "R",
    waits=("questions_waiting",),
    counts=("dailies_unread",),
)
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
RECORD = Place("actions:capture", _("記録"), "plus", asks=RECORDING)

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
        "navigation": SimpleLazyObject(lambda: _groups(request)),
        "navigation_phone": SimpleLazyObject(lambda: _phone(request)),
        "me": SimpleLazyObject(lambda: _me(request)),
    }


def counts(user: Any) -> dict[str, tuple[str, bool]]:
    """The numbers of the shell as they stand there, and whether they wait for this person: each place's by the name of
    its URL, what a phone has behind its menu, the bell's, and the parts of a place's.
    """
    numbers = {
        place.name: (_sum(user, *place.waits, *place.counts), _sum(user, *place.waits) > 0)
        for place in places()
        if place.waits or place.counts
    }
    shown = {place.name for place in PHONE}
    hidden = [count for name, count in numbers.items() if name not in shown]
    numbers["menu"] = (sum(number for number, _hot in hidden), any(hot for _number, hot in hidden))
    numbers["bell"] = (_sum(user, "unread"), True)
    numbers["questions"] = (_sum(user, "questions_waiting"), True)
    numbers["dailies"] = (_sum(user, "dailies_unread"), False)
    return {name: (_short(number), hot) for name, (number, hot) in numbers.items()}


def _sum(user: Any, *names: str) -> int:
    return sum(getattr(user, name, 0) for name in names)


def _short(number: int) -> str:
    return "" if not number else str(number) if number < 100 else "99+"


def bell_words(user: Any) -> str:
    """What the bell says to those who do not see its number."""
    if not (unread := _sum(user, "unread")):
        return gettext("通知")
    return ngettext("通知 未読 %(n)s件", "通知 未読 %(n)s件", unread) % {"n": unread}


def _person(request: HttpRequest) -> Any:
    return getattr(request, "user", None)


def _groups(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"label": label, "items": _items(places, request)} for label, places in GROUPS]


def _phone(request: HttpRequest) -> list[dict[str, Any]]:
    number, hot = counts(_person(request))["menu"]
    menu = {"label": _("メニュー"), "icon": "menu", "count": "menu", "badge": number, "hot": hot}
    return [*_items(PHONE, request), menu]


def _items(places: Sequence[Place], request: HttpRequest) -> list[dict[str, Any]]:
    """Current is the entry whose address the page's begins with; the longest, where several do."""
    person = _person(request)
    places = [place for place in places if not place.asks or person is None or person.may(place.asks)]
    urls = [reverse(place.name) for place in places]
    reached = {url: [url, *map(reverse, place.also)] for url, place in zip(urls, places, strict=True)}
    lengths = {
        url: max((len(way) for way in ways if request.path.startswith(way)), default=0)
        for url, ways in reached.items()
    }
    current = max((url for url in urls if lengths[url]), key=lengths.get, default=None)
    shown = counts(person)
    return [
        {
            "url": url,
            "label": place.label,
            "icon": place.icon,
            "key": place.key,
            "current": url == current,
            "count": place.name if place.name in shown else "",
            "badge": shown.get(place.name, ("", False))[0],
            "hot": shown.get(place.name, ("", False))[1],
        }
        for url, place in zip(urls, places, strict=True)
    ]


def _me(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {
        "pk": user.pk,
        "name": user.name,
        "line": user.role_names,
        "records": user.may(RECORDING),
        "unread": _sum(user, "unread"),
        "bell": counts(user)["bell"][0],
        "bell_words": bell_words(user),
        "questions": _sum(user, "questions_waiting"),
        "dailies": _sum(user, "dailies_unread"),
        "url": reverse("accounts:settings"),
        "logout_url": reverse("accounts:logout"),
    }
