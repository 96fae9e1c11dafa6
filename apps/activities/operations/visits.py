"""Every deed about visits but their reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.activities import checks, notifications
from apps.activities.models import Visit
from apps.activities.vocabulary import VisitStatus
from apps.base.refusal import Refused
from apps.customers.models import Contact
from apps.journal.operations import note, note_many


class NotCancelled(Refused):
    pass


class NotPlanned(Refused):
    pass


class EndsBeforeItStarts(Refused):
    pass


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
    planned = _add_visits([visit], by=by, at=at)[0]
    notifications.tell_planned(planned, by=by, at=at)
    return planned


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
    checks.check_company(visit, contacts)
    if visit.ends_at and visit.ends_at <= visit.starts_at:
        raise EndsBeforeItStarts(_("終了は開始より後にしてください。"), field="ends_at")
    if visit.status == VisitStatus.DONE and visit.starts_at > at:
        raise checks.NotYet(_("まだ始まっていない訪問は済みにできません。"), field="status")
    visit.starts_on = checks.day_of(visit.starts_at)


@only_who_may(Act.KEEP_VISITS, owner="owner")
@transaction.atomic
def change_visit(
    visit: Visit, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Visit:
    """訪問を直す — move it, call it off, mark it done."""
    visit = checks.kept(visit, version=version)
    contacts = facts.pop("contacts", None)
    companions = facts.pop("companions", None)
    before = checks.take(visit, facts)
    _check_visit(visit, list(visit.contacts.all()) if contacts is None else contacts, at=at)
    visit.saved(at=at)
    if contacts is not None:
        visit.contacts.set(contacts)
    joined: set[UUID] = set()
    if companions is not None:
        along = {companion.pk for companion in companions} - {visit.owner_id}
        joined = along - set(visit.companions.values_list("pk", flat=True))
        visit.companions.set(along)
    note("visit.changed", visit, by=by, **before)
    notifications.tell_changed(visit, before, joined=joined, by=by, at=at)
    return visit


@only_who_may(Act.KEEP_VISITS)
@transaction.atomic
def move_visit(visit: Visit, *, to: datetime, version: int, by: User | System, at: datetime) -> Visit:
    """訪問を動かす — to another time of the same length, while it is still planned."""
    visit = checks.kept(visit, version=version)
    if visit.status != VisitStatus.PLANNED:
        raise NotPlanned(_("動かせるのは、予定の訪問だけです。"))
    ends_at = visit.ends_at and to + (visit.ends_at - visit.starts_at)
    return change_visit(visit, starts_at=to, ends_at=ends_at, by=by, at=at)


@only_who_may(Act.KEEP_VISITS)
@transaction.atomic
def cancel_visit(visit: Visit, *, by: User | System, at: datetime) -> Visit:
    """訪問を取りやめる — while it is still planned: one that took place meanwhile stays."""
    visit = checks.kept(visit)
    if visit.status != VisitStatus.PLANNED:
        raise NotPlanned(_("取りやめられるのは、予定の訪問だけです。"))
    return change_visit(visit, status=VisitStatus.CANCELLED, by=by, at=at)


@only_who_may(Act.KEEP_VISITS)
@transaction.atomic
def plan_again(visit: Visit, *, by: User | System, at: datetime) -> Visit:
    """取りやめを元に戻す — only of a visit that was called off: one that was held stays held."""
    visit = checks.kept(visit)
    if visit.status != VisitStatus.CANCELLED:
        raise NotCancelled(_("この訪問は取りやめになっていません。"))
    return change_visit(visit, status=VisitStatus.PLANNED, by=by, at=at)
