"""Two records of one company, or of one person, become one, and two again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.customers import merging, queries
from apps.customers.models import Company, Contact, Merge
from apps.customers.operations.records import InTrash, NotToBeParted, key_of, settle, take
from apps.journal.operations import note


class NotToBeMerged(Refused):
    pass


@dataclass(frozen=True)
class Parted:
    """Two records that are two again; `stayed`: how many rows and values the survivor keeps from since then."""

    survivor: Company | Contact
    other: Company | Contact
    stayed: int


@only_who_may(Act.MERGE_COMPANIES)
@transaction.atomic
def merge(
    survivor: Company | Contact,
    *,
    other: Company | Contact,
    by: User | System,
    at: datetime,
    version: int | None = None,
    other_version: int | None = None,
    **facts: Any,
) -> Merge:
    """統合する — all that points to the other one points to the survivor; `facts` are the values that it takes.

    The other one waits out of sight, as it was, until `unmerge` takes the two apart again.
    """
    survivor, other = _both(survivor, other, version, other_version)
    before = merging.all_written(survivor)
    take(survivor, facts)
    _find_again(survivor)
    after = merging.all_written(survivor)
    chosen = {name: [was, after[name]] for name, was in before.items() if was != after[name]}
    made = Merge(at=at, survivor_id=survivor.pk, merged_id=other.pk, values=chosen)
    for follower in merging.followers(type(survivor)):
        if kept := follower.follow(made, of=other, to=survivor):
            made.followed[follower.name] = kept
    other.merged_into, other.trashed_at = survivor, at
    other.saved(at=at)
    survivor.search_key = key_of(survivor)  # by the other's names, too
    survivor.saved(at=at)
    made.save(force_insert=True)
    note(f"{survivor._meta.model_name}.merged", survivor, by=by, other=other, changed=chosen)
    return made


def _both(survivor: Any, other: Any, version: int | None, other_version: int | None) -> tuple[Any, Any]:
    """The two as they stand now, both held, always in the same order so that nobody waits for each other."""
    seen = {survivor.pk: version, other.pk: other_version}
    if len(seen) < 2:
        raise NotToBeMerged(_("同じ記録どうしは統合できません。"))
    held = {one.pk: one.locked(version=seen[one.pk]) for one in sorted((survivor, other), key=lambda r: r.pk)}
    survivor, other = held[survivor.pk], held[other.pk]
    if other.merged_into_id or survivor.merged_into_id:
        raise NotToBeMerged(_("もう統合してあります。"))
    if other.trashed_at or survivor.trashed_at:
        raise InTrash(_("ごみ箱にあります。先に元に戻してください。"))
    if isinstance(survivor, Contact) and survivor.company_id != other.company_id:
        raise NotToBeMerged(_("別の会社の担当者です。同じ会社なら、先に会社を統合してください。"))
    return survivor, other


def _find_again(record: Company | Contact) -> None:
    if isinstance(record, Company):
        settle(record)
    else:
        record.search_key = key_of(record)


@only_who_may(Act.MERGE_COMPANIES)
@transaction.atomic
def unmerge(merge: Merge, *, by: User | System, at: datetime) -> Parted:
    """統合を戻す — every link and value goes back; what was done since stays, or goes with what it is about."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    kind = queries.kind_of(merge)
    if merge.undone_at:
        raise NotToBeParted(_("この統合は、もう戻してあります。"))
    held = {pk: kind(pk=pk).locked() for pk in sorted((merge.survivor_id, merge.merged_id))}
    survivor, other = held[merge.survivor_id], held[merge.merged_id]
    if survivor.trashed_at:
        raise NotToBeParted(_("「%(name)s」がごみ箱にあるか、さらに統合されています。先にそれを戻してください。") % {"name": survivor})  # fmt: skip
    if queries.merges(survivor).filter(pk__gt=merge.pk).exists():
        raise NotToBeParted(_("このあとに別の統合があります。新しいものから順に戻してください。"))
    stayed = _values_back(survivor, merge)
    for follower in merging.followers(kind):
        if (kept := merge.followed.get(follower.name)) is not None or not follower.columns:
            stayed += follower.go_back(merge, kept, of=survivor, to=other)
    if queries.torn_contacts(survivor, other).exists():
        raise NotToBeParted(
            _("両方の会社の担当者どうしが統合されています。先に担当者の統合を戻してください。")
        )
    other.merged_into, other.trashed_at = None, None
    other.saved(at=at)
    _find_again(survivor)
    survivor.saved(at=at)
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    note(f"{survivor._meta.model_name}.unmerged", survivor, by=by, other=other, stayed=stayed)
    return Parted(survivor, other, stayed)


@only_who_may(Act.MERGE_COMPANIES)
@transaction.atomic
def unmerge_latest(survivor: Company | Contact, *, by: User | System, at: datetime) -> Parted:
    """最後の統合を戻す"""
    latest = queries.merges(survivor).first()
    if latest is None:
        raise NotToBeParted(_("この記録に統合されたものはありません。"))
    return unmerge(latest, by=by, at=at)


def _values_back(survivor: Company | Contact, merge: Merge) -> int:
    """Returns how many values stay, because somebody has changed them since."""
    stay = 0
    for name, (before, chosen) in merge.values.items():
        if merging.written(survivor, name) == chosen:
            merging.read(survivor, name, before)
        else:
            stay += 1
    return stay
