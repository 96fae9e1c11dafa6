"""Layouts of other systems' exports: a TOML file each, recognised by the header that they come with."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from apps.integrations.imports import mapping as mappings
from apps.integrations.imports.mapping import Mapping

_OF_A_PRESET = {"name", "header", "leave", "width", "shape"}


@dataclass(frozen=True)
class Preset:
    """`header`: words that all stand in the first line; or `width` and `shape`: columns, and what stands in some."""

    name: str
    header: Sequence[str]
    leave: frozenset[str]
    """Columns that look like something of ours, and are not."""
    width: int
    shape: Map[int, str]
    kinds: Map[str, Mapping]
    """What the file may be imported as, the likeliest first."""

    def knows(self, header: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
        if self.header:
            words = {as_heading(word) for word in header}
            return all(as_heading(word) in words for word in self.header)
        lines = [line for line in (header, *sample) if any(line)]
        return bool(lines) and all(self._fits(line) for line in lines)

    def _fits(self, line: Sequence[str]) -> bool:
        return len(line) == self.width and all(
            re.fullmatch(shape, line[column - 1]) for column, shape in self.shape.items()
        )


def as_heading(word: str) -> str:
    """A header without the mark that says that a column must be filled."""
    return re.sub(r"[**]$", "", word.strip()) or word.strip()


def recognised(header: Sequence[str], sample: Sequence[Sequence[str]]) -> Preset | None:
    """The preset whose words the file has; of several the one that asks for most."""
    known = [preset for preset in presets() if preset.knows(header, sample)]
    return max(known, key=lambda preset: len(preset.header), default=None)


@cache
def presets() -> list[Preset]:
    return [_read(path) for path in sorted(Path(__file__).parent.glob("*.toml"))]


def _read(path: Path) -> Preset:
    said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Preset(
        name=said["name"],
        header=said.get("header", []),
        leave=frozenset(as_heading(word) for word in said.get("leave", [])),
        width=said.get("width", 0),
        shape={int(column): shape for column, shape in said.get("shape", {}).items()},
        kinds={kind: mappings.made(said[kind]) for kind in said if kind not in _OF_A_PRESET},
    )
