"""Every deed about follows and visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import may, only_who_may
from apps.accounts.vocabulary import Act
from apps.activities import queries
from apps.activities.models import Activity, ExpectedIssue, Follow, PostVisitReport, PreVisitReport, Visit
from apps.activities.vocabulary import Turnout, VisitStatus
from apps.base.refusal import Forbidden, Refused
from apps.customers import operations as customers
from apps.customers.models import Contact
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.journal.operations import note, note_many


class NotOfThisCompany(Refused):
    pass


class InTrash(Refused):
    pass


class NotCancelled(Refused):
    pass


class NotYet(Refused):
    pass


class EndsBeforeItStarts(Refused):
    pass


class NotDone(Refused):
    pass


class IssueUnknown(Refused):
    pass


customers.IN_USE.append(queries.has_activities)


# ── follows ────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.RECORD_FOLLOWS, owner="owner")
def record_follow(*, owner: User, by: User | System, at: datetime, **facts: Any) -> Follow:
    """フォローを記録する — one contact that is not a visit."""
    return record_follows(follows=[facts | {"owner": owner}], by=by, at=at)[0]


@only_who_may(Act.RECORD_FOLLOWS)
@transaction.atomic
def record_follows(*, follows: Sequence[Mapping[str, Any]], by: User | System, at: datetime) -> list[Follow]:
    """Many at the cost of one; `follows` are the fields of each. For imports: the owners are not asked."""
    new = []
    for facts in follows:
        follow = Follow(**facts, created_at=at, changed_at=at)
        follow.happened_at = follow.happened_at or at
        _check_follow(follow, at=at)
        new.append(follow)
    new = Follow.objects.bulk_create(new, batch_size=1_000)
    note_many("follow.recorded", new, by=by)
    return new


def _check_follow(follow: Follow, *, at: datetime) -> None:
    _check_company(follow, [follow.contact] if follow.contact else [])
    if follow.happened_at > at:
        raise NotYet(_("これからの日時は入れられません。"), field="happened_at")
    follow.happened_on = _day(follow.happened_at)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _check_company(activity: Activity, contacts: Sequence[Contact]) -> None:
    """Contact and deal belong to the company, and none of them lies in the trash."""
    if activity.company.trashed_at:
        raise InTrash(_("ごみ箱にある顧客には記録できません。"), field="company")
    if any(contact.company_id != activity.company_id for contact in contacts):
        raise NotOfThisCompany(_("この担当者は別の会社の人です。"), field="contact")
    if activity.deal and activity.deal.company_id != activity.company_id:
        raise NotOfThisCompany(_("この案件は別の会社のものです。"), field="deal")
    if activity.deal and activity.deal.trashed_at:
        raise InTrash(_("ごみ箱にある案件には記録できません。"), field="deal")


@only_who_may(Act.RECORD_FOLLOWS, owner="owner")
@transaction.atomic
def change_follow(
    follow: Follow, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Follow:
    """フォローを直す"""
    follow = _kept(follow, version=version)
    before = _take(follow, facts)
    _check_follow(follow, at=at)
    follow.saved(at=at)
    note("follow.changed", follow, by=by, **before)
    return follow


def _kept(activity: Any, *, version: int | None = None) -> Any:
    activity = activity.locked(version=version)
    if activity.trashed_at:
        raise InTrash(_("ごみ箱にあります。先に元に戻してください。"))
    return activity


def _take(activity: Activity, facts: Mapping[str, Any]) -> dict[str, Any]:
    before = {
        name: getattr(activity, name) for name, value in facts.items() if getattr(activity, name) != value
    }
    for name, value in facts.items():
        setattr(activity, name, value)
    return before


# ── visits ─────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.KEEP_VISITS, owner="owner")
@transaction.atomic
def plan_visit(
    *,
    owner: User,
    by: User | System,
    at: datetime,
    contacts: Sequence[Contact] = (),
    companions: Sequence[User] = (),
    **facts: Any,
) -> Visit:
    """訪問を予定する — or, for one that has been already, record it as done."""
    visit = facts | {"owner": owner, "contacts": contacts, "companions": companions}
    return _add_visits([visit], by=by, at=at)[0]


@only_who_may(Act.IMPORT)
@transaction.atomic
def load_visits(*, visits: Sequence[Mapping[str, Any]], by: User | System, at: datetime) -> list[Visit]:
    """取り込み — visits of several people at the cost of one; `visits` are the fields of each."""
    return _add_visits(visits, by=by, at=at)


def _add_visits(visits: Sequence[Mapping[str, Any]], *, by: User | System, at: datetime) -> list[Visit]:
    new, met, along = [], [], []
    for given in visits:
        facts = dict(given)
        contacts, companions = set(facts.pop("contacts", ())), set(facts.pop("companions", ()))
        visit = Visit(**facts, created_at=at, changed_at=at)
        _check_visit(visit, list(contacts), at=at)
        new.append(visit)
        met += [Visit.contacts.through(visit=visit, contact=contact) for contact in contacts]
        along += [
            Visit.companions.through(visit=visit, user=companion)
            for companion in companions
            if companion.pk != visit.owner_id
        ]
    new = Visit.objects.bulk_create(new, batch_size=1_000)
    Visit.contacts.through.objects.bulk_create(met, batch_size=1_000)
    Visit.companions.through.objects.bulk_create(along, batch_size=1_000)
    planned = [visit for visit in new if visit.status == VisitStatus.PLANNED]
    note_many("visit.planned", planned, by=by)
    note_many("visit.recorded", [visit for visit in new if visit.status != VisitStatus.PLANNED], by=by)
    return new


def _check_visit(visit: Visit, contacts: Sequence[Contact], *, at: datetime) -> None:
    _check_company(visit, contacts)
    if visit.ends_at and visit.ends_at <= visit.starts_at:
        raise EndsBeforeItStarts(_("終了は開始より後にしてください。"), field="ends_at")
    if visit.status == VisitStatus.DONE and visit.starts_at > at:
        raise NotYet(_("まだ始まっていない訪問は済みにできません。"), field="status")
    visit.starts_on = _day(visit.starts_at)


@only_who_may(Act.KEEP_VISITS, owner="owner")
@transaction.atomic
def change_visit(
    visit: Visit, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Visit:
    """訪問を直す — move it, call it off, mark it done."""
    visit = _kept(visit, version=version)
    contacts = facts.pop("contacts", None)
    companions = facts.pop("companions", None)
    before = _take(visit, facts)
    _check_visit(visit, list(visit.contacts.all()) if contacts is None else contacts, at=at)
    visit.saved(at=at)
    if contacts is not None:
        visit.contacts.set(contacts)
    if companions is not None:
        visit.companions.set(companion for companion in companions if companion.pk != visit.owner_id)
    note("visit.changed", visit, by=by, **before)
    return visit


@only_who_may(Act.KEEP_VISITS)
@transaction.atomic
def plan_again(visit: Visit, *, by: User | System, at: datetime) -> Visit:
    """取りやめを元に戻す — only of a visit that was called off: one that was held stays held."""
    visit = _kept(visit)
    if visit.status != VisitStatus.CANCELLED:
        raise NotCancelled(_("この訪問は取りやめになっていません。"))
    return change_visit(visit, status=VisitStatus.PLANNED, by=by, at=at)


@only_who_may(Act.REPORT_VISITS)
@transaction.atomic
def prepare_visit(
    visit: Visit,
    *,
    goal: str,
    issues: Sequence[str],
    by: User,
    at: datetime,
    situation: str = "",
    answer: str = "",
    version: int | None = None,
) -> PreVisitReport:
    """外出前報告を書く — what became of an issue already stays with the line of the same words."""
    visit = _kept(visit)
    report = PreVisitReport.objects.filter(visit=visit).first() or PreVisitReport(visit=visit, author=by)
    report = _as_opened(report, version, by=by)
    report.situation, report.goal, report.answer = situation, goal, answer
    report.saved(at=at)
    kept = {issue.text: issue for issue in visit.issues.all()}
    visit.issues.exclude(text__in=issues).delete()
    for position, text in enumerate(dict.fromkeys(issues)):
        issue = kept.get(text) or ExpectedIssue(visit=visit, text=text)
        issue.position = position
        issue.save()
    note("visit.prepared", visit, by=by)
    return report


@only_who_may(Act.REPORT_VISITS)
@transaction.atomic
def report_visit(
    visit: Visit,
    *,
    result: str,
    by: User,
    at: datetime,
    turnouts: Mapping[Any, tuple[Turnout, str]] | None = None,
    next_action: str = "",
    next_action_on: date | None = None,
    learned: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> PostVisitReport:
    """外出後報告を書く — the visit is done with it.

    `turnouts`: issue id → what became of it and how it differed. `learned`: plan, amount, expected_month of the
    visit's deal as far as they became known; the deal also takes the next action.
    """
    visit = _kept(visit)
    _check_over(visit, at=at)
    report = PostVisitReport.objects.filter(visit=visit).first() or PostVisitReport(visit=visit, author=by)
    report = _as_opened(report, version, by=by)
    report.result, report.next_action, report.next_action_on = result, next_action, next_action_on
    report.saved(at=at)
    _mark(visit, turnouts or {})
    _mark_done(visit, at=at)
    _tell_deal(visit.deal, dict(learned or {}), next_action, next_action_on, by=by, at=at)
    note("visit.reported", visit, by=by)
    return report


def _check_over(visit: Visit, *, at: datetime) -> None:
    if visit.status == VisitStatus.CANCELLED:
        raise NotDone(_("取りやめた訪問には報告を書けません。"))
    if visit.starts_at > at:
        raise NotYet(_("まだ始まっていない訪問です。"))


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
    return report.locked(version=version)


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


# ── trash ──────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.TRASH_ACTIVITIES)
@transaction.atomic
def trash_activity(activity: Follow | Visit, *, by: User | System, at: datetime) -> Follow | Visit:
    """ごみ箱へ移す — it counts no more."""
    activity = _kept(activity)
    activity.trashed_at = at
    activity.saved(at=at)
    note(f"{activity._meta.model_name}.trashed", activity, by=by)
    return activity


@only_who_may(Act.TRASH_ACTIVITIES)
@transaction.atomic
def restore_activity(activity: Follow | Visit, *, by: User | System, at: datetime) -> Follow | Visit:
    """ごみ箱から戻す"""
    activity = activity.locked()
    if activity.company.trashed_at or (activity.deal and activity.deal.trashed_at):
        raise InTrash(_("先に顧客や案件をごみ箱から戻してください。"))
    activity.trashed_at = None
    activity.saved(at=at)
    note(f"{activity._meta.model_name}.restored", activity, by=by)
    return activity


@transaction.atomic
def retally() -> None:
    """Count the daily roll-up anew from follows and visits; the triggers keep it between such times."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK activities_follow, activities_visit IN SHARE MODE")
        cursor.execute("DELETE FROM activities_daytally")
        cursor.execute(
            "INSERT INTO activities_daytally (owner_id, day, follows, visits)"
            " SELECT owner_id, day, sum(follows), sum(visits) FROM activities_counted GROUP BY owner_id, day"
        )
