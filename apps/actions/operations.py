"""Every deed of a person's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.actions import queries
from apps.actions.models import Capture, Snooze, UnseenLine
from apps.activities import operations as activities
from apps.activities.models import Visit
from apps.activities.vocabulary import FollowOutcome, VisitKind, VisitStatus
from apps.base.refusal import Refused
from apps.conversations import operations as conversations
from apps.customers.models import Company, Contact
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.journal.operations import note, note_many


class AlreadyRecorded(Refused):
    pass


class AwaitsReport(Refused):
    """The line tells of a visit that was planned: its report is to be written, not another visit."""


@only_who_may(Act.PUT_OFF)
@transaction.atomic
def put_off(subject: Deal | Company, *, by: User, at: datetime) -> Snooze:
    """明日にする — what stands still is out of this person's sight until the next working day; nothing changes in it."""
    snooze, _new = Snooze.objects.update_or_create(
        user=by, subject_id=subject.pk, defaults={"until_on": queries.next_day_of(by, at=at)}
    )
    note(f"{subject._meta.model_name}.put_off", subject, by=by, until=snooze.until_on)
    return snooze


@only_who_may(Act.PUT_OFF)
@transaction.atomic
def take_up_again(subject: Deal | Company, *, by: User, at: datetime) -> None:
    """明日にしたものを今日に戻す"""
    if Snooze.objects.filter(user=by, subject_id=subject.pk).delete()[0]:
        note(f"{subject._meta.model_name}.taken_up_again", subject, by=by)


class NotDue(Refused):
    pass


@only_who_may(Act.KEEP_DEALS)
@transaction.atomic
def put_off_action(deal: Deal, *, by: User, at: datetime) -> Deal:
    """次の一手を明日にする — one whose day has come; tapped twice, it is put off once."""
    deal = deal.locked()
    if deal.next_action_on is None or deal.next_action_on > timezone.localdate(at):
        raise NotDue(_("この次の一手は、まだ期日が来ていません。"))
    deal = deals.change_deal(deal, next_action_on=queries.next_day_of(by, at=at), by=by, at=at)
    note("deal.put_off", deal, by=by, until=deal.next_action_on)
    return deal


@dataclass(frozen=True)
class Told:
    """What a line says, settled: as a person wrote it and, where asked, corrected it."""

    line: str
    company: Company
    kind: str
    outcome: str
    happened_at: datetime
    just_now: bool = False
    """That moment is when it ended; else when it began."""
    direction: str = "out"
    contact: Contact | None = None
    minutes: int | None = None
    result: str = ""
    deal: Deal | None = None
    opens_deal: bool = False
    learned: dict[str, Any] = field(default_factory=dict)
    """Plan, amount and month, as far as they became known."""
    ahead: dict[str, Any] = field(default_factory=dict)
    """The next action and its day, where one was named."""

    @property
    def text(self) -> str:
        """The line as it was written, and below it what a correction added."""
        added = any(word not in self.line for word in self.result.split())
        return f"{self.line}\n{self.result}" if added else self.line


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def capture(told: Told, *, key: UUID, together: UUID, by: User, at: datetime) -> Capture:
    """ひとことで記録する — the follow or visit, and what its deal learned by it."""
    kept = Capture(pk=key, together=together, user=by, deal=told.deal)
    if told.opens_deal and told.deal is None:
        facts = told.learned | told.ahead
        kept.deal = deals.open_deal(company=told.company, owner=by, by=by, at=at, **facts)
        kept.opened_deal = True
    before = kept.deal.version if kept.deal else None
    if told.kind == "visit":
        kept.visit = _visited(told, kept.deal, by=by, at=at)
    else:
        kept.follow = _followed(told, kept.deal, by=by, at=at)
    if kept.deal:
        after = Deal.objects.get(pk=kept.deal.pk).version
        kept.deal_version = after if kept.opened_deal or after != before else None
    kept.save(force_insert=True)
    UnseenLine.objects.filter(pk=key, user=by).update(done_at=at)
    note("line.captured", kept.activity, by=by)
    return kept


