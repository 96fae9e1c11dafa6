"""Doing one deed to many rows, and taking it back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from apps.accounts import queries
from apps.accounts.models import System, User
from apps.accounts.permissions import check, only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Forbidden, Refused
from apps.bulk.deeds import DEEDS
from apps.bulk.models import Bulk
from apps.inbox import operations as inbox
from apps.journal.operations import note

MOST_ROWS = 5_000
AT_ONCE = 200
"""So many are done while the person waits; more are done behind, with progress."""
SLICE = 25


class TooMany(Refused):
    pass


class NotToBeUndone(Refused):
    pass


@only_who_may(Act.CHANGE_MANY)
@transaction.atomic
def begin(
    *, key: UUID, deed: str, given: str, rows: Sequence[Any], by: User, at: datetime, back: str = ""
) -> Bulk:
    """まとめて変更する — the rows wait; `go_on` takes them. The same key again is the same bulk."""
    check(by, DEEDS[deed].act)
    if len(rows) > MOST_ROWS:
        raise TooMany(_("一度に変更できるのは%(most)s件までです。条件で絞り込んでください。") % {"most": f"{MOST_ROWS:,}"})  # fmt: skip
    ids = [str(pk) for pk in rows]
    facts = {"by": by, "at": at, "deed": deed, "given": given, "rows": ids, "back": back}
    bulk, new = Bulk.objects.get_or_create(key=key, defaults=facts)
    if new:
        note("bulk.begun", bulk, by=by, rows=len(ids))
    return bulk


@only_who_may(Act.CHANGE_MANY)
@transaction.atomic
def undo(bulk: Bulk, *, by: User | System, at: datetime) -> Bulk:
    """まとめて元に戻す — row by row, the last first; what somebody has changed since stays, and is told."""
    bulk = Bulk.objects.select_for_update().get(pk=bulk.pk)
    if not bulk.finished_at:
        raise NotToBeUndone(_("まだ変更しています。終わってから元に戻せます。"))
    if not bulk.undo_begun_at:
        bulk.undo_begun_at = at
        bulk.save(update_fields=["undo_begun_at"])
        note("bulk.undo_begun", bulk, by=by, rows=len(bulk.done))
    return bulk


@only_who_may(Act.CHANGE_MANY)
@transaction.atomic
def go_on(bulk: Bulk, *, by: User | System, at: datetime) -> Bulk:
    """The next slice, whoever asks for it: a worker, or the person who waits. Each row stands or falls alone."""
    bulk = Bulk.objects.select_for_update(of=("self",)).select_related("by").get(pk=bulk.pk)
    if not bulk.finished_at:
        with inbox.told_together(f"bulk:{bulk.pk}"):
            _do_slice(bulk, at=at)
        if bulk.finished_at:
            note("bulk.done", bulk, by=by, done=len(bulk.done), failed=len(bulk.failed))
    elif bulk.is_running:
        _undo_slice(bulk, at=at)
        if not bulk.is_running:
            if not bulk.stayed:
                inbox.untell_together(f"bulk:{bulk.pk}")
            note("bulk.undone", bulk, by=by, stayed=len(bulk.stayed))
    bulk.save()
    return bulk


def _do_slice(bulk: Bulk, *, at: datetime) -> None:
    deed = DEEDS[bulk.deed]
    form = deed.form(QueryDict(bulk.given), by=bulk.by)
    given = form.cleaned_data if form.is_valid() else None
    for pk in bulk.rows[bulk.position : bulk.position + SLICE]:

        def do(record: Any) -> None:
            if given is None:  # what was chosen has gone since
                raise Refused(_("選んだ値が、今は選べません。"))
            kept = deed.do(record, by=bulk.by, at=at, **given)
            if kept is not None:
                bulk.done.append([str(record.pk), _plain(kept)])

        bulk.failed += _tried(bulk, pk, do)
        bulk.position += 1
    if bulk.position >= len(bulk.rows):
        bulk.finished_at = at


def _undo_slice(bulk: Bulk, *, at: datetime) -> None:
    deed = DEEDS[bulk.deed]
    left = bulk.done[: len(bulk.done) - bulk.undone]
    for pk, kept in reversed(left[-SLICE:]):

        def take_back(record: Any, kept: Any = kept) -> None:
            deed.undo(record, kept, by=bulk.by, at=at)

        bulk.stayed += _tried(bulk, pk, take_back)
        bulk.undone += 1


def _tried(bulk: Bulk, pk: str, deed: Callable[[Any], None]) -> list[list[str]]:
    """Nothing, or the row with why not; what it had begun to write is gone then."""
    record = DEEDS[bulk.deed].rows().filter(pk=pk).first()
    if record is None:
        return [[pk, "", _("この記録は、もうありません。")]]
    try:
        with transaction.atomic():
            deed(record)
    except Forbidden as refusal:
        return [[pk, str(record), f"{refusal}{_whose(record, bulk)}"]]
    except Refused as refusal:
        return [[pk, str(record), str(refusal)]]
    return []


def _whose(record: Any, bulk: Bulk) -> str:
    """Whom to ask: the owner and their team on the day of the deed."""
    owner = getattr(record, "owner", None)
    if owner is None:
        return ""
    teams = queries.team_names(owner, on=localdate(bulk.at))
    if not teams:
        return _("担当は%(name)sです。") % {"name": owner.name}
    team = str(_("・")).join(teams)
    return _("担当は%(name)s(%(team)s)です。") % {"name": owner.name, "team": team}


def _plain(kept: Any) -> Any:
    """As JSON keeps it; dates and ids become text."""
    return json.loads(json.dumps(kept, cls=DjangoJSONEncoder))
