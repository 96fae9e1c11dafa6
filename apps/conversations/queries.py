"""Every question about comments and files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Model, QuerySet, Sum

from apps.accounts.models import User
from apps.base import text
from apps.conversations import rules, subjects
from apps.conversations.models import Attachment, Comment, Reaction

LATEST_FIRST = ("-created_at", "-id")


def comments(*, about: Model | None = None) -> QuerySet[Comment]:
    """What is said, about one record or about every record that can be seen."""
    found = Comment.objects.kept().select_related("author")
    return found.about(about) if about else found.filter(subjects.seen())


def attachments(*, about: Model | None = None) -> QuerySet[Attachment]:
    found = Attachment.objects.kept().select_related("added_by")
    return found.about(about) if about else found.filter(subjects.seen())


def remarks(ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many comments stand beside each of the records that have any."""
    said = Comment.objects.kept().filter(subject_id__in=list(ids))
    return dict(said.values_list("subject_id").annotate(number=Count("pk")).order_by())


def reactions(reports: Iterable[UUID]) -> dict[UUID, list[Reaction]]:
    """How each of these reports was answered, the last first."""
    found = defaultdict(list)
    for reaction in Reaction.objects.filter(subject_id__in=set(reports)).order_by("-at", "-pk"):
        found[reaction.subject_id].append(reaction)
    return found


def removed_comments() -> QuerySet[Comment]:
    return Comment.objects.filter(subjects.seen(), trashed_at__isnull=False)


def removed_attachments() -> QuerySet[Attachment]:
    return Attachment.objects.filter(subjects.seen(), trashed_at__isnull=False)


def subject_of(row: Comment | Attachment) -> Model:
    """The record beside which it stands, wherever that is now."""
    model = subjects.by_stored(row.subject_kind).model
    return model._base_manager.get(pk=row.subject_id)


def names_in(texts: Iterable[str]) -> dict[UUID, str]:
    """The present names of all whom the texts name."""
    named = {pk for said in texts for pk in rules.named_in(said)}
    return dict(User.objects.filter(pk__in=named).values_list("pk", "name")) if named else {}


@dataclass(frozen=True)
class Wording:
    """One state of a comment's text, and when it was given."""

    at: datetime
    text: str


def wordings(comment: Comment) -> list[Wording]:
    """What the comment said, the present text first."""
    told: list[Wording] = []
    for version in comment.versions.order_by("pgh_id"):
        if not told or told[-1].text != version.text:
            told.append(Wording(version.changed_at, version.text))
    return told[::-1]


def people_called(words: str, *, size: int = 8) -> list[User]:
    """Active people whose name or reading begins with the words, or holds them, kana, kanji or romaji."""
    everybody = User.objects.active().order_by("reading", "pk")
    key = text.search_key(words)
    if not key:
        return list(everybody[:size])
    romaji = text.romaji_pattern(words.casefold().replace(" ", ""))
    found = [(rank, person) for person in everybody if (rank := _rank(person, key, romaji)) is not None]
    return [person for _rank_, person in sorted(found, key=lambda pair: pair[0])][:size]


def _rank(person: User, key: str, romaji: str | None) -> int | None:
    name, reading = text.search_key(person.name), text.search_key(person.reading)
    if name.startswith(key) or reading.startswith(key) or (romaji and _sounds(romaji, reading, first=True)):
        return 0
    if key in name or key in reading or (romaji and _sounds(romaji, reading, first=False)):
        return 1
    return None


def _sounds(pattern: str, reading: str, *, first: bool) -> bool:
    return bool(re.match(pattern, reading) if first else re.search(pattern, reading))


def bytes_kept() -> int:
    """How much all files of the tenant take, those in the trash included."""
    return Attachment.objects.aggregate(sum=Sum("size"))["sum"] or 0
