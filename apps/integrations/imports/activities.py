"""Follows and visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.models import User
from apps.activities import operations
from apps.activities.models import Follow, Visit
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome, VisitKind, VisitStatus
from apps.deals.models import Deal
from apps.integrations.imports.customers import OfCompany, numbered
from apps.integrations.imports.fields import (
    CountField,
    MomentField,
    NamesField,
    WordField,
    reference,
    text,
)
from apps.integrations.imports.finding import Unknown
from apps.integrations.imports.kinds import Fate, Row, differing, each

_ALIASES = {
    "会社名": "company",
    "顧客名": "company",
    "取引先名": "company",
    "Organization": "company",
    "担当者名": "owner",
    "Owner": "owner",
    "Activity - Assigned to user": "owner",
    "Activity - Pipedrive System ID": "external_id",
    "Record ID": "external_id",
}


class Activities(OfCompany):
    """What follows and visits share: a company, also as that of the deal named, and whoever did it."""

    related: ClassVar[tuple[str, ...]] = ("company", "deal", "owner")
    one_of = (("company", "company_id", "deal"),)

    def shared(self) -> dict[str, forms.Field]:
        return {
            "external_id": numbered(),
            **self.company_fields(),
            "deal": reference(pgettext_lazy("one", "案件")),
            "owner": reference(gettext_lazy("担当")),
        }

    def resolve(self, rows: Sequence[Row]) -> None:
        deals = self.find.deals(row.facts["deal"] for row in rows if "deal" in row.facts)

        def put(row: Row) -> None:
            if number := row.facts.get("deal"):
                row.facts["deal"] = self._deal(number, deals)
            name = row.facts.pop("owner", None)
            owner = self.find.somebody(name, asks=self.asks) if name else None
            if owner:
                row.facts["owner"] = owner
            else:
                row.remarks.append(("no_owner", name or ""))

        each(rows, put)
        super().resolve(rows)
        each(rows, self.meet)

    def _deal(self, number: str, deals: Mapping[str, Deal]) -> Deal:
        if number not in deals:
            raise Unknown(
                _("番号「%(number)s」の案件が見つかりません。先に案件を取り込んでください。")
                % {"number": number},
                field="deal",
            )
        return deals[number]

    def without_company(self, row: Row) -> None:
        if "deal" not in row.facts:
            super().without_company(row)
        else:
            row.facts["company"] = row.facts["deal"].company

    def meet(self, row: Row) -> None:
        """Put people in the place of their names."""


class Follows(Activities):
    """Two equal rows without a number are two follows: two calls on one day are no mistake."""

    label = pgettext_lazy("one", "フォロー")
    model = Follow
    related = (*Activities.related, "contact")
    identity = ("company", "company_id", "deal", "contact", "owner", "kind", "direction", "happened_at")
    repeats = True
    aliases = _ALIASES | {"日付": "happened_at", "活動日": "happened_at", "メモ": "body", "備考": "body"}

    def asked(self) -> dict[str, forms.Field]:
        return self.shared() | {
            "contact": reference(pgettext_lazy("one", "担当者")),
            "kind": WordField(FollowKind, label=gettext_lazy("種類"), required=True),
            "direction": WordField(Direction, label=gettext_lazy("向き")),
            "outcome": WordField(FollowOutcome, label=gettext_lazy("結果"), required=True),
            "talk_seconds": CountField(label=gettext_lazy("通話時間"), required=False),
            "body": text(Follow, "body"),
            "happened_at": MomentField(label=gettext_lazy("日時"), required=True, **self.past),
        }

    def meet(self, row: Row) -> None:
        if name := row.facts.get("contact"):
            row.facts["contact"] = self.find.contact(name, row.facts["company"])

    def add(self, rows: Sequence[Row]) -> None:
        follows = [{"owner": None} | self.named(row) for row in rows]
        operations.record_follows(follows=follows, by=self.by, at=self.at)

    def change(self, record: Follow, facts: dict[str, Any]) -> None:
        operations.change_follow(record, by=self.by, at=self.at, **facts)


class Visits(Activities):
    """A visit without a status is done if it has begun, else planned."""

    label = gettext_lazy("訪問")
    model = Visit
    identity = ("company", "company_id", "deal", "owner", "starts_at")
    aliases = _ALIASES | {"日時": "starts_at", "訪問日": "starts_at", "Start": "starts_at", "End": "ends_at"}

    def asked(self) -> dict[str, forms.Field]:
        return self.shared() | {
            "contacts": NamesField(label=gettext_lazy("会う人"), required=False),
            "companions": NamesField(label=gettext_lazy("同行者"), required=False),
            "kind": WordField(VisitKind, label=gettext_lazy("場所")),
            "status": WordField(VisitStatus, label=gettext_lazy("状態")),
            "starts_at": MomentField(label=gettext_lazy("開始"), required=True, **self.dated),
            "ends_at": MomentField(label=gettext_lazy("終了"), **self.dated),
        }

    def meet(self, row: Row) -> None:
        facts = row.facts
        facts["contacts"] = [self.find.contact(name, facts["company"]) for name in facts.get("contacts", ())]
        facts["companions"] = [self._companion(name) for name in facts.get("companions", ())]

    def _companion(self, name: str) -> User:
        person = self.find.person(name)
        if person is None:
            raise Unknown(
                _("同行者「%(name)s」が利用者の中に見つかりません。") % {"name": name}, field="companions"
            )
        return person

    def add(self, rows: Sequence[Row]) -> None:
        visits = [{"owner": None, "status": self._status(row)} | self.named(row) for row in rows]
        operations.load_visits(visits=visits, by=self.by, at=self.at)

    def _status(self, row: Row) -> VisitStatus:
        return VisitStatus.DONE if row.facts["starts_at"] <= self.at else VisitStatus.PLANNED

    def compare(self, record: Visit, row: Row) -> None:
        """Who else was there is compared only where the file says so; a rep is no companion of their own."""
        met = {name: row.facts.pop(name) for name in ("contacts", "companions")}
        facts = differing(record, row.facts)
        for name, people in met.items():
            others = {person.pk for person in people if person.pk != record.owner_id}
            if others and others != {person.pk for person in getattr(record, name).all()}:
                facts[name] = people
        if facts:
            self.change(record, facts)
        row.fate = Fate.CHANGED if facts else Fate.SAME

    def change(self, record: Visit, facts: dict[str, Any]) -> None:
        operations.change_visit(record, by=self.by, at=self.at, **facts)
