"""What the words find: records, deeds and places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.base import text
from apps.base.navigation import Place, places
from apps.customers import queries as customers
from apps.customers.models import Company, Contact
from apps.deals import queries as deals
from apps.deals.models import Deal

SHOWN = 3


@dataclass(frozen=True)
class Found:
    """The first records of each kind; open deals and names by reading come first."""

    deals: list[Deal]
    companies: list[Company]
    contacts: list[Contact]

    @property
    def company(self) -> Company | None:
        """Whom the first record is about: what can be done now is done with them."""
        if self.deals:
            return self.deals[0].company
        if self.companies:
            return self.companies[0]
        return self.contacts[0].company if self.contacts else None


def records(words: str) -> Found:
    """Nothing for words without a letter: a legal form alone names nobody."""
    if not text.search_key(words):
        return Found([], [], [])
    open_first = F("closed_at").desc(nulls_first=True)
    known = customers.few_named(words)
    contacts = customers.contacts().found_by(words, known=known).filter(company__trashed_at__isnull=True)
    return Found(
        list(deals.deals(words=words, known=known).order_by(open_first, "-changed_at", "-id")[:SHOWN]),
        _by_reading(customers.companies(words=words)),
        _by_reading(contacts),
    )


def _by_reading(found: QuerySet) -> list[Any]:
    return list(found.order_by("reading", "id")[:SHOWN])


@dataclass(frozen=True)
class Deed:
    """What can be begun from anywhere; `name` is that of its URL, `with_company` its label about somebody."""

    act: Act
    name: str
    icon: str
    label: Any
    reading: Any
    with_company: Any


DEEDS = [
    Deed(
        Act.RECORD_FOLLOWS,
        "activities:record-follow",
        "pencil",
        gettext_lazy("フォローを記録"),
        gettext_lazy("ふぉろーをきろく"),
        gettext_lazy("%(company)sのフォローを記録"),
    ),
    Deed(
        Act.KEEP_VISITS,
        "activities:plan-visit",
        "visit",
        gettext_lazy("訪問を予定"),
        gettext_lazy("ほうもんをよてい"),
        gettext_lazy("%(company)sへの訪問を予定"),
    ),
    Deed(
        Act.KEEP_DEALS,
        "deals:open",
        "deal",
        gettext_lazy("案件を作る"),
        gettext_lazy("あんけんをつくる"),
        gettext_lazy("%(company)sの案件を作る"),
    ),
]


def deeds(user: User, words: str, company: Company | None) -> list[dict[str, Any]]:
    """What this person can do now: with the company that was found, else what the words name."""
    allowed = [deed for deed in DEEDS if may(user, deed.act)]
    if company:
        name = text.without_legal_form(company.name)
        return [
            {
                "icon": deed.icon,
                "label": deed.with_company % {"company": name},
                "url": f"{reverse(deed.name)}?company={company.pk}",
            }
            for deed in allowed
        ]
    named = [
        {"icon": deed.icon, "label": deed.label, "url": reverse(deed.name)} for deed in _named(allowed, words)
    ]
    return named + _adding(user, words)


def _adding(user: User, words: str) -> list[dict[str, Any]]:
    if not words or not may(user, Act.KEEP_COMPANIES):
        return []
    label = _("「%(words)s」を顧客に加える") % {"words": words}
    return [
        {
            "icon": "plus",
            "label": label,
            "url": f"{reverse('customers:add-company')}?{urlencode({'name': words})}",
        }
    ]


def places_named(words: str) -> list[dict[str, Any]]:
    """The pages of the menu that the words name."""
    return [
        {"icon": place.icon, "label": place.label, "url": reverse(place.name), "key": place.key}
        for place in _named(places(), words)
    ]


def _named(things: Iterable[Any], words: str) -> list[Any]:
    return [thing for thing in things if _is_named(thing, words.split())]


def _is_named(thing: Place | Deed, words: list[str]) -> bool:
    names = f"{text.search_key(str(thing.label))} {text.search_key(str(thing.reading))}"
    return all(_stands_in(word, names) for word in words)


def _stands_in(word: str, names: str) -> bool:
    pattern = text.romaji_pattern(word)
    return text.search_key(word) in names or bool(pattern and re.search(pattern, names))
