"""Deals, and what changed in them when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.base.forms import TidyCharField
from apps.deals import operations
from apps.deals.models import Deal, LostReason
from apps.deals.vocabulary import BuyerStage, LostKind, Outcome, Rank
from apps.integrations.imports.customers import OfCompany, numbered
from apps.integrations.imports.fields import (
    AmountField,
    DayField,
    MonthField,
    WhenField,
    WordField,
    reference,
    text,
)
from apps.integrations.imports.finding import NOBODYS_COMPANY, Unknown
from apps.integrations.imports.kinds import Fate, Row, differing, each
from apps.integrations.vocabulary import Same

OUTCOMES = {
    "Closed Won": "won",
    "Closed Lost": "lost",
    "失注": "lost",
    "見込み": "open",
    "話題": "open",
    "商談": "open",
    "prospect": "open",
    "topic": "open",
    "deal": "open",
}
_PLAIN = (
    "company", "owner", "name", "plan", "amount", "expected_month", "rank", "next_action", "next_action_on",
    "buyer_stage",
)  # fmt: skip


def deal_fields(formats: Sequence[str]) -> dict[str, forms.Field]:
    """What may be known of a deal at any moment, in a file of deals or of their history."""
    return {
        "owner": reference(gettext_lazy("担当")),
        "name": text(Deal, "name"),
        "plan": text(Deal, "plan"),
        "amount": AmountField(label=gettext_lazy("価格"), required=False),
        "expected_month": MonthField(label=gettext_lazy("時期"), formats=formats),
        "rank": WordField(Rank, label=gettext_lazy("ランク"), also={"○": "sure"}),
        "next_action": text(Deal, "next_action"),
        "next_action_on": DayField(label=gettext_lazy("次の一手の日"), formats=formats),
        "buyer_stage": WordField(BuyerStage, label=gettext_lazy("買い手の段階")),
        "outcome": WordField(Outcome, label=gettext_lazy("結果"), also=OUTCOMES),
        "lost_kind": WordField(LostKind, label=gettext_lazy("ボツの種類")),
        "lost_reason": reference(pgettext_lazy("one", "ボツの理由")),
        "comes_back_on": DayField(label=gettext_lazy("戻ってくる日"), formats=formats),
    }


class Deals(OfCompany):
    """A deal that Baton knows follows the file, but what was closed here is never reopened by a file."""

    label = pgettext_lazy("one", "案件")
    model = Deal
    meets = True
    related = ("company", "owner")
    identity: ClassVar[tuple[str, ...]] = ("company", "company_id", "name", "plan", "owner", "opened")
    aliases = {
        "opened_at": "opened",
        "closed_at": "closed",
        "Deal Name": "name",
        "Deal - Title": "name",
        "Opportunity Name": "name",
        "商談名": "name",
        "Deal - Value": "amount",
        "Total Amount": "amount",
        "金額": "amount",
        "取引先名": "company",
        "会社名": "company",
        "顧客名": "company",
        "Account Name": "company",
        "Organization": "company",
        "Deal owner": "owner",
        "Deal - Owner": "owner",
        "Opportunity Owner": "owner",
        "商談 所有者": "owner",
        "担当者": "owner",
        "Deal - Expected close date": "expected_month",
        "完了予定日": "expected_month",
        "次のステップ": "next_action",
        "Opportunity Next Steps": "next_action",
        "Create Date": "opened",
        "Deal - Creation date": "opened",
        "Deal - Closed on": "closed",
        "Deal - Status": "outcome",
        "状態": "outcome",
        "失注理由": "lost_reason",
        "Deal - Lost reason": "lost_reason",
        "Record ID": "external_id",
        "Deal - Pipedrive System ID": "external_id",
        "商品": "plan",
        "製品": "plan",
        "Product": "plan",
    }

    def asked(self) -> dict[str, forms.Field]:
        return {
            "external_id": numbered(),
            **self.company_fields(),
            **deal_fields(self.mapping.date_formats),
            "opened": WhenField(label=gettext_lazy("始まり"), **self.past),
            "closed": WhenField(label=gettext_lazy("終わり"), **self.past),
            "won_amount": AmountField(label=gettext_lazy("受注金額"), required=False),
        }

    def _clean(self, row: Row, said: dict[str, str]) -> None:
        """The end of an open deal is not looked at: other systems keep there when it is hoped for."""
        if "closed" in said and said.get("outcome"):
            try:
                ended = self.fields["outcome"].clean(said["outcome"]) != Outcome.OPEN
            except ValidationError:
                ended = True
            said = said if ended else {name: word for name, word in said.items() if name != "closed"}
        super()._clean(row, said)

    def check(self, row: Row) -> None:
        facts = row.facts
        outcome = facts.get("outcome", Outcome.OPEN)
        if outcome == Outcome.OPEN:
            facts.pop("closed", None)
        elif "closed" not in facts:
            row.refuse(_("終わりの日がありません。受注・ボツの案件には必要です。"), about="closed")
        elif "opened" in facts and _is_before(facts["closed"], facts["opened"]):
            row.refuse(_("終わりの日が始まりの日より前です。"), about="opened")

    def without_company(self, row: Row) -> None:
        row.facts["company"] = self.find.nobodys_company()
        row.remarks.append(("no_company", ""))

    def resolve(self, rows: Sequence[Row]) -> None:
        each(rows, self._owned)
        super().resolve(rows)
        each(rows, self._reasoned)

    def _owned(self, row: Row) -> None:
        if name := row.facts.pop("owner", None):
            if owner := self.find.somebody(name, asks=self.asks):
                row.facts["owner"] = owner
            else:
                row.remarks.append(("no_owner", name))
        else:
            row.remarks.append(("no_owner", ""))

    def _reasoned(self, row: Row) -> None:
        if row.facts.get("outcome") == Outcome.LOST:
            row.facts |= self.lost(row.facts, row)
        if row.facts.get("outcome") == Outcome.WON and not _order(row.facts):
            row.remarks.append(("no_amount", ""))

    def lost(self, facts: Mapping[str, Any], row: Row) -> dict[str, Any]:
        """Kind, reason and return date of a loss; one from elsewhere without a reason says so."""
        back = facts.get("comes_back_on")
        kind = facts.get("lost_kind") or (LostKind.NOT_NOW if back else LostKind.NEVER)
        if kind == LostKind.NOT_NOW and not back:
            kind = LostKind.NEVER
        reason = self._reason(facts["lost_reason"], row) if "lost_reason" in facts else self.find.no_reason
        return {
            "lost_kind": kind,
            "lost_reason": reason,
            "comes_back_on": back if kind == LostKind.NOT_NOW else None,
        }

    def _reason(self, label: str, row: Row) -> LostReason:
        if label not in self.find.reasons:
            row.remarks.append(("lost_reason", label))
        return self.find.reason(label)

    # ── new ────────────────────────────────────────────────────────────────────────────────────────

    def add(self, rows: Sequence[Row]) -> None:
        operations.load_deals(deals=[self._new(row) for row in rows], by=self.by, at=self.at)

    def _new(self, row: Row) -> operations.NewDeal:
        facts = row.facts
        first = {name: facts[name] for name in _PLAIN if name in facts and name not in ("company", "owner")}
        return operations.NewDeal(
            company=facts["company"],
            owner=facts.get("owner"),
            opened=facts.get("opened", facts.get("closed", self.at)),
            facts=first,
            later=[(facts["closed"], _closing(facts))] if "closed" in facts else (),
            source=self.source,
            external_id=row.key,
        )

    # ── known ──────────────────────────────────────────────────────────────────────────────────────

    def compare(self, record: Deal, row: Row) -> None:
        facts, outcome = row.facts, row.facts.get("outcome", Outcome.OPEN)
        if self.same == Same.UPDATE and record.outcome != Outcome.OPEN and not _same_end(record, facts):
            row.refuse(
                _("この案件は Baton では終了していて、結果がファイルと違います。画面で確かめてください。")
            )
            return
        new = self.admitted(record, self._new_facts(record, facts))
        if new:
            record = operations.change_deal(record, by=self.by, at=self.at, **new)
        closes = record.is_open and outcome != Outcome.OPEN and self.same == Same.UPDATE
        if closes:
            self._close(record, facts)
        row.fate = Fate.CHANGED if new or closes else Fate.SAME

    def _new_facts(self, deal: Deal, facts: Mapping[str, Any]) -> dict[str, Any]:
        told = {name: facts[name] for name in _PLAIN if name in facts}
        if facts.get("outcome") == Outcome.WON:
            told.pop("amount", None)  # the order's own is compared with the win
        if not all((told.get("plan") or deal.plan, told.get("amount") or deal.amount,
                    told.get("expected_month") or deal.expected_month)):  # fmt: skip
            told.pop("rank", None)  # only a 商談 has one
        if told["company"].name == NOBODYS_COMPANY:
            told.pop("company")  # the file names none: what stands here is better
        return differing(deal, told)

    def _close(self, deal: Deal, facts: Mapping[str, Any]) -> None:
        given = {"on": facts["closed"], "by": self.by, "at": self.at}
        if facts["outcome"] == Outcome.WON:
            operations.win(deal, amount=_order(facts), **given)
        else:
            operations.lose(
                deal,
                kind=facts["lost_kind"],
                reason=facts["lost_reason"],
                comes_back_on=facts["comes_back_on"],
                **given,
            )


def _is_before(end: datetime | date, start: datetime | date) -> bool:
    if isinstance(end, datetime) and isinstance(start, datetime):
        return end < start
    return _day(end) < _day(start)


def _day(when: datetime | date) -> date:
    return timezone.localdate(when) if isinstance(when, datetime) else when


def _order(facts: Mapping[str, Any]) -> int:
    return facts.get("won_amount", facts.get("amount", 0))


def _same_end(deal: Deal, facts: Mapping[str, Any]) -> bool:
    if deal.outcome != facts.get("outcome"):
        return False
    same_amount = deal.outcome != Outcome.WON or (deal.amount or 0) == _order(facts)
    return same_amount and deal.closed_at is not None and _day(deal.closed_at) == _day(facts["closed"])


def _closing(facts: Mapping[str, Any]) -> dict[str, Any]:
    if facts["outcome"] == Outcome.WON:
        return {"outcome": Outcome.WON, "amount": _order(facts)}
    return {name: facts[name] for name in ("outcome", "lost_kind", "lost_reason", "comes_back_on")}


class History(Deals):
    """Rows of (deal, moment, fields that changed): wide, or one property and its value a row."""

    label = gettext_lazy("案件の変化")
    repeats = True
    meets = False
    identity = ("deal", "at")
    aliases = {
        "案件の番号": "deal",
        "Deal ID": "deal",
        "Opportunity ID": "deal",
        "日時": "at",
        "timestamp": "at",
    }

    def asked(self) -> dict[str, forms.Field]:
        self.kept = deal_fields(self.mapping.date_formats)
        return {
            "deal": reference(pgettext_lazy("one", "案件"), required=True),
            "at": WhenField(label=gettext_lazy("いつから"), required=True, **self.past),
            "property": TidyCharField(label=gettext_lazy("変わった項目"), required=False),
            "value": TidyCharField(label=gettext_lazy("変わった後の値"), required=False),
            **self.kept,
        }

    def check(self, row: Row) -> None:
        said = row.facts.pop("property", None)
        value = row.facts.pop("value", "")
        if said is None:
            return
        name = self.mapping.properties.get(said, said)
        if name not in self.kept:
            row.fate = Fate.SKIPPED
            return
        value = str(self.mapping.values.get(name, {}).get(value, value))
        try:
            row.facts[name] = self.kept[name].clean(value)
        except ValidationError as error:
            row.refuse(f"{self.kept[name].label}: {error.messages[0]}", about="value")

    def resolve(self, rows: Sequence[Row]) -> None:
        known = self.find.deals(row.facts["deal"] for row in rows)

        def put(row: Row) -> None:
            number = row.facts["deal"]
            if number not in known:
                raise Unknown(
                    _("番号「%(number)s」の案件が見つかりません。先に案件を取り込んでください。")
                    % {"number": number},
                    field="deal",
                )
            row.facts["deal"] = known[number]
            if "owner" in row.facts:
                self._owned(row)
            if row.facts.get("outcome") == Outcome.LOST:
                row.facts |= self.lost(row.facts, row)

        each(rows, put)

    def take(self, rows: Sequence[Row]) -> None:
        self.resolve(rows)
        of_deal: dict[UUID, list[Row]] = defaultdict(list)
        for row in rows:
            if row.fate is None:
                of_deal[row.facts["deal"].pk].append(row)
        for several in of_deal.values():
            self._load(several)

    def _load(self, rows: list[Row]) -> None:
        deal = rows[0].facts["deal"]
        known = deal.changes.count()
        told = sorted(((self._when(row, deal), self._changed(row)) for row in rows), key=_in_time)
        deal = operations.load_history(deal, rows=told, by=self.by, at=self.at)
        new = deal.changes.count() - known
        for n, row in enumerate(rows):
            row.fate = Fate.ADDED if n < new else Fate.SAME

    def _when(self, row: Row, deal: Deal) -> datetime | date:
        """A change from before the deal began is true from its beginning."""
        when = row.facts["at"]
        if _is_before(when, deal.opened_at):
            row.remarks.append(("before_opening", ""))
            return deal.opened_at
        return when

    def _changed(self, row: Row) -> dict[str, Any]:
        return {name: value for name, value in row.facts.items() if name not in ("deal", "at")}


def _in_time(told: tuple[datetime | date, Any]) -> datetime:
    when = told[0]
    if isinstance(when, datetime):
        return when
    return datetime(when.year, when.month, when.day, tzinfo=timezone.get_current_timezone())
