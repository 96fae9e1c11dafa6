"""Who is told of a comment: once each, whichever of the reasons comes first. And that a report was answered by a sign."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Model

from apps.activities import daily_queries
from apps.activities.models import DailyReport
from apps.conversations import queries, subjects
from apps.conversations.models import Comment, Reaction
from apps.conversations.notifications import ANSWER, MENTION, ON_MINE, REACTED
from apps.inbox import operations as inbox
from apps.journal.models import Entry
from apps.journal.operations import after


@after("comment.written")
def tell_of_comment(entry: Entry) -> None:
    """Whom it names, whose record it is about, and who had written beside that record before."""
    comment, record = _as_it_stands(entry)
    if comment is None or record is None:
        return
    named = _named(entry)
    mine = {getattr(record, "responsible_id", None)} - named
    earlier = Comment.objects.kept().filter(subject_id=record.pk, pk__lt=comment.pk)
    before = set(earlier.values_list("author", flat=True)) - named - mine
    for kind, people in ((MENTION, named), (ON_MINE, mine), (ANSWER, before)):
        _tell(entry, comment, record, kind=kind, people=people)


@after("comment.changed")
def tell_who_is_named_now(entry: Entry) -> None:
    comment, record = _as_it_stands(entry)
    if comment and record:
        _tell(entry, comment, record, kind=MENTION, people=_named(entry))


@after("daily.reacted")
def tell_of_reaction(entry: Entry) -> None:
    """Once per report: who reacted is read when it is."""
    report, others = _answered(entry)
    if report and any(reaction.user_id == entry.actor_id for reaction in others):
        inbox.tell_anew(
            report.user_id,
            key=f"reacted:{report.pk}",
            kind=REACTED,
            about=report,
            by=entry.actor_id,
            at=entry.at,
        )


@after("daily.reaction_taken_back")
def untell_of_reaction(entry: Entry) -> None:
    report, others = _answered(entry)
    if report and not others:
        inbox.untell(key=f"reacted:{report.pk}", person=report.user_id)


def _answered(entry: Entry) -> tuple[DailyReport | None, list[Reaction]]:
    """The report and how it is answered now."""
    report = daily_queries.daily_reports().filter(pk=entry.subject_id).first()
    return report, queries.reactions([entry.subject_id]).get(entry.subject_id, [])


def _tell(entry: Entry, comment: Comment, record: Model, *, kind: str, people: set[UUID]) -> None:
    why = "mention" if kind == MENTION else "comment"
    inbox.tell(
        people,
        key=f"{why}:{comment.pk}",
        kind=kind,
        about=record,
        by=entry.actor_id,
        at=entry.at,
        comment=comment.pk,
        asks=comment.asks,
    )


def _named(entry: Entry) -> set[UUID]:
    return {UUID(person["id"]) for person in entry.details.get("mentioned", ())}


def _as_it_stands(entry: Entry) -> tuple[Comment | None, Model | None]:
    """Comment and record, unless one of them has been taken away meanwhile."""
    comment = Comment.objects.kept().filter(pk=entry.details.get("comment")).first()
    record = subjects.by_stored(entry.subject_kind).seen().filter(pk=entry.subject_id).first()
    return comment, record
