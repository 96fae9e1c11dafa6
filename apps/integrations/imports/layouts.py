"""What is proposed for a file's columns: a layout kept earlier, else a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from apps.integrations.imports import mapping as mappings
from apps.integrations.imports.mapping import Mapping
from apps.integrations.imports.running import KINDS
from apps.integrations.models import Import, Layout
from apps.integrations.vocabulary import Same

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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
    kind = kind or max(KINDS, key=lambda name: len(_by_words(name, header)))
    places = _by_words(kind, header)
    return Proposal(
        kind,
        said(Mapping(header=import_.header), {name: places[0] + 1 for name, places in places.items()}),
        [],
        Same.FILL if KINDS[kind].meets else Same.UPDATE,
    )


def header_of(import_: Import) -> list[str]:
    return list(import_.sample[0]) if import_.header and import_.sample else []


def rows_of(import_: Import) -> list[list[str]]:
    return import_.sample[1:] if import_.header else import_.sample


def said(mapping: Mapping, columns: dict[str, Any]) -> dict[str, Any]:
    """The mapping as tables, without what says nothing."""
    tables = {name: value for name, value in asdict(mapping).items() if value}
    if properties := tables.pop("properties", None):
        tables["property"] = properties
    return tables | {"header": mapping.header, "columns": columns}


def _by_words(kind: str, header: Sequence[str]) -> dict[str, list[int]]:
    taker = KINDS[kind](Mapping(), source="", at=_NEVER)
    return mappings.by_words(taker.fields, taker.aliases, header)
