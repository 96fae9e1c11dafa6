"""How the steps of a record's history read: the product's words, no codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.base.month import Month
from apps.base.origin import API, BEHIND, IMPORT, PAGE
from apps.base.templatetags import baton
from apps.conversations.history import Change, Step
from apps.customers import codes
from apps.customers.models import in_words

EVENTS = {
    "comment.changed": gettext_lazy("コメントを直した"),
    "comment.restored": gettext_lazy("コメントを元に戻した"),
    "comment.taken_back": gettext_lazy("コメントを取り消した"),
    "comment.written": gettext_lazy("コメントを書いた"),
    "company.added": gettext_lazy("顧客を加えた"),
    "company.changed": gettext_lazy("顧客を変更した"),
    "company.merged": gettext_lazy("ほかの顧客を統合した"),
    "company.restored": gettext_lazy("ごみ箱から戻した"),
    "company.unmerged": gettext_lazy("統合を戻した"),
    "company.trashed": gettext_lazy("ごみ箱へ移した"),
    "contact.added": gettext_lazy("担当者を加えた"),
    "contact.changed": gettext_lazy("担当者を変更した"),
    "contact.influence_linked": gettext_lazy("影響する人を加えた"),
    "contact.influence_unlinked": gettext_lazy("影響する人を外した"),
    "contact.merged": gettext_lazy("ほかの担当者を統合した"),
    "contact.restored": gettext_lazy("ごみ箱から戻した"),
    "contact.unmerged": gettext_lazy("統合を戻した"),
    "contact.trashed": gettext_lazy("ごみ箱へ移した"),
    "daily.reacted": gettext_lazy("反応した"),
    "daily.reaction_changed": gettext_lazy("反応を変えた"),
    "daily.reaction_taken_back": gettext_lazy("反応を取り消した"),
    "daily.read": gettext_lazy("日報を読んだ"),
    "daily.revised": gettext_lazy("日報を直した"),
    "daily.sent": gettext_lazy("日報を送った"),
    "company.put_off": gettext_lazy("今日のページで明日にした"),
    "company.taken_up_again": gettext_lazy("明日にしたのを今日に戻した"),
    "deal.put_off": gettext_lazy("今日のページで明日にした"),
    "deal.taken_up_again": gettext_lazy("明日にしたのを今日に戻した"),
    "deal.change_taken_back": gettext_lazy("直前の変更を取り消した"),
    "deal.changed": gettext_lazy("案件を変更した"),
    "deal.end_struck_out": gettext_lazy("受注・ボツを記録の誤りとして消した"),
    "deal.history_loaded": gettext_lazy("過去の変化を書き入れた"),
    "deal.lost": gettext_lazy("ボツにした"),
    "deal.opened": gettext_lazy("案件を作った"),
    "deal.order_corrected": gettext_lazy("受注の内容を訂正した"),
    "deal.order_cancelled": gettext_lazy("受注を取り消した"),
    "deal.restored": gettext_lazy("ごみ箱から戻した"),
    "deal.revived": gettext_lazy("案件を復活した"),
    "deal.trashed": gettext_lazy("ごみ箱へ移した"),
    "deal.won": gettext_lazy("受注にした"),
    "file.attached": gettext_lazy("ファイルを付けた"),
    "file.deleted": gettext_lazy("外したファイルを完全に消した"),
    "file.removed": gettext_lazy("ファイルを外した"),
    "file.restored": gettext_lazy("ファイルを戻した"),
    "follow.changed": gettext_lazy("フォローを変更した"),
    "follow.recorded": gettext_lazy("フォローを記録した"),
    "line.captured": gettext_lazy("ひとことで記録した"),
    "line.taken_back": gettext_lazy("ひとことの記録を元に戻した"),
    "line.laid_up": gettext_lazy("つながらない所で書いた行を預けた"),
    "line.taken_into_report": gettext_lazy("確かめる行を外出後報告に入れた"),
    "line.thrown_away": gettext_lazy("確かめる行を捨てた"),
    "line.brought_back": gettext_lazy("捨てた行を戻した"),
    "follow.restored": gettext_lazy("ごみ箱から戻した"),
    "follow.trashed": gettext_lazy("ごみ箱へ移した"),
    "list.added": gettext_lazy("リストを作った"),
    "list.changed": gettext_lazy("リストを変更した"),
    "list.company_put": gettext_lazy("会社を載せた"),
    "list.company_put_back": gettext_lazy("外した会社を戻した"),
    "list.company_taken_off": gettext_lazy("会社を外した"),
    "list.exported": gettext_lazy("ファイルに書き出した"),
    "list.restored": gettext_lazy("ごみ箱から戻した"),
    "list.trashed": gettext_lazy("ごみ箱へ移した"),
    "visit.changed": gettext_lazy("訪問を変更した"),
    "visit.planned": gettext_lazy("訪問を予定した"),
    "visit.prepared": gettext_lazy("外出前報告を書いた"),
    "visit.recorded": gettext_lazy("訪問を記録した"),
    "visit.reported": gettext_lazy("外出後報告を書いた"),
    "visit.report_withdrawn": gettext_lazy("外出後報告を元に戻した"),
    "visit.restored": gettext_lazy("ごみ箱から戻した"),
    "visit.trashed": gettext_lazy("ごみ箱へ移した"),
}
DOORS = {
    PAGE: gettext_lazy("画面"),
    API: gettext_lazy("API"),
    IMPORT: gettext_lazy("取り込み"),
    BEHIND: gettext_lazy("自動"),
}
LONGEST = 500
"""Signs of a value that are told; the record itself shows all."""


@dataclass(frozen=True)
class Line:
    label: str
    was: str
    now: str


@dataclass(frozen=True)
class Told:
    """A step in words. `about`: what it was done with, `reason`: why, in the words of who did it."""

    at: datetime
    what: str
    who: str
    door: str
    about: str
    reason: str
    since: datetime | None
    lines: list[Line]


def told(steps: Iterable[Step]) -> list[Told]:
    steps = list(steps)
    names = _names(change for step in steps for change in step.changes)
    return [_told(step, names) for step in steps]


def _told(step: Step, names: Mapping[Any, str]) -> Told:
    events = list(dict.fromkeys(EVENTS.get(entry.event, gettext_lazy("変更した")) for entry in step.entries))
    details: dict[str, Any] = {}
    for entry in step.entries:
        details |= entry.details
    who = step.entries[0] if step.entries else None
    return Told(
        at=step.at,
        what=_("・").join(str(event) for event in events) or _("ほかの記録とともに変わった"),
        who=who.actor_name if who else "",
        door=str(DOORS.get(who.door, "")) if who else "",
        about=_about(details),
        reason=str(details.get("reason") or ""),
        since=_since(details.get("moment"), step.at),
        lines=[line for change in step.changes if (line := _line(change, names))],
    )


def _about(details: Mapping[str, Any]) -> str:
    """The other of two that became one, the company that was put on a list, the file that was attached."""
    other = details.get("other") or details.get("company")
    return str(other.get("name", "") if isinstance(other, dict) else details.get("file") or "")


def _since(noted: Any, at: datetime) -> datetime | None:
    """From when on it is true, where that is another day than it was recorded on."""
    try:
        since = datetime.fromisoformat(noted)
    except (TypeError, ValueError):
        return None
    return since if abs(at - since).total_seconds() > 60 else None


def _names(changes: Iterable[Change]) -> dict[Any, str]:
    """What the rows are called to which the changes refer."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for change in changes:
        if change.field.related_model:
            wanted[change.field.related_model] |= {change.was, change.now} - {None, ""}
    return {
        (model, str(pk)): str(row)
        for model, ids in wanted.items()
        for pk, row in model._base_manager.in_bulk(ids).items()
    }


