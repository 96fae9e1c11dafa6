"""Every deed about the reports before and after a visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import may, only_who_may
from apps.accounts.vocabulary import Act
from apps.activities import checks
from apps.activities.models import ExpectedIssue, IssueKind, PostVisitReport, PreVisitReport, Visit
from apps.activities.vocabulary import Turnout, VisitStatus
from apps.base.refusal import Forbidden, Refused, Stale
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.journal.operations import note, note_many


class NotDone(Refused):
    pass


class IssueUnknown(Refused):
    pass


class NothingSaid(Refused):
    status = 400


class NotToBeWithdrawn(Refused):
    pass


@only_who_may(Act.REPORT_VISITS)
@transaction.atomic
def prepare_visit(
    visit: Visit,
    *,
    goal: str,
    issues: Sequence[str],
    kinds: Mapping[str, IssueKind | None] | None = None,
    by: User,
    at: datetime,
    situation: str = "",
    answer: str = "",
    version: int | None = None,
) -> PreVisitReport:
    """外出前報告を書く — what became of an issue already stays with the line of the same words, as does its kind.

    `kinds`: line → what kind of issue it is, as far as somebody says so.
    """
    kinds = kinds or {}
    visit = checks.kept(visit)
    report = PreVisitReport.objects.filter(visit=visit).first() or PreVisitReport(visit=visit, author=by)
    report = _as_opened(report, version, by=by)
    report.situation, report.goal, report.answer = situation, goal, answer
    report.saved(at=at)
    kept = {issue.text: issue for issue in visit.issues.all()}
    visit.issues.exclude(text__in=issues).delete()
    for position, text in enumerate(dict.fromkeys(issues)):
        issue = kept.get(text) or ExpectedIssue(visit=visit, text=text)
        issue.position = position
        if text in kinds:
            issue.kind = kinds[text]
        issue.save()
    note("visit.prepared", visit, by=by)
    return report


@only_who_may(Act.REPORT_VISITS)
@transaction.atomic
def report_visit(
    visit: Visit,
    *,
    by: User,
    at: datetime,
    progress: str = "",
    result: str = "",
    turnouts: Mapping[Any, tuple[Turnout, str]] | None = None,
    next_action: str = "",
    next_action_on: date | None = None,
    learned: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> PostVisitReport:
    """外出後報告を書く — the visit is done with it. What came of it is said by `progress`, by words, or by both.

    `turnouts`: issue id → what became of it and how it differed. `learned`: plan, amount, expected_month of the
    visit's deal as far as they became known; the deal also takes the next action.
    """
    visit = checks.kept(visit)
    _check_over(visit, at=at)
    report = PostVisitReport.objects.filter(visit=visit).first() or PostVisitReport(visit=visit, author=by)
    report = _as_opened(report, version, by=by)
    if not (progress or result):
        raise NothingSaid(_("結果を選んでください。"), field="result")
    report.progress, report.result = progress, result
    report.next_action, report.next_action_on = next_action, next_action_on
    report.saved(at=at)
    _mark(visit, turnouts or {})
    _mark_done(visit, at=at)
    # Before what it tells the deal: the time that the form took belongs to the visit.
    note("visit.reported", visit, by=by)
    _tell_deal(visit.deal, dict(learned or {}), next_action, next_action_on, by=by, at=at)
    return report


@only_who_may(Act.REPORT_VISITS)
@transaction.atomic
def withdraw_report(visit: Visit, *, by: User, at: datetime) -> Visit:
    """報告を元に戻す — it and what it told the deal are taken away as if they had not been, while nothing followed."""
    visit = checks.kept(visit)
    report = PostVisitReport.objects.select_for_update().filter(visit=visit).first()
    if report is None:
        raise NotToBeWithdrawn(_("この訪問の外出後報告はありません。"))
    if report.author_id != by.pk:
        raise Forbidden(_("報告は、書いた本人だけが元に戻せます。"))
    if report.version > 1 or visit.changed_at > report.created_at:
        raise NotToBeWithdrawn(_("そのあとに直されたので、元に戻せません。"))
    if visit.changed_at == report.created_at:
        visit.status = VisitStatus.PLANNED
        visit.saved(at=at)
    _untell_deal(visit.deal, report, by=by, at=at)
    for issue in visit.issues.all():
        issue.turnout = issue.how_different = ""
        issue.save()
    report.delete()
    note("visit.report_withdrawn", visit, by=by)
    return visit


def _untell_deal(deal: Deal | None, report: PostVisitReport, *, by: User, at: datetime) -> None:
    """What a report told its deal is the change of the very moment in which it was written."""
    if deal is None or not deal.changes.filter(at=report.created_at).exists():
        return
    deal = deal.locked()
    if deal.changed_at != report.created_at:
        raise NotToBeWithdrawn(_("そのあとに案件が変わったので、元に戻せません。"))
    deals.take_back(deal, version=deal.version, by=by, at=at)


def _check_over(visit: Visit, *, at: datetime) -> None:
    if visit.status == VisitStatus.CANCELLED:
        raise NotDone(_("取りやめた訪問には報告を書けません。"))
    if visit.starts_at > at:
        raise checks.NotYet(_("まだ始まっていない訪問です。"))


def _mark_done(visit: Visit, *, at: datetime) -> None:
    if visit.status != VisitStatus.DONE:
        visit.status = VisitStatus.DONE
        visit.saved(at=at)


def _as_opened(report: Any, version: int | None, *, by: User) -> Any:
    """The report, if it is the writer's own and stands as they opened it; version 0: there was none yet.

    Who takes a visit over does not take over what another said about it.
    """
    if report.author_id != by.pk:
        raise Forbidden(_("報告は、書いた本人だけが書き直せます。"))
    if version is None or report._state.adding:
        return report
    try:
        return report.locked(version=version)
    except Stale as stale:
        raise Stale(
            _("ほかの画面か端末から、先に送られています。どちらを残すか選んでください。"),
            present=stale.present,
        ) from None


@only_who_may(Act.IMPORT)
@transaction.atomic
def load_reports(
    *,
    before: Sequence[Mapping[str, Any]] = (),
    after: Sequence[Mapping[str, Any]] = (),
    by: User | System,
    at: datetime,
) -> None:
    """取り込み — reports that their authors wrote elsewhere, on visits that have none yet, at the cost of one.

    `before`: fields of 外出前報告 with their `issues`, each the fields of an ExpectedIssue; `after`: of 外出後報告.
    The visits' deals bring their own history and are told nothing.
    """
    for facts in after:
        _check_over(facts["visit"], at=at)
        _mark_done(facts["visit"], at=at)
    prepared, issues = [], []
    for given in before:
        facts = dict(given)
        issues += [
            ExpectedIssue(visit=facts["visit"], position=position, **issue)
            for position, issue in enumerate(facts.pop("issues", ()))
        ]
        prepared.append(PreVisitReport(**facts, created_at=at, changed_at=at))
    reported = [PostVisitReport(**facts, created_at=at, changed_at=at) for facts in after]
    PreVisitReport.objects.bulk_create(prepared, batch_size=1_000)
    ExpectedIssue.objects.bulk_create(issues, batch_size=1_000)
    PostVisitReport.objects.bulk_create(reported, batch_size=1_000)
    note_many("visit.prepared", [report.visit for report in prepared], by=by)
    note_many("visit.reported", [report.visit for report in reported], by=by)


def _mark(visit: Visit, turnouts: Mapping[Any, tuple[Turnout, str]]) -> None:
    issues = {issue.pk: issue for issue in visit.issues.all()}
    if not turnouts.keys() <= issues.keys():
        raise IssueUnknown(_("この訪問の想定にない課題です。開き直してください。"))
    for pk, (turnout, how) in turnouts.items():
        issues[pk].turnout = turnout
        issues[pk].how_different = how if turnout == Turnout.DIFFERENT else ""
        issues[pk].save()


def _tell_deal(
    deal: Deal | None, learned: dict[str, Any], action: str, on: date | None, *, by: User, at: datetime
) -> None:
    if deal is None or deal.trashed_at or not deal.is_open:
        return
    # Who went along on another's deal reports what comes next, but does not plan that person's deal.
    if action and may(by, Act.KEEP_DEALS, deal.responsible_id):
        learned |= {"next_action": action, "next_action_on": on}
    if learned:
        deals.change_deal(deal, by=by, at=at, **learned)
