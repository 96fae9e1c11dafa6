"""What an undo leaves, told to people: which records, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.base.models import Versioned
from apps.integrations.imports.leaning import tables
from apps.integrations.models import Import, LedgerLine
from apps.journal.models import Entry


@dataclass(frozen=True)
class Kept:
    """A record that stays, and why."""

    record: Any
    name: str
    why: str


def kept(import_: Import, *, at_most: int = 100) -> list[Kept]:
    """The first records that stay, in the order of their names; parts that stay with their whole are not named."""
    ours = {name: model for name, model in tables().items() if issubclass(model, Versioned)}
    lines = LedgerLine.objects.filter(import_of=import_, table__in=ours).exclude(kept__in=["", "whole"])
    lines = list(lines.order_by("table", "pk")[:at_most])
    whose = _last_hands([UUID(line.record) for line in lines])
    told = []
    for table in sorted({line.table for line in lines}):
        of_table = {UUID(line.record): line for line in lines if line.table == table}
        for record in ours[table]._base_manager.select_related().filter(pk__in=of_table):
            told.append(Kept(record, str(record), _why(of_table[record.pk], whose.get(record.pk, "—"))))
    return sorted(told, key=lambda one: one.name)


def _last_hands(records: list[UUID]) -> dict[UUID, str]:
    """Who did something last to each of these records."""
    entries = Entry.objects.filter(subject_id__in=records).exclude(actor_name="")
    return dict(
        entries.order_by("subject_id", "-pk").distinct("subject_id").values_list("subject_id", "actor_name")
    )


def _why(line: LedgerLine, who: str) -> str:
    if line.kept in ("changed", "part"):
        return _("%(who)sさんが取り込みのあとに変更しました") % {"who": who}
    return _("%(what)sがあります") % {"what": _called(line.kept)}


def _called(table: str) -> str:
    words = {
        "deals_deal": pgettext("one", "案件"),
        "activities_follow": pgettext("one", "フォロー"),
        "activities_visit": _("訪問"),
        "customers_contact": pgettext("one", "担当者"),
        "customers_company": pgettext("one", "顧客"),
        "customers_listentry": _("リスト"),
        "conversations_comment": _("コメント"),
        "conversations_attachment": _("添付ファイル"),
    }
    return words.get(table, _("ほかの記録"))
