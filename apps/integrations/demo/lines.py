"""Lines that the demo's people wrote on their last working day, each kept as a rep keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.actions.captured import Captured
from apps.activities.models import Visit
from apps.activities.vocabulary import VisitStatus
from apps.deals import queries as deals
from apps.integrations.demo.diary import Diary

LINES = (
    "{company} {person}さん 電話 10分 見積に前向き 予算は聞けず 次は{day}日訪問",
    "{company}の{person}さんからメールで返信あり 社内で検討するとのこと",
    "{company} 電話 不在 {day}日に再架電",
)
_KEYS = UUID("6f1c5f0e-5d0b-4c57-9a43-3f5e0a8f5a10")


def write_lines(diary: Diary, *, now: datetime) -> int:
    """A few of everybody who sells, about what they can still win; returns how many."""
    day = diary.on_or_before(now.date())
    at = min(diary.closes(day), now)
    ahead = diary.on_or_after(day + timedelta(days=1), 3)
    return sum(_kept(line, rep, at=at) for rep in accounts.reps() for line in _of(rep, ahead.day))


def _of(rep: User, day: int) -> list[str]:
    visited = Visit.objects.filter(status=VisitStatus.PLANNED, deal__isnull=False)
    hoped = deals.deals().open().filter(owner=rep).exclude(pk__in=visited.values("deal"))
    hoped = hoped.prefetch_related("company__contacts").order_by("pk")
    pairs = [(deal.company, deal.company.contacts.all()) for deal in hoped]
    known = [(company, next(iter(staff)).name.split()[0]) for company, staff in pairs if staff]
    return [
        line.format(company=company.name, person=person, day=day)
        for line, (company, person) in zip(LINES, known, strict=False)
    ]


def _kept(line: str, rep: User, *, at: datetime) -> bool:
    """Only what would be kept without a question."""
    captured = Captured(line, user=rep, now=at, posted={"key": str(uuid5(_KEYS, f"{rep.email} {line}"))})
    return captured.ready and captured.keep(at=at)
