"""Every deed about target lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.customers.models import Company, ListEntry, TargetList
from apps.customers.operations.records import InTrash, differing
from apps.journal.operations import note


class AlreadyOnList(Refused):
    pass


class NotInTrash(Refused):
    pass


@only_who_may(Act.KEEP_LISTS, owner="owner")
@transaction.atomic
def add_list(*, owner: User, by: User | System, at: datetime, **facts: Any) -> TargetList:
    """リストを作る"""
    made = TargetList(owner=owner, **facts).saved(at=at)
    note("list.added", made, by=by, owner=owner)
    return made


@only_who_may(Act.KEEP_LISTS, owner="owner")
@transaction.atomic
def change_list(
    target: TargetList, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> TargetList:
    """リストを変える — with its owner goes the whole list."""
    target = _kept(target, version=version)
    changed = differing(target, facts)
    target.saved(at=at)
    note("list.changed", target, by=by, **changed)
    return target


@only_who_may(Act.KEEP_LISTS)
@transaction.atomic
def put_on_list(
    target: TargetList, *, company: Company, on: date, by: User | System, at: datetime, **origin: Any
) -> ListEntry:
    """リストに載せる"""
    target = _kept(target)
    if company.trashed_at:
        raise InTrash(_("ごみ箱にある顧客は載せられません。"), field="company")
    there = target.entries.filter(Q(removed_on__isnull=True) | Q(removed_on__gt=on), company=company)
    if there.exists():
        raise AlreadyOnList(_("この会社は、もうこのリストに載っています。"), field="company")
    entry = ListEntry(list=target, company=company, from_on=on, **origin).saved(at=at)
    note("list.company_put", target, by=by, company=company, on=on)
    return entry


@only_who_may(Act.KEEP_LISTS)
@transaction.atomic
def take_off_list(
    entry: ListEntry, *, on: date, by: User | System, at: datetime, version: int | None = None
) -> ListEntry:
    """リストから外す — what stood there before stays counted."""
    _kept(entry.list)
    entry = entry.locked(version=version)
    if entry.removed_on is None:
        entry.removed_on = max(on, entry.from_on)
        entry.saved(at=at)
        note("list.company_taken_off", entry.list, by=by, company=entry.company, on=entry.removed_on)
    return entry


@only_who_may(Act.KEEP_LISTS)
@transaction.atomic
def put_back_on_list(entry: ListEntry, *, version: int, by: User | System, at: datetime) -> ListEntry:
    """外したのを元に戻す — as if it had stood there all the time, unless it was put there anew."""
    _kept(entry.list)
    entry = entry.locked(version=version)
    others = entry.list.entries.exclude(pk=entry.pk).filter(company=entry.company_id)
    if others.filter(Q(removed_on__isnull=True) | Q(removed_on__gt=entry.removed_on)).exists():
        raise AlreadyOnList(_("この会社は、もうこのリストに載っています。"), field="company")
    entry.removed_on = None
    entry.saved(at=at)
    note("list.company_put_back", entry.list, by=by, company=entry.company)
    return entry


@only_who_may(Act.KEEP_LISTS)
@transaction.atomic
def trash_list(target: TargetList, *, by: User | System, at: datetime) -> TargetList:
    """ごみ箱へ移す — as if it had never been; its entries wait there with their days."""
    target = _kept(target)
    target.trashed_at = at
    target.saved(at=at)
    note("list.trashed", target, by=by)
    return target


@only_who_may(Act.KEEP_LISTS)
@transaction.atomic
def restore_list(target: TargetList, *, by: User | System, at: datetime) -> TargetList:
    """ごみ箱から戻す"""
    target = target.locked()
    if target.trashed_at is None:
        raise NotInTrash(_("このリストは、ごみ箱にありません。"))
    target.trashed_at = None
    target.saved(at=at)
    note("list.restored", target, by=by)
    return target


def _kept(target: TargetList, *, version: int | None = None) -> TargetList:
    """The list as it stands now; of one that was trashed nothing is changed, so that it comes back as it went."""
    target = target.locked(version=version)
    if target.trashed_at:
        raise InTrash(_("このリストはごみ箱にあります。先に元に戻してください。"))
    return target
