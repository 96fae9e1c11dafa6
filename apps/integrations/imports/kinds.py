"""What all kinds of import have in common: clean a row, find its record, add what is new, change what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from apps.accounts.models import SYSTEM, System, User
from apps.base.models import Versioned
from apps.base.refusal import Refused
from apps.integrations.imports.finding import Finder
from apps.integrations.imports.mapping import Bound, Mapping
from apps.integrations.imports.reading import Line
from apps.integrations.vocabulary import Same


class Fate(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass
class Row:
    """A line on its way in. `facts`: its field values; a field without a value in the file is not among them."""

    line: Line
    facts: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    fate: Fate | None = None
    reason: str = ""
    about: str = ""
    """The field that the reason is about, where it is one."""
    choices: list[tuple[str, str]] = field(default_factory=list)
    """What may be meant there: value and label."""
    said: dict[str, str] = field(default_factory=dict)
    """The fields' texts, in our words."""
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, reason: object, *, about: str | None = "") -> None:
        self.fate, self.reason = Fate.REFUSED, str(reason)
        self.about = about or getattr(reason, "field", None) or ""
        self.choices = list(getattr(reason, "choices", ()))

    def again(self) -> Row:
        """As it was before a batch that came to nothing."""
        return Row(self.line, dict(self.facts), self.key, said=self.said)


class Kind:
    """One kind of record and how it comes in. Subclasses say what it consists of and which operations it takes."""

    label: ClassVar[Any]
    model: ClassVar[type[Versioned]]
    related: ClassVar[tuple[str, ...]] = ()
    """What a record is read with to be compared."""
    aliases: ClassVar[dict[str, str]] = {}
    """How other systems call our fields."""
    identity: ClassVar[tuple[str, ...]] = ()
    """The fields that make a row without a number of its own known again."""
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of fields of which a row needs at least one, beside those that are required."""
    repeats: ClassVar[bool] = False
    """Whether equal rows without a number are several records, as two calls on one day are."""
    meets: ClassVar[bool] = False
    """Whether a person may choose what a row does to a record that is here already."""

    def __init__(
        self,
        mapping: Mapping,
        *,
        source: str,
        at: datetime,
        by: User | System = SYSTEM,
        same: Same | None = None,
    ) -> None:
        """`same`: chosen by a person who is there to be asked, so that doubts are refused instead of assumed."""
        self.mapping, self.source, self.at, self.by = mapping, source, at, by
        self.same = same or Same.UPDATE
        self.asks = same is not None
        self.dated: dict[str, Any] = {"formats": mapping.date_formats, "zone": mapping.zone}
        self.past = self.dated | {"past_of": at}
        self.find = Finder(source, at=at, by=by)
        self.fields = self.asked()

    def asked(self) -> dict[str, forms.Field]:
        """The fields that a file may fill."""
        raise NotImplementedError

    def clean(self, line: Line, bound: Bound, repair: Map[str, str] | None = None) -> Row:
        """The line with typed values, or refused with the first reason of each field. `repair`: texts put instead."""
        row = Row(line)
        if line.fault:
            row.refuse(line.fault)
        elif bound.skips_line(line.values):
            row.fate = Fate.SKIPPED
        else:
            row.said = bound.said(line.values) | dict(repair or {})
            self._clean(row, row.said)
        return row

    def _clean(self, row: Row, said: dict[str, str]) -> None:
        faults: dict[str, str] = {}
        for name, asked in self.fields.items():
            if name not in said:
                continue
            try:
                value = asked.clean(said[name])
            except ValidationError as error:
                faults[name] = f"{asked.label}: {error.messages[0]}"
            else:
                if value not in (None, "", []):
                    row.facts[name] = value
        if faults:
            row.refuse(" ".join(faults.values()), about=next(iter(faults)))
        else:
            self.check(row)

    def check(self, row: Row) -> None:
        """Refuse what cannot be, before anything is looked up."""

    def identify(self, row: Row) -> tuple[str, bool]:
        """What the row is known by within its source, and whether that is a number of its own."""
        if number := row.facts.get("external_id"):
            return number, True
        names = self.mapping.identity or self.told_apart_by(row)
        said = "\x1f".join(f"{name}={row.facts.get(name, '')}" for name in names)
        return f"digest:{hashlib.blake2b(said.encode(), digest_size=16).hexdigest()}", False

    def told_apart_by(self, row: Row) -> Sequence[str]:
        """The fields that tell this row from others where it has no number."""
        return self.identity

    # ── into the database ──────────────────────────────────────────────────────────────────────────

    def take(self, rows: Sequence[Row]) -> None:
        """Bring the rows in; each of them has its fate afterwards."""
        self.resolve(rows)
        rows = [row for row in rows if row.fate is None]
        present = self.present(rows)
        for row in rows:
            if row.fate is None and (record := present.get(row.key)) is not None:
                self.compare(record, row)
        new = [row for row in rows if row.fate is None]
        if new:
            self.add(new)
        for row in new:
            row.fate = row.fate or Fate.ADDED

    def resolve(self, rows: Sequence[Row]) -> None:
        """Put records in the place of what they are called; refuse rows whose records cannot be found."""

    def present(self, rows: Sequence[Row]) -> dict[str, Any]:
        """The records that stand for these rows already, by the rows' keys."""
        ours = self.model._default_manager.filter(source=self.source)
        known = ours.filter(external_id__in=[row.key for row in rows]).select_related(*self.related)
        return {record.external_id: record for record in known if record.external_id}

    def compare(self, record: Any, row: Row) -> None:
        """Change the record where the row says something else, as far as it may; of a merged one people decided."""
        merged = getattr(record, "merged_into_id", None)
        facts = {} if merged else self.admitted(record, differing(record, row.facts))
        if facts:
            self.change(record, facts)
        row.fate = Fate.CHANGED if facts else Fate.SAME

    def admitted(self, record: Any, facts: dict[str, Any]) -> dict[str, Any]:
        """Those of the facts that may be written to a record that is here already."""
        match self.same:
            case Same.LEAVE:
                return {}
            case Same.FILL:
                return {name: value for name, value in facts.items() if _is_empty(record, name)}
        return facts

    def add(self, rows: Sequence[Row]) -> None:
        raise NotImplementedError

    def change(self, record: Any, facts: dict[str, Any]) -> None:
        raise NotImplementedError

    def named(self, row: Row) -> dict[str, Any]:
        """The row's facts with where they come from."""
        return row.facts | {"source": self.source, "external_id": row.key}


def differing(record: models.Model, facts: dict[str, Any]) -> dict[str, Any]:
    """Those of the facts that the record does not have. What a file leaves empty is no fact."""
    return {
        name: value
        for name, value in facts.items()
        if name != "external_id" and getattr(record, name) != value
    }


def _is_empty(record: Any, name: str) -> bool:
    """Whether nobody has said anything there: no text, no number, or what a new record has."""
    present = getattr(record, name)
    return present in (None, "", [], "unknown")


def each(rows: Iterable[Row], deed: Callable[[Row], None]) -> None:
    """Do the deed to every row that is still on its way; a Refused refuses the row alone."""
    for row in rows:
        if row.fate is None:
            try:
                deed(row)
            except Refused as refusal:
                row.refuse(refusal)
