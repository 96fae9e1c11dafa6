"""The words that a tenant keeps about its visits: what kinds of issues are expected there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.activities.models import IssueKind
from apps.base.refusal import Refused
from apps.journal.operations import note


class KindTaken(Refused):
    pass


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def add_issue_kind(*, label: str, words: str = "", by: User | System, at: datetime) -> IssueKind:
    """想定課題の種類を加える"""
    _refuse_taken(label)
    kind = IssueKind(label=label, words=words, position=IssueKind.objects.count() + 1).saved(at=at)
    note("issue_kind.added", kind, by=by)
    return kind


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def change_issue_kind(
    kind: IssueKind, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> IssueKind:
    """想定課題の種類を直す — issues that have it are called by its new name, too."""
    kind = kind.locked(version=version)
    if facts.get("label", kind.label) != kind.label:
        _refuse_taken(facts["label"])
    before = {name: getattr(kind, name) for name in facts}
    for name, value in facts.items():
        setattr(kind, name, value)
    kind = kind.saved(at=at)
    note("issue_kind.changed", kind, by=by, changed={name: [before[name], facts[name]] for name in facts})
    return kind


def _refuse_taken(label: str) -> None:
    if IssueKind.objects.filter(label=label).exists():
        raise KindTaken(_("同じ種類がすでにあります。"), field="label")


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def retire_issue_kind(
    kind: IssueKind, *, by: User | System, at: datetime, version: int | None = None
) -> IssueKind:
    """想定課題の種類を使わないようにする — issues that have it keep it, and are counted under it."""
    kind = kind.no_longer(version=version, at=at)
    note("issue_kind.retired", kind, by=by)
    return kind


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def bring_back_issue_kind(
    kind: IssueKind, *, by: User | System, at: datetime, version: int | None = None
) -> IssueKind:
    """想定課題の種類をまた使う"""
    kind = kind.again(version=version, at=at)
    note("issue_kind.brought_back", kind, by=by)
    return kind


DEFAULT_KINDS = {
    "価格": "費用 予算 値段 見積 料金 値引き 支払い コスト",
    "時期": "いつ 納期 日程 繁忙期 年度 スケジュール",
    "決裁": "稟議 承認 役員 社長 上司",
    "競合": "他社 比較 相見積 乗り換え",
    "導入の手間": "導入 移行 教育 定着 負担 手間 許可 情報システム 使わない",
    "機能": "帳票 様式 項目 連携 画面 端末",
    "今の困りごと": "もれ 打ち直し 探し 整理 二重入力 残業",
}


@transaction.atomic
def furnish(*, at: datetime) -> None:
    """The kinds of issues that a new tenant begins with. Safe to run again."""
    if IssueKind.objects.exists():
        return
    for position, (label, words) in enumerate(DEFAULT_KINDS.items()):
        IssueKind(label=label, words=words, position=position).saved(at=at)