def _followed(told: Told, deal: Deal | None, *, by: User, at: datetime) -> Any:
    follow = activities.record_follow(
        owner=by, by=by, at=at, company=told.company, contact=told.contact, deal=deal, kind=told.kind,
        direction=told.direction, outcome=told.outcome, body=told.text, happened_at=told.happened_at,
        talk_seconds=None if told.minutes is None else told.minutes * 60,
    )  # fmt: skip
    facts = told.learned | told.ahead
    if deal and facts and not told.opens_deal:
        deals.change_deal(deal, by=by, at=at, **facts)
    return follow


def _visited(told: Told, deal: Deal | None, *, by: User, at: datetime) -> Any:
    """A visit that is over, and its report; where nobody was met it did not take place and counts nowhere."""
    lasted = timedelta(minutes=told.minutes or 0)
    over = told.just_now
    met = told.outcome != FollowOutcome.ABSENT
    visit = activities.plan_visit(
        owner=by, by=by, at=at, company=told.company, deal=deal, kind=VisitKind.ON_SITE,
        status=VisitStatus.DONE if met else VisitStatus.CANCELLED,
        contacts=[told.contact] if told.contact else [],
        starts_at=told.happened_at - (lasted if over else timedelta()),
        ends_at=(told.happened_at + (timedelta() if over else lasted)) if lasted else None,
    )  # fmt: skip
    learned = {} if told.opens_deal else told.learned
    if met:
        activities.report_visit(visit, result=told.text, learned=learned, by=by, at=at, **told.ahead)
        return visit
    conversations.write_comment(about=visit, text=told.text, by=by, at=at)
    if deal and (learned or told.ahead) and not told.opens_deal:
        deals.change_deal(deal, by=by, at=at, **learned, **told.ahead)
    return visit


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def take_back_captures(captures: Sequence[Capture], *, by: User, at: datetime) -> None:
    """元に戻す — all that the lines became is taken away as if they had not been, while nothing has followed it."""
    versions: dict[UUID, int] = {}
    for kept in sorted(captures, key=lambda kept: kept.deal_version or 0, reverse=True):
        activities.trash_activity(kept.activity, by=by, at=at)
        if kept.deal and kept.opened_deal:
            kept.deal.locked(version=kept.deal_version)
            deals.trash_deal(kept.deal, by=by, at=at)
        elif kept.deal and kept.deal_version:
            version = versions.get(kept.deal.pk, kept.deal_version)
            versions[kept.deal.pk] = deals.take_back(kept.deal, version=version, by=by, at=at).version
        note("line.taken_back", kept.activity, by=by)
        UnseenLine.objects.filter(pk=kept.pk, user=by).update(done_at=None)
        kept.delete()


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def lay_up_lines(lines: Mapping[UUID, str], *, written_at: datetime, by: User, at: datetime) -> None:
    """確かめる行にする — what was written without network waits until its writer has seen how it is read."""
    UnseenLine.objects.filter(user=by, done_at__lt=at - queries.UNSEEN_KEPT).delete()
    laid_up = [
        UnseenLine.objects.update_or_create(
            pk=key, user=by, defaults={"line": line}, create_defaults={"line": line, "written_at": written_at}
        )[0]
        for key, line in lines.items()
    ]
    note_many("line.laid_up", laid_up, by=by)


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def take_line_into_report(line: UnseenLine, visit: Visit, *, words: str, by: User, at: datetime) -> None:
    """確かめる行を報告に入れる — as its writer has left it; it waits until a report with these words is sent."""
    UnseenLine.objects.filter(pk=line.pk).update(visit=visit, line=words)
    note("line.taken_into_report", line, by=by, visit=visit)


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def throw_away_line(line: UnseenLine, *, by: User, at: datetime) -> None:
    """確かめる行を捨てる"""
    if UnseenLine.objects.filter(pk=line.pk).waiting().update(done_at=at):
        note("line.thrown_away", line, by=by)


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def bring_back_line(line: UnseenLine, *, by: User, at: datetime) -> None:
    """捨てた行を戻す — unless it was recorded."""
    if Capture.objects.filter(pk=line.pk).exists():
        raise AlreadyRecorded(_("この行は、もう記録してあります。"))
    if UnseenLine.objects.filter(pk=line.pk, done_at__isnull=False).update(done_at=None):
        note("line.brought_back", line, by=by)