def _line(change: Change, names: Mapping[Any, str]) -> Line | None:
    was, now = (_said(change.field, value, names) for value in (change.was, change.now))
    return None if was == now else Line(_label(change.field), was, now)


def _label(field: Any) -> str:
    own = {
        "deal.outcome": _("状態"),
        "expectedissue.turnout": _("想定した課題の結果"),
        "expectedissue.kind": _("想定した課題の種類"),
    }
    return own.get(f"{field.model._meta.model_name}.{field.name}") or str(field.verbose_name)


def _said(field: Any, value: Any, names: Mapping[Any, str]) -> str:
    if value in (None, "", []):
        return ""
    if field.related_model:
        return names.get((field.related_model, str(value)), "")
    if field.name in _CODES:
        return str(_CODES[field.name](value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, Month):
        return baton.month(value)
    if isinstance(value, datetime):
        return baton.timed(value)
    if isinstance(value, date):
        return baton.dated(value)
    if isinstance(value, int):
        return baton.yen(value) if field.name == "amount" else baton.count(value)
    said = str(value)
    return said if len(said) <= LONGEST else said[:LONGEST] + "…"


_CODES = {
    "industry": lambda code: str(codes.INDUSTRIES[code]) if code in codes.INDUSTRIES else code,
    "area": codes.area_name,
    "busy_months": in_words,
    "buying_months": in_words,
}
