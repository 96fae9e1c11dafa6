"""列の対応 as its page shows it: each column with its field, and whether its values can be read so."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.integrations.imports import layouts, wording
from apps.integrations.imports import mapping as mappings
from apps.integrations.imports.kinds import Kind
from apps.integrations.imports.reading import BadFile, Line
from apps.integrations.imports.working import kind_of
from apps.integrations.models import Import

OPEN, LEFT_OUT = "", "-"
PERSONS = ("owner", "rep")


@dataclass
class Column:
    """One column of the file; `field`: what it is taken for. `hint` says what cannot be read of it."""

    number: int
    header: str
    value: str
    field: str
    hint: str = ""

    @property
    def name(self) -> str:
        return f"column-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.field == OPEN

    @property
    def is_left_out(self) -> bool:
        return self.field == LEFT_OUT


class Columns:
    """A file's columns as a person has chosen them, or as they are proposed."""

    def __init__(self, import_: Import, chosen: Map[str, str] | None = None) -> None:
        self.import_ = import_
        self.kind: Kind = kind_of(import_)
        self.rows = layouts.rows_of(import_)
        self.columns = self._columns(chosen)
        self.kind.mapping = mappings.made(self.mapping)
        for column in self.columns:
            column.hint = self._hint(column)

    def _columns(self, chosen: Map[str, str] | None) -> list[Column]:
        header, first = layouts.header_of(self.import_), next(iter(self.rows), [])
        fields = {
            number: name
            for name, said in self.import_.mapping.get("columns", {}).items()
            for number in (said if isinstance(said, list) else [said])
        }
        fields = dict.fromkeys(self.import_.decided, LEFT_OUT) | fields
        columns = []
        for place in range(max(len(header), len(first))):
            word = header[place] if place < len(header) else ""
            column = Column(
                place + 1,
                word or _("%(number)d列目") % {"number": place + 1},
                first[place] if place < len(first) else "",
                fields.get(place + 1, OPEN),
            )
            if chosen is not None:
                said = chosen.get(column.name, OPEN)
                column.field = said if said in self.kind.fields or said == LEFT_OUT else OPEN
            columns.append(column)
        return columns

    @property
    def mapping(self) -> dict[str, Any]:
        """The import's tables with these columns; several for one field stay in the order that they had."""
        before = self.import_.mapping
        places: dict[str, list[int]] = {}
        for column in self.columns:
            if not column.is_open and not column.is_left_out:
                places.setdefault(column.field, []).append(column.number)
        columns: dict[str, Any] = {}
        for name, numbers in places.items():
            known = before.get("columns", {}).get(name)
            order = known if isinstance(known, list) and sorted(known) == numbers else numbers
            columns[name] = order if len(order) > 1 else order[0]
        join = {name: word for name, word in before.get("join", {}).items() if name in columns}
        return before | {"columns": columns, "join": join, "header": self.import_.header}

    @property
    def decided(self) -> list[int]:
        return [column.number for column in self.columns if column.is_left_out]

    @property
    def open(self) -> int:
        return sum(column.is_open for column in self.columns)

    @property
    def known(self) -> int:
        return len(self.columns) - self.open

    @property
    def missing(self) -> list[str]:
        """Fields that must come from somewhere and do not yet."""
        found = set(self.mapping["columns"]) | set(self.import_.mapping.get("defaults", {}))
        asked = [(name,) for name, field in self.kind.fields.items() if field.required]
        return [
            str(_("か")).join(str(self.kind.fields[name].label) for name in group)
            for group in (*asked, *self.kind.one_of)
            if not found & set(group)
        ]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(name, str(asked.label)) for name, asked in self.kind.fields.items()]

    def _hint(self, column: Column) -> str:
        """What of the first rows cannot be read as this field, in a few words."""
        if column.is_open or column.is_left_out:
            return ""
        words = self.kind.mapping.values.get(column.field, {})
        several = isinstance(self.mapping["columns"].get(column.field), list)
        values = {row[column.number - 1].strip() for row in self.rows if column.number <= len(row)} - {""}
        if several or "*" in words:
            return ""
        values = {value for value in values if value not in words}
        if column.field in PERSONS:
            strangers = sorted(value for value in values if self.kind.find.person(value) is None)
            return _("見つからない氏名 %(n)s名") % {"n": len(strangers)} if strangers else ""
        unread = sorted(value for value in values if not _readable(self.kind.fields[column.field], value))
        if not unread:
            return ""
        return ngettext("「%(value)s」が読めません", "「%(value)s」など%(n)s個が読めません", len(unread)) % {
            "value": unread[0][:20],
            "n": len(unread),
        }

    def preview(self, place: int) -> dict[str, Any] | None:
        """One of the first rows as its record will look."""
        if not self.rows:
            return None
        place = max(0, min(place, len(self.rows) - 1))
        told: dict[str, Any] = {"place": place, "number": place + 1, "of": self.import_.rows}
        told |= {
            "before": place - 1 if place else None,
            "after": place + 1 if place + 1 < len(self.rows) else None,
        }
        try:
            bound = mappings.bind(self.kind.mapping, self.kind.fields, self.kind.aliases, self._first())
        except BadFile as bad:
            return told | {"reason": str(bad)}
        row = self.kind.clean(Line(place + 1, tuple(self.rows[place])), bound)
        return told | wording.shown(self.kind, row) | {"reason": row.reason, "fate": row.fate}

    def _first(self) -> Sequence[str]:
        return self.import_.sample[0]


def _readable(asked: Any, value: str) -> bool:
    try:
        asked.clean(value)
    except ValidationError:
        return False
    return True
