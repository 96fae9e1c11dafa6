"""Deeds about lists: the views that people keep of them, and taking one along as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import FirstView, SavedView, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.journal.operations import note

MOST_ROWS = 100_000


class TooManyRows(Refused):
    pass


@only_who_may(Act.KEEP_VIEWS)
@transaction.atomic
def add_view(
    *,
    list_name: str,
    name: str,
    query: str,
    shared: bool = False,
    first: bool = False,
    source: str = "",
    external_id: str | None = None,
    by: User,
    at: datetime,
) -> SavedView:
    """この条件を保存する — `first`: the list opens with it from now on."""
    view = SavedView(
        list_name=list_name,
        name=name,
        query=query,
        shared=shared,
        owner=by,
        source=source,
        external_id=external_id,
    ).saved(at=at)
    if first:
        _make_first(view, by)
    note("view.added", view, by=by, list=list_name, shared=shared)
    return view


@only_who_may(Act.KEEP_VIEWS)
@transaction.atomic
def change_view(
    view: SavedView, *, version: int | None = None, by: User, at: datetime, **changes: Any
) -> SavedView:
    """ビューを変える — its name, whether it is shared, or what it asks."""
    view = view.locked(version=version)
    for name, value in changes.items():
        setattr(view, name, value)
    view = view.saved(at=at)
    if not view.shared:
        view.first_for.exclude(user=view.owner_id).delete()
    note("view.changed", view, by=by, **changes)
    return view


@only_who_may(Act.KEEP_VIEWS)
@transaction.atomic
def trash_view(view: SavedView, *, by: User, at: datetime) -> SavedView:
    """ビューを消す — nobody's list opens with it any more."""
    view = view.locked()
    view.trashed_at = view.trashed_at or at
    view = view.saved(at=at)
    note("view.trashed", view, by=by)
    return view


@only_who_may(Act.KEEP_VIEWS)
@transaction.atomic
def restore_view(view: SavedView, *, by: User, at: datetime) -> SavedView:
    """ビューを戻す"""
    view = view.locked()
    view.trashed_at = None
    view = view.saved(at=at)
    note("view.restored", view, by=by)
    return view


@only_who_may(Act.KEEP_VIEWS)
@transaction.atomic
def open_with(user: User, *, list_name: str, view: SavedView | None, by: User, at: datetime) -> None:
    """一覧を開いたときのビューを決める — None: the list as it is."""
    FirstView.objects.filter(user=user, list_name=list_name).delete()
    if view:
        _make_first(view, user)
    note("view.chosen_first", user, by=by, list=list_name, view=view)


def _make_first(view: SavedView, user: User) -> None:
    given = {"user": user, "list_name": view.list_name}
    FirstView.objects.update_or_create(**given, defaults={"view": view})


@only_who_may(Act.EXPORT_LISTS)
@transaction.atomic
def export_list(
    user: User, *, list_name: str, rows: int, query: str, form: str, by: User, at: datetime
) -> None:
    """一覧を書き出す — the journal says who took how many rows along."""
    if rows > MOST_ROWS:
        raise TooManyRows(
            _("書き出せるのは%(most)s行までです。条件を足してからもう一度書き出してください。")
            % {"most": f"{MOST_ROWS:,}"}
        )
    note("list.exported", user, by=by, list=list_name, rows=rows, query=query, form=form)
