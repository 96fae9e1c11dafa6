"""What points to a company or a contact: it follows when two become one, and goes back when they are taken apart.

Every foreign key to them is found by itself. An app whose rows need more than another id (a deal's changes are folded
anew, a list has no company twice) puts a `Follower` of its own in FOLLOWERS and names the columns it looks after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import pghistory.models
from django.db import IntegrityError, models, transaction

from apps.customers import rules
from apps.customers.models import Company, Contact, ListEntry, Merge

Party = Company | Contact


class Follower(Protocol):
    """Rows that follow. What `follow` returns is kept as JSON until `go_back` gets it again."""

    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> set[str]:
        """The foreign keys it looks after, as "customers.contact.company"."""

    def follow(self, merge: Merge, *, of: Party, to: Party) -> Any: ...
    def go_back(self, merge: Merge, kept: Any, *, of: Party, to: Party) -> int:
        """Point to `to` again; returns how many stay with `of` because of what was done since."""


FOLLOWERS: dict[type[Party], list[Follower]] = {Company: [], Contact: []}
"""In the order in which they follow and go back: lower apps first."""


@dataclass(frozen=True)
class Pointing:
    """The rows of a table that point to the record by one foreign key and need nothing but another id."""

    key: models.ForeignKey

    @property
    def name(self) -> str:
        return f"{self.key.model._meta.label_lower}.{self.key.name}"

    @property
    def columns(self) -> set[str]:
        return {self.name}

    @property
    def rows(self) -> models.QuerySet:
        return self.key.model._base_manager.all()

    def follow(self, merge: Merge, *, of: Party, to: Party) -> dict[str, list]:
        pointing = self.rows.filter(**{self.key.attname: of.pk})
        ids = list(pointing.values_list("pk", flat=True))
        try:
            with transaction.atomic():
                pointing.update(**{self.key.attname: to.pk})
            return {"moved": [str(pk) for pk in ids]} if ids else {}
        except IntegrityError:  # the survivor has its own such row: then one by one
            moved = [str(pk) for pk in ids if self._moves(pk, to)]
        return {"moved": moved, "doubled": self._take_out(of)}

    def _moves(self, pk: Any, to: Party) -> bool:
        try:
            with transaction.atomic():
                self.rows.filter(pk=pk).update(**{self.key.attname: to.pk})
        except IntegrityError:
            return False
        return True

    def _take_out(self, of: Party) -> list[dict[str, Any]]:
        """A row that only joins two records would show the merged one beside the survivor; others wait with it."""
        if not self.key.model._meta.auto_created:
            return []
        doubled = self.rows.filter(**{self.key.attname: of.pk})
        kept = [{name: str(value) for name, value in row.items()} for row in doubled.values()]
        doubled.delete()
        return kept

    def go_back(self, merge: Merge, kept: dict[str, list], *, of: Party, to: Party) -> int:
        moved = kept.get("moved", [])
        still = self.rows.filter(pk__in=moved, **{self.key.attname: of.pk})
        stay = len(moved) - still.update(**{self.key.attname: to.pk})
        for row in kept.get("doubled", []):
            others = {name: value for name, value in row.items() if name not in ("id", self.key.attname)}
            if self.rows.filter(**others, **{self.key.attname: of.pk}).exists():
                self.key.model(**row).save(force_insert=True)
            else:
                stay += 1
        return stay


class Standing:
    """List entries: where both stood on a list, the survivor stands there for as long as either did."""

    name = "customers.listentry.company"
    columns = frozenset({name})

    def follow(self, merge: Merge, *, of: Party, to: Party) -> dict[str, list]:
        moved, made = [], []
        for entry in ListEntry.objects.filter(company=of.pk).order_by("from_on"):
            there = _spans(ListEntry.objects.filter(list=entry.list_id, company=to.pk))
            gaps = rules.uncovered((entry.from_on, entry.removed_on), there)
            if gaps == [(entry.from_on, entry.removed_on)] or entry.from_on == entry.removed_on:
                ListEntry.objects.filter(pk=entry.pk).update(company=to.pk)
                moved.append(str(entry.pk))
                continue
            for from_on, removed_on in gaps:
                gap = ListEntry(list_id=entry.list_id, company_id=to.pk, from_on=from_on)
                gap.removed_on = removed_on
                gap.saved(at=merge.at)
                made.append([str(gap.pk), str(entry.pk)])
        return {"moved": moved, "made": made} if moved or made else {}

    def go_back(self, merge: Merge, kept: dict[str, list], *, of: Party, to: Party) -> int:
        """Where the survivor was taken off meanwhile, the other one's own entry ends on that day."""
        stay = 0
        for made, own in kept["made"]:
            gap = ListEntry.objects.get(pk=made)
            if gap.version > 1:
                stay += 1
                entry = ListEntry.objects.get(pk=own)
                entry.removed_on = gap.removed_on
                entry.saved(at=gap.changed_at)
            gap.delete()
        moved = ListEntry.objects.filter(pk__in=kept["moved"], company=of.pk)
        return stay + len(kept["moved"]) - moved.update(company=to.pk)


def _spans(entries: Iterable[ListEntry]) -> list[tuple[date, date | None]]:
    return [(entry.from_on, entry.removed_on) for entry in entries]


FOLLOWERS[Company].append(Standing())


def followers(kind: type[Party]) -> Iterator[Follower]:
    """Everything that points to records of this kind, but for their history: that stays what it was."""
    looked_after = set().union(*(follower.columns for follower in FOLLOWERS[kind]))
    for relation in kind._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or not relation.auto_created:
            continue
        key = relation.field
        pointing = Pointing(key)
        if issubclass(key.model, pghistory.models.Event) or key.model is kind:
            continue
        if pointing.name not in looked_after:
            yield pointing
    yield from FOLLOWERS[kind]


def facts_of(record: Party) -> list[models.Field]:
    """The fields about which the survivor may take the other's word."""
    own = {"source", "external_id", "company"}
    return [f for f in record._meta.concrete_fields if f.editable and not f.primary_key and f.name not in own]


def suggested(survivor: Party, other: Party) -> dict[str, Any]:
    """What of the other would be missing at the survivor: its words where the survivor has none."""
    found = {}
    for field in facts_of(survivor):
        mine, theirs = getattr(survivor, field.name), getattr(other, field.name)
        if theirs != mine and (mine in (None, "", []) or mine == field.get_default()):
            found[field.name] = theirs
    if "campaign" in found and survivor.lead_source_id not in (None, other.lead_source_id):
        del found["campaign"]  # it belongs to the other's source
    return found


def written(record: Party, name: str) -> str | None:
    """A field's value as text, from which `read` makes it again."""
    field = record._meta.get_field(name)
    return None if field.value_from_object(record) is None else field.value_to_string(record)


def all_written(record: Party) -> dict[str, str | None]:
    return {field.name: written(record, field.name) for field in facts_of(record)}


def read(record: Party, name: str, text: str | None) -> None:
    field = record._meta.get_field(name)
    setattr(record, field.attname, None if text is None else field.to_python(text))
