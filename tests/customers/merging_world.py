"""A small tenant in which anything may happen, and what must be true of it whatever happened."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.activities import operations as activities
from apps.activities.models import Follow, Visit
from apps.base.month import Month
from apps.base.refusal import Refused
from apps.customers import operations, queries
from apps.customers.models import Company, Contact, ListEntry, Merge, TargetList
from apps.deals import operations as deals
from apps.deals.models import Deal, DealChange, DealState, Milestone
from apps.deals.vocabulary import LostKind
from apps.reviews import queries as reviews
from apps.reviews.scope import Scope
from tests import factories

TOKYO = ZoneInfo("Asia/Tokyo")
LINKED = [Contact, Deal, DealChange, DealState, Milestone, Follow, Visit, Visit.contacts.through, ListEntry]
KEPT = [Contact, Deal, DealChange, Follow, Visit, Company, TargetList, Merge]
"""Of these no row ever goes."""
COUNTS_ITS_WRITES = {"version", "changed_at"}


def deed() -> dict[str, Any]:
    return {"by": SYSTEM, "at": timezone.now()}


def rows(model: type[models.Model]) -> Counter:
    """Every row of the table; those of folded tables without the ids that each folding gives anew."""
    left_out = {"id"} if model in (DealState, Milestone) else set()
    if model in (Company, Contact):
        left_out |= COUNTS_ITS_WRITES
    return Counter(
        repr(sorted((name, value) for name, value in row.items() if name not in left_out))
        for row in model._base_manager.values()
    )


def everything() -> dict[str, Counter]:
    return {model.__name__: rows(model) for model in [Company, *LINKED]}


def history() -> dict[str, dict[int, str]]:
    """Every version that the audit trail holds, by its number."""
    events = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return {
        model.__name__: {row["pgh_id"]: repr(sorted(row.items())) for row in model._base_manager.values()}
        for model in events
    }


class World:
    def __init__(self) -> None:
        self.rep = factories.make_user(Role.FIELD_SALES)
        self.today = timezone.localdate()
        self.companies = [factories.make_company(f"会社{n}", phone=f"0{n}") for n in range(3)]
        self.lists = [factories.make_list(self.rep) for _ in range(2)]
        self.home: dict[Any, Any] = {}
        """Of a row: the company for which it was recorded."""
        for company in list(self.companies):
            for _ in range(2):
                self._keep(factories.make_contact(company), company)
        for n, company in enumerate(
            self.companies
        ):  # on one list from different days: a merge has gaps to close
            on = self.today - timedelta(days=3 * n)
            entry = operations.put_on_list(self.lists[0], company=company, on=on, **deed())
            self._keep(entry, company)

    @cached_property
    def _reason(self):
        return deals.unknown_reason()

    def _keep(self, record: Any, company: Company) -> Any:
        self.home[record.pk] = company.pk
        return record

    # ── what may happen: each takes a number with which it chooses ─────────────────────────────────

    def do(self, verb: str, number: int) -> None:
        try:
            getattr(self, verb)(number)
        except Refused:
            pass  # a rule said no, which is a thing that may happen, too

    def _one(self, found: models.QuerySet | list, number: int) -> Any:
        found = list(found)
        if not found:
            raise Refused("nothing there")
        return found[number % len(found)]

    def _company(self, number: int) -> Company:
        return self._one(Company.objects.kept().order_by("pk"), number)

    def contact(self, number: int) -> None:
        company = self._company(number)
        self._keep(factories.make_contact(company), company)

    def deal(self, number: int) -> None:
        company = self._company(number)
        facts = {"plan": "基本", "amount": 10_000 * (number % 90 + 1), "expected_month": Month.of(self.today)}
        self._keep(factories.make_deal(self.rep, company=company, **facts), company)

    def learn(self, number: int) -> None:
        deal = self._one(Deal.objects.kept().order_by("pk"), number)
        deals.change_deal(deal, amount=10_000 * (number % 70 + 1), **deed())

    def close(self, number: int) -> None:
        deal = self._one(Deal.objects.kept().order_by("pk"), number)
        if not deal.is_open:
            deals.reopen(deal, reason="", **deed())
        elif number % 2:
            deals.win(deal, on=self.today, amount=50_000, **deed())
        else:
            deals.lose(deal, on=self.today, kind=LostKind.NEVER, reason=self._reason, **deed())

    def follow(self, number: int) -> None:
        company = self._company(number)
        deal = self._perhaps(Deal.objects.kept().filter(company=company), number // 3)
        contact = self._perhaps(queries.contacts(company=company), number // 7)
        self._keep(factories.make_follow(self.rep, company=company, deal=deal, contact=contact), company)

    def visit(self, number: int) -> None:
        company = self._company(number)
        deal = self._perhaps(Deal.objects.kept().filter(company=company), number // 3)
        there = list(queries.contacts(company=company).order_by("pk"))
        visit = factories.make_visit(
            self.rep, company=company, deal=deal, contacts=there[: number % 3], status="done"
        )
        self._keep(visit, company)

    def _perhaps(self, found: models.QuerySet, number: int) -> Any:
        there = [None, *found.order_by("pk")]
        return there[number % len(there)]

    def put(self, number: int) -> None:
        company = self._company(number)
        on = self.today - timedelta(days=number % 9)
        entry = operations.put_on_list(self._one(self.lists, number // 5), company=company, on=on, **deed())
        self._keep(entry, company)

    def take_off(self, number: int) -> None:
        entry = self._one(ListEntry.objects.filter(company__merged_into=None).order_by("pk"), number)
        operations.take_off_list(entry, on=self.today - timedelta(days=number % 4), **deed())

    def edit(self, number: int) -> None:
        operations.change_company(self._company(number), phone=f"03-{number % 5}", note=f"{number}", **deed())

    def trash(self, number: int) -> None:
        kinds = {Contact: operations.trash_contact, Deal: deals.trash_deal, Company: operations.trash_company}
        kinds[TargetList] = operations.trash_list
        kinds |= dict.fromkeys((Follow, Visit), activities.trash_activity)
        kind = self._one(list(kinds), number)
        kinds[kind](self._one(kind.objects.kept().order_by("pk"), number // 5), **deed())

    def restore(self, number: int) -> None:
        kinds = {
            Contact: operations.restore_contact,
            Deal: deals.restore_deal,
            Company: operations.restore_company,
            TargetList: operations.restore_list,
        }
        kinds |= dict.fromkeys((Follow, Visit), activities.restore_activity)
        kind = self._one(list(kinds), number)
        there = kind.objects.filter(trashed_at__isnull=False).order_by("pk")
        kinds[kind](self._one(there, number // 5), **deed())

    def merge(self, number: int) -> None:
        survivor, other = self._company(number), self._company(number // 4)
        phone = (survivor if number % 2 else other).phone
        operations.merge(survivor, other=other, phone=phone, note=other.note, **deed())

    def merge_people(self, number: int) -> None:
        survivor = self._one(queries.contacts().order_by("pk"), number)
        other = self._one(queries.contacts(company=survivor.company).order_by("pk"), number // 4)
        operations.merge(survivor, other=other, **deed())

    def part(self, number: int) -> None:
        operations.unmerge(self._one(Merge.objects.filter(undone_at=None).order_by("pk"), number), **deed())

    def part_all(self) -> None:
        """Latest first, out of the trash where one lies there."""
        for merge in Merge.objects.filter(undone_at=None).order_by("-pk"):
            kind = queries.kind_of(merge)
            kind.objects.filter(pk=merge.survivor_id, merged_into=None).update(trashed_at=None)
            operations.unmerge(merge, **deed())

    # ── what must be true ──────────────────────────────────────────────────────────────────────────

    def figures(self) -> list[tuple]:
        """The rep's table to the last digit; a name by its deal, since its company may go by another name now."""
        month = Month.of(self.today)
        board = reviews.board(Scope(rep=self.rep), months=[month], as_of=timezone.now(), zone=TOKYO)
        return [
            (line.row, [_nameless(value) for value in [*line.values, line.total, line.undated]])
            for line in board.lines
        ]

    def standing(self) -> dict[tuple, set]:
        """Which companies, each by its survivor, stand on each list on each day."""
        return {
            (target.pk, day): {
                queries.survivor_of(entry.company).pk
                for entry in ListEntry.objects.on(day).filter(list=target).select_related("company")
            }
            for target in self.lists
            for day in self._days()
        }

    def _days(self) -> list[date]:
        return [self.today - timedelta(days=n) for n in range(10)]


def _nameless(value: Any) -> Any:
    return sorted((name.deal, name.amount) for name in value) if isinstance(value, list) else value
