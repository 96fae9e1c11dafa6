"""What is proposed for a file's columns: a layout kept earlier, else a guess."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from apps.integrations.imports import guessing
from apps.integrations.imports.mapping import Mapping
from apps.integrations.imports.running import KINDS
from apps.integrations.models import Import, Layout
from apps.integrations.vocabulary import Same


@dataclass(frozen=True)
class Proposal:
    """`mapping`: as an import keeps it, columns by number; `decided`: columns left out; `layout`: whose name it is."""

    kind: str
    mapping: dict[str, Any]
    decided: list[int]
    same: Same
    layout: str = ""


def proposed(import_: Import, kind: str = "") -> Proposal:
    """The likeliest reading of the file, as the kind that a person chose or the likeliest one."""
    header = header_of(import_)
    kept = (
        Layout.objects.filter(header=header).order_by("-used_at") if import_.header else Layout.objects.none()
    )
    if layout := (kept.filter(kind=kind) if kind else kept).first():
        return Proposal(layout.kind, layout.mapping, layout.decided, Same(layout.same), layout.name)
    guess = guessing.guessed(header, rows_of(import_), kind or None)
    open_ = {column.number for column in guess.columns if column.open}
    tables = said(guess.mapping)
    tables["columns"] = {
        name: numbers
        for name, numbers in tables["columns"].items()
        if not open_ & set(numbers if isinstance(numbers, list) else [numbers])
    }
    left_out = [column.number for column in guess.columns if not column.fields and not column.open]
    same = Same.FILL if KINDS[guess.kind].meets else Same.UPDATE
    return Proposal(guess.kind, tables, left_out, same, guess.preset)


def header_of(import_: Import) -> list[str]:
    return list(import_.sample[0]) if import_.header and import_.sample else []


def rows_of(import_: Import) -> list[list[str]]:
    return import_.sample[1:] if import_.header else import_.sample


def said(mapping: Mapping) -> dict[str, Any]:
    """The mapping as tables, without what says nothing."""
    tables = {name: value for name, value in asdict(mapping).items() if value}
    if properties := tables.pop("properties", None):
        tables["property"] = properties
    return {"columns": {}} | tables | {"header": mapping.header}
