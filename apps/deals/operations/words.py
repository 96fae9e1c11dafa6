"""The words that a tenant keeps: why deals are lost, and what is sold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.deals.models import LostReason, Plan
from apps.deals.vocabulary import Cause
from apps.journal.operations import note


class ReasonTaken(Refused):
    pass


class PlanTaken(Refused):
    pass


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def add_lost_reason(*, label: str, cause: Cause, by: User | System, at: datetime) -> LostReason:
    """ボツの理由を加える"""
    if LostReason.objects.filter(label=label).exists():
        raise ReasonTaken(_("同じ理由がすでにあります。"), field="label")
    last = LostReason.objects.filter(cause=cause).count()
    reason = LostReason(label=label, cause=cause, position=last + 1).saved(at=at)
    note("lost_reason.added", reason, by=by)
    return reason


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def retire_lost_reason(
    reason: LostReason, *, by: User | System, at: datetime, version: int | None = None
) -> LostReason:
    """ボツの理由を使わないようにする — where it was given it stays."""
    reason = reason.no_longer(version=version, at=at)
    note("lost_reason.retired", reason, by=by)
    return reason


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def bring_back_lost_reason(
    reason: LostReason, *, by: User | System, at: datetime, version: int | None = None
) -> LostReason:
    """ボツの理由をまた使う"""
    reason = reason.again(version=version, at=at)
    note("lost_reason.brought_back", reason, by=by)
    return reason


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def add_plan(*, name: str, price: int | None = None, by: User | System, at: datetime) -> Plan:
    """プランを加える"""
    _refuse_taken(name)
    plan = Plan(name=name, price=price, position=Plan.objects.count() + 1).saved(at=at)
    note("plan.added", plan, by=by)
    return plan


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def change_plan(
    plan: Plan, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Plan:
    """プランを直す — its name or price from now on; deals keep what was agreed."""
    plan = plan.locked(version=version)
    if facts.get("name", plan.name) != plan.name:
        _refuse_taken(facts["name"])
    before = {name: getattr(plan, name) for name in facts}
    for name, value in facts.items():
        setattr(plan, name, value)
    plan = plan.saved(at=at)
    note("plan.changed", plan, by=by, changed={name: [before[name], facts[name]] for name in facts})
    return plan


def _refuse_taken(name: str) -> None:
    if Plan.objects.filter(name=name).exists():
        raise PlanTaken(_("同じ名前のプランがすでにあります。"), field="name")


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def retire_plan(plan: Plan, *, by: User | System, at: datetime, version: int | None = None) -> Plan:
    """プランを使わないようにする — deals that name it keep it."""
    plan = plan.no_longer(version=version, at=at)
    note("plan.retired", plan, by=by)
    return plan


@only_who_may(Act.MANAGE_WORDS)
@transaction.atomic
def bring_back_plan(plan: Plan, *, by: User | System, at: datetime, version: int | None = None) -> Plan:
    """プランをまた使う"""
    plan = plan.again(version=version, at=at)
    note("plan.brought_back", plan, by=by)
    return plan


DEFAULT_REASONS = {
    Cause.DEAL_QUALITY: ["予算・決裁・必要性・時期の確認不足", "見込み違い"],
    Cause.SELLING: ["次の一手がなかった", "決裁の道筋がわからなかった", "反対者に手を打てなかった"],
    Cause.COMPETITION: ["競合に決まった", "価格が合わなかった", "機能が足りなかった"],
    Cause.CUSTOMER: ["計画が中止になった", "計画が延期になった"],
}


@transaction.atomic
def furnish(*, at: datetime) -> None:
    """The lost reasons that a new tenant begins with. Safe to run again."""
    if LostReason.objects.exclude(label=UNKNOWN_REASON).exists():
        return
    for cause, labels in DEFAULT_REASONS.items():
        for position, label in enumerate(labels):
            LostReason(label=label, cause=cause, position=position).saved(at=at)


def unknown_reason() -> LostReason:
    """理由不明(取り込み) — what a lost deal from elsewhere gets that came without a reason."""
    at = timezone.now()
    given = {"cause": Cause.CUSTOMER, "position": 99, "created_at": at, "changed_at": at}
    return LostReason.objects.get_or_create(label=UNKNOWN_REASON, defaults=given)[0]


UNKNOWN_REASON = "理由不明(取り込み)"
