"""What people are told of visits that others plan, move or call off for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.activities.models import Visit
from apps.activities.vocabulary import VisitStatus
from apps.base.templatetags.baton import full_day
from apps.inbox import operations as inbox
from apps.inbox.kinds import Kind, Many, declare

PLANNED, MOVED, CANCELLED = "visit.planned", "visit.moved", "visit.cancelled"


def _when(facts: Mapping[str, Any], name: str = "starts_at") -> str:
    """10月15日(木) 11:20"""
    moment = timezone.localtime(datetime.fromisoformat(facts[name]))
    return f"{full_day(moment)} {moment:%-H:%M}"


def _many_planned(by: str, count: int) -> str:
    words = ngettext(
        "%(by)sさんが、あなたの訪問を%(n)s件予定しました",
        "%(by)sさんが、あなたの訪問を%(n)s件予定しました",
        count,
    )
    return words % {"by": by, "n": count}


def _many_moved(by: str, count: int) -> str:
    words = ngettext(
        "%(by)sさんが、あなたの訪問%(n)s件の日時を変えました",
        "%(by)sさんが、あなたの訪問%(n)s件の日時を変えました",
        count,
    )
    return words % {"by": by, "n": count}


def _many_cancelled(by: str, count: int) -> str:
    words = ngettext(
        "%(by)sさんが、あなたの訪問を%(n)s件取りやめました",
        "%(by)sさんが、あなたの訪問を%(n)s件取りやめました",
        count,
    )
    return words % {"by": by, "n": count}


def _listed(words: Callable[[str, int], str]) -> Many:
    return Many(words, gettext_lazy("自分の訪問"), lambda: reverse("activities:visits"))


declare(
    Kind(
        PLANNED,
        gettext_lazy("ほかの人が自分の訪問を予定したとき"),
        lambda by, facts: (
            _("%(by)sさんが、あなたの訪問を%(when)sに予定しました") % {"by": by, "when": _when(facts)}
        ),
        "visit",
        many=_listed(_many_planned),
    ),
    Kind(
        MOVED,
        gettext_lazy("ほかの人が自分の訪問の日時を変えたとき"),
        lambda by, facts: (
            _("%(by)sさんが、あなたの訪問を%(was)sから%(when)sに変えました")
            % {"by": by, "was": _when(facts, "was"), "when": _when(facts)}
        ),
        "visit",
        many=_listed(_many_moved),
    ),
    Kind(
        CANCELLED,
        gettext_lazy("ほかの人が自分の訪問を取りやめたとき"),
        lambda by, facts: (
            _("%(by)sさんが、%(when)sのあなたの訪問を取りやめました") % {"by": by, "when": _when(facts)}
        ),
        "visit",
        many=_listed(_many_cancelled),
    ),
)


def tell_planned(visit: Visit, *, by: Any, at: datetime) -> None:
    """Who goes on a planned visit: its rep and their companions."""
    if visit.status == VisitStatus.PLANNED:
        _tell(visit, _who_goes(visit), PLANNED, by=by, at=at)


def tell_changed(
    visit: Visit, before: Mapping[str, Any], *, joined: Iterable[UUID] = (), by: Any, at: datetime
) -> None:
    """`before`: what the changed fields said; `joined`: who goes along from now on, to whom the visit is a new one."""
    if visit.status == VisitStatus.CANCELLED and "status" in before:
        _tell(visit, _who_goes(visit), CANCELLED, by=by, at=at)
    elif visit.status == VisitStatus.PLANNED and before.keys() & {"owner", "status"}:
        _tell(visit, _who_goes(visit), PLANNED, by=by, at=at)
    elif visit.status == VisitStatus.PLANNED:
        _tell(visit, joined, PLANNED, by=by, at=at)
        if "starts_at" in before:
            _tell(visit, _who_goes(visit), MOVED, by=by, at=at, was=before["starts_at"].isoformat())


def _who_goes(visit: Visit) -> list[UUID | None]:
    return [visit.owner_id, *visit.companions.values_list("pk", flat=True)]


def _tell(
    visit: Visit, people: Iterable[UUID | None], kind: str, *, by: Any, at: datetime, **facts: Any
) -> None:
    """One per person and change of the visit (its version): of two kinds the first."""
    people = list(people)
    if by.pk and any(person != by.pk for person in people):
        key = f"visit:{visit.pk}:{visit.version}"
        facts["starts_at"] = visit.starts_at.isoformat()
        inbox.tell(people, key=key, kind=kind, about=visit, by=by.pk, at=at, **facts)
