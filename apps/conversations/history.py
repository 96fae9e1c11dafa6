"""変更の履歴 — who did what to a record, when and by which door, and from which value to which.

The journal says who and why; the tables of versions say what. Both bear the number of their transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Model, Q, QuerySet

from apps.activities.models import DailyReport, ExpectedIssue, PostVisitReport, PreVisitReport
from apps.customers.models import Company, Contact, ListEntry, TargetList
from apps.deals.models import Deal
from apps.journal.models import Entry
from apps.journal.queries import entries_about

STEPS = 30

TRACKED: dict[str, tuple[tuple[type[Model], str], ...]] = {
    "company": ((Company, "pgh_obj_id"),),
    "contact": ((Contact, "pgh_obj_id"),),
    "list": ((TargetList, "pgh_obj_id"), (ListEntry, "list_id")),
    "deal": ((Deal, "pgh_obj_id"),),
    "daily": ((DailyReport, "pgh_obj_id"),),
    "visit": ((PreVisitReport, "visit_id"), (ExpectedIssue, "visit_id"), (PostVisitReport, "visit_id")),
}
"""The tables whose versions tell of a record, and the column that names it there."""

UNSAID = {"id", "version", "created_at", "changed_at", "trashed_at", "source", "external_id"} | {
    "search_key",
    "merged_into",
    "position",
    "author",
    "user",
    "day",
    "sent_at",
    "visit",
    "list",
}
"""Columns that say nothing to a reader, or what the page says anyway."""


@dataclass(frozen=True)
class Change:
    """One field of one row, before and after, as the database kept it."""

    field: Any
    was: Any
    now: Any


@dataclass(frozen=True)
class Step:
    """What one transaction did to the record."""

    transaction_id: int
    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    at: datetime


class NoSuchStep(ValueError):
    """The number after which one asks is none."""


def steps(record: Model, code: str, *, after: str = "", size: int = STEPS) -> tuple[list[Step], str]:
    """The record's latest steps, or those before `after`, and after which the next ones come."""
    journal = entries_about(record.pk)
    tables = [(kind.pgh_event_model, {column: record.pk}) for kind, column in TRACKED.get(code, ())]
    sources = [journal, *(table.objects.filter(**of) for table, of in tables)]
    numbers = sorted({n for rows in sources for n in _numbers(rows, after, size)}, reverse=True)
    shown = numbers[:size]
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in journal.filter(transaction_id__in=shown):
        entries[entry.transaction_id].append(entry)
    changes, moments = _changes(tables, shown)
    if not tables:
        changes = _told(record, journal, entries)
    told = [
        Step(
            number,
            tuple(reversed(entries[number])),
            tuple(changes[number]),
            entries[number][0].at if entries[number] else moments[number],
        )
        for number in shown
    ]
    return told, str(shown[-1]) if len(numbers) > size else ""


def _numbers(rows: QuerySet, after: str, size: int) -> Iterable[int]:
    """The numbers of the latest transactions that wrote these rows."""
    if after:
        if not after.isascii() or not after.isdigit() or len(after) > 18:
            raise NoSuchStep(after)
        rows = rows.filter(transaction_id__lt=int(after))
    found = rows.order_by("-transaction_id").values_list("transaction_id", flat=True)
    return found.distinct()[: size + 1]


def _changes(
    tables: Sequence[tuple[type[Model], Mapping[str, Any]]], shown: Sequence[int]
) -> tuple[dict[int, list[Change]], dict[int, datetime]]:
    """What each transaction changed in the rows, and when it was."""
    changes: dict[int, list[Change]] = defaultdict(list)
    moments: dict[int, datetime] = {}
    for table, of in tables:
        rows = list(table.objects.filter(transaction_id__in=shown, **of).order_by("pgh_id"))
        before = _before(table, rows)
        first: dict[tuple[Any, int], Model | None] = {}
        last: dict[tuple[Any, int], Model] = {}
        for row in rows:
            first.setdefault((row.pgh_obj_id, row.transaction_id), before.get(row.pgh_obj_id))
            before[row.pgh_obj_id] = last[row.pgh_obj_id, row.transaction_id] = row
            moments[row.transaction_id] = row.pgh_created_at
        for key, row in last.items():
            changes[key[1]] += _differing(table.pgh_tracked_model, first[key], row)
    return changes, moments


def _before(table: type[Model], rows: Sequence[Any]) -> dict[Any, Any]:
    """The version before the first of these, by row."""
    earliest: dict[Any, int] = {}
    for row in rows:
        earliest.setdefault(row.pgh_obj_id, row.pgh_id)
    if not earliest:
        return {}
    before = Q()
    for pk, number in earliest.items():
        before |= Q(pgh_obj_id=pk, pgh_id__lt=number)
    found = table.objects.filter(before).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return {row.pgh_obj_id: row for row in found}


def _differing(model: type[Model], before: Any, after: Any) -> list[Change]:
    told = []
    for field in model._meta.concrete_fields:
        if field.name in UNSAID or not hasattr(after, field.attname):
            continue
        was, now = getattr(before, field.attname, None), getattr(after, field.attname)
        if (was or None) != (now or None):
            told.append(Change(field, was, now))
    return told


def _told(
    record: Model, journal: QuerySet[Entry], shown: Mapping[int, list[Entry]]
) -> dict[int, list[Change]]:
    """Of records without versions the journal keeps what stood before; after it stood what the next one found."""
    changes: dict[int, list[Change]] = defaultdict(list)
    standing = {field.name: getattr(record, field.attname) for field in record._meta.concrete_fields}
    for entry in journal.filter(event__endswith=".changed").order_by("-id")[:500]:
        for field in record._meta.concrete_fields:
            if field.name not in entry.details or field.name in UNSAID:
                continue
            before = _as_kept(field, entry.details[field.name])
            if entry.transaction_id in shown:
                changes[entry.transaction_id].append(Change(field, before, standing[field.name]))
            standing[field.name] = before
    return changes


def _as_kept(field: Any, noted: Any) -> Any:
    """A value of the journal as its column holds it."""
    if isinstance(noted, dict):
        return noted.get("id")
    if isinstance(field, DateTimeField) and isinstance(noted, str):
        return field.to_python(noted)
    return noted
