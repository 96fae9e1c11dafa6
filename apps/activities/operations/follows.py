"""Every deed about follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.activities import checks
from apps.activities.models import Follow
from apps.journal.operations import note, note_many


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
    checks.check_company(follow, [follow.contact] if follow.contact else [])
    if follow.happened_at > at:
        raise checks.NotYet(_("これからの日時は入れられません。"), field="happened_at")
    follow.happened_on = checks.day_of(follow.happened_at)


@only_who_may(Act.RECORD_FOLLOWS, owner="owner")
@transaction.atomic
def change_follow(
    follow: Follow, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Follow:
    """フォローを直す"""
    follow = checks.kept(follow, version=version)
    before = checks.take(follow, facts)
    _check_follow(follow, at=at)
    follow.saved(at=at)
    note("follow.changed", follow, by=by, **before)
    return follow
