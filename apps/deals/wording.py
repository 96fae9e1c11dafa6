"""How a deal's change reads in a line of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.base.month import Month
from apps.base.templatetags import baton
from apps.deals import rules
from apps.deals.queries import Turn
from apps.deals.vocabulary import BuyerStage, LostKind, Outcome


@dataclass(frozen=True)
class Line:
    """プラン 基本 → 拡張; `was` is empty where nothing stood before."""

    label: str
    was: str
    now: str


def headline(turn: Turn) -> str:
    """What the change did to the deal as a whole; empty where only its lines say something."""
    before, after = turn.before, turn.after
    if before is None:
        return _("案件のはじまり")
    if before.outcome != after.outcome:
        return _turned(before.outcome, after.outcome)
    was, now = stage(before), stage(after)
    return "" if was == now else f"{was} → {now}"


def _turned(was: str, now: str) -> str:
    if now != Outcome.OPEN:
        return baton.stage_word(now)
    return _("受注取消") if was == Outcome.WON else _("復活")


def stage(state: rules.State) -> str:
    """商談△"""
    return baton.stage_with_rank(state.stage, state.rank)


def lines(turn: Turn, names: Mapping[str, str]) -> list[Line]:
    """Each field that changed, in the order in which a deal is read."""
    told = []
    for name in rules.FIELDS:
        if name in turn.change.fields and name not in _said_above(turn):
            was, now = getattr(turn.before, name, None), turn.change.fields[name]
            if (was or None) != (now or None):
                told.append(Line(label(name), said(name, was, names), said(name, now, names) or _("なし")))
    return told


def _said_above(turn: Turn) -> set[str]:
    """What the headline says, or the page that the line stands on."""
    return {"rank", "outcome"} if turn.before else {"rank", "outcome", "company", "name"}


_LABELS = {
    "company": gettext_lazy("会社"),
    "owner": gettext_lazy("担当"),
    "name": gettext_lazy("案件名"),
    "plan": gettext_lazy("プラン"),
    "amount": gettext_lazy("価格"),
    "expected_month": gettext_lazy("時期"),
    "next_action": gettext_lazy("次の一手"),
    "next_action_on": gettext_lazy("次の一手の日"),
    "buyer_stage": gettext_lazy("買い手の段階"),
    "lost_kind": gettext_lazy("ボツの種類"),
    "lost_reason": gettext_lazy("理由"),
    "comes_back_on": gettext_lazy("戻ってくる日"),
    "rank": gettext_lazy("ランク"),
}


def label(field: str) -> str:
    return str(_LABELS[field])


def said(field: str, value: Any, names: Mapping[str, str]) -> str:
    """A kept value in the user's words."""
    if value in (None, ""):
        return ""
    if field in ("company", "owner", "lost_reason"):
        return names.get(value, "")
    if field == "amount":
        return baton.yen(value)
    if field == "expected_month":
        return baton.month(Month.parse(value))
    if field in ("next_action_on", "comes_back_on"):
        return baton.dated(date.fromisoformat(value))
    if field in _CHOICES:
        return str(dict(_CHOICES[field].choices).get(value, value))
    return str(value)


_CHOICES = {"buyer_stage": BuyerStage, "lost_kind": LostKind}


def facts(state: rules.State, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """A whole state: what was known at a moment, label by label."""
    shown = [name for name in rules.FIELDS if name not in ("outcome", "company", "rank")]
    return [(label(name), said(name, getattr(state, name), names)) for name in shown if getattr(state, name)]
