"""Who has read a daily report and how they answered; what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.activities import daily_queries
from apps.activities.models import DailyReport
from apps.conversations import queries, rules
from apps.conversations.models import Comment, Reaction, ReadMark
from apps.conversations.vocabulary import Sign

KIND = DailyReport._meta.label_lower
SAID = 50
"""Comments of a report that stand on the page of the team."""


@dataclass
class Talk:
    """What is said about one report, for one reader."""

    report: DailyReport
    readers: list[User] = field(default_factory=list)
    reactions: dict[str, list[User]] = field(default_factory=lambda: defaultdict(list))
    mine: str = ""
    read: bool = False
    may_react: bool = False
    comments: list[Comment] = field(default_factory=list)

    @property
    def signs(self) -> list[tuple[str, str, list[User]]]:
        return [(sign.value, str(sign.label), self.reactions.get(sign, [])) for sign in Sign]


def talks(user: User, reports: Sequence[DailyReport]) -> dict[UUID, Talk]:
    """By report, at the same cost however many."""
    able = may(user, Act.REACT)
    found = {
        report.pk: Talk(report, read=not able or own, may_react=able and not own)
        for report in reports
        for own in [report.user_id == user.pk]
    }
    about = {"subject_kind": KIND, "subject_id__in": list(found)}
    for mark in ReadMark.objects.filter(**about).select_related("user").order_by("at", "pk"):
        found[mark.subject_id].readers.append(mark.user)
        found[mark.subject_id].read |= mark.user_id == user.pk
    for reaction in Reaction.objects.filter(**about).select_related("user").order_by("at", "pk"):
        talk = found[reaction.subject_id]
        talk.reactions[reaction.sign].append(reaction.user)
        if reaction.user_id == user.pk:
            talk.mine = reaction.sign
    said = with_waits(Comment.objects.kept().filter(**about).select_related("author"))
    for comment in said.order_by("created_at", "pk"):
        found[comment.subject_id].comments.append(comment)
    for talk in found.values():
        talk.comments = talk.comments[-SAID:]
    return found


def with_waits(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """With whether each `waits`: a question that its report's author has not answered."""
    return comments.annotate(waits=Exists(_unanswered().filter(pk=OuterRef("pk"))))


def _unanswered() -> QuerySet[Comment]:
    """Questions after which their report's author has said nothing yet."""
    author = DailyReport.objects.filter(pk=OuterRef("subject_id"), user=OuterRef("author"))
    later = Comment.objects.kept().filter(
        Exists(author), subject_id=OuterRef("subject_id"), created_at__gt=OuterRef("created_at")
    )
    return Comment.objects.kept().filter(~Exists(later), asks=True, subject_kind=KIND)


def questions_to(user: User) -> QuerySet[Comment]:
    """What others asked this person about their reports and is not answered yet, the oldest first."""
    mine = DailyReport.objects.filter(user=user).values("pk")
    asked = _unanswered().filter(subject_id__in=mine).exclude(author=user)
    return asked.select_related("author").order_by("created_at", "pk")


def asked_in_words(user: User, *, size: int) -> list[Comment]:
    """The first of those questions, each with what it `said`: names for the people whom it names."""
    asked = list(questions_to(user)[:size])
    names = queries.names_in(comment.text for comment in asked)
    for comment in asked:
        comment.said = rules.spoken(comment.text, names)
    return asked


def questions_of(user: User) -> QuerySet[Comment]:
    """What this person asked about others' reports and is not answered yet, the oldest first."""
    mine = DailyReport.objects.filter(user=user).values("pk")
    return _unanswered().filter(author=user).exclude(subject_id__in=mine).order_by("created_at", "pk")


def unread(user: User, *, of: Collection[UUID], since: date) -> QuerySet[DailyReport]:
    """Reports of these people that this person has not read, of the oldest day first."""
    found = daily_queries.daily_reports().filter(unread_by(user), user__in=of, day__gte=since)
    return found.order_by("day", "pk")


def unread_by(user: User) -> Q:
    """Others' reports that this person has not read."""
    read = ReadMark.objects.filter(user=user, subject_kind=KIND, subject_id=OuterRef("pk"))
    return ~Exists(read) & ~Q(user=user)


def names_in(found: Collection[Talk]) -> dict[UUID, str]:
    return queries.names_in(comment.text for talk in found for comment in talk.comments)
