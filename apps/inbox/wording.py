"""How what reaches a person reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from apps.inbox.kinds import KINDS, NAMES, RECORDS, Found
from apps.inbox.models import Notification


def spent(time: timedelta | None) -> str:
    """1時間5分, 12分30秒, 8秒"""
    if time is None:
        return "—"
    seconds = round(time.total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return _("%(hours)d時間%(minutes)d分") % {"hours": hours, "minutes": minutes % 60}
    if minutes:
        return _("%(minutes)d分%(seconds)d秒") % {"minutes": minutes, "seconds": seconds % 60}
    return _("%(seconds)d秒") % {"seconds": seconds}


@dataclass(frozen=True)
class Told:
    """A notification in the reader's words. Without a record: it can be seen no more, and nothing is said of it."""

    one: Notification
    words: str
    icon: str
    record: str
    address: str
    quote: str

    @property
    def address_in_mail(self) -> str:
        """The same, and the page there marks it as read (`static/js/told.js`)."""
        place = urlsplit(self.address)
        asked = "&".join(filter(None, [place.query, f"told={self.one.pk}"]))
        return place._replace(query=asked).geturl()


def told(notifications: Sequence[Notification]) -> list[Told]:
    who = _asked(notifications, "who")
    names = _names({pk for people in who.values() for pk in people})
    records = _records(notifications)
    quotes = _asked([one for one in notifications if one.subject_id in records], "quotes")
    known = {pk: [names[by] for by in people if by in names] for pk, people in who.items()}
    return [_told(one, known.get(one.pk, []), records, quotes) for one in notifications]


def _told(one: Notification, who: list[str], records: Found, quotes: dict[UUID, str]) -> Told:
    kind = KINDS[one.kind]
    by = who[0] if who else _("だれか")
    if kind.many and one.count > 1:
        words = kind.many.words(by, one.count)
        return Told(one, words, kind.icon, str(kind.many.list), kind.many.address(), "")
    if one.subject_id not in records:
        return Told(one, _("今は見られない記録についての通知です。"), kind.icon, "", "", "")
    record, address = records[one.subject_id]
    words = kind.words(by, one.facts | {"others": max(0, len(who) - 1)})
    return Told(one, words, kind.icon, record, address + kind.anchor, quotes.get(one.pk, ""))


def _names(people: Collection[UUID]) -> dict[UUID, str]:
    return {pk: name for names in NAMES for pk, name in names(people).items()} if people else {}


def _records(notifications: Sequence[Notification]) -> Found:
    by_kind = defaultdict(set)
    for one in notifications:
        by_kind[one.subject_kind].add(one.subject_id)
    found: Found = {}
    for kind, ids in by_kind.items():
        if kind in RECORDS:
            found |= RECORDS[kind](ids)
    return found


def _asked(notifications: Sequence[Notification], what: str) -> dict[UUID, Any]:
    """By notification; kinds that ask alike are asked once."""
    asked = defaultdict(list)
    for one in notifications:
        asked[getattr(KINDS[one.kind], what)].append(one)
    return {pk: found for ask, ones in asked.items() for pk, found in ask(ones).items()}
