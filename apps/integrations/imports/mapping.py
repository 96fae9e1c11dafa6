"""Which column is which field, and how its words are said here: a small TOML file, or the headers themselves."""

from __future__ import annotations

import re
import tomllib
import zoneinfo
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from apps.integrations.imports.fields import folded
from apps.integrations.imports.reading import BadFile

Column = str | int
"""A header, or the number of a column from 1."""

_SHAPES: dict[str, type] = {
    "source": str,
    "header": bool,
    "delimiter": str,
    "sheet": str,
    "time_zone": str,
    "date_formats": list,
    "identity": list,
    "columns": dict,
    "join": dict,
    "values": dict,
    "defaults": dict,
    "skip_if": dict,
    "property": dict,
}


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says. Without one: a header, whose words are known."""

    source: str = ""
    header: bool = True
    delimiter: str = ""
    sheet: str = ""
    time_zone: str = ""
    date_formats: Sequence[str] = ()
    identity: Sequence[str] = ()
    columns: Map[str, Column | list[Column]] = field(default_factory=dict)
    join: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, Any]] = field(default_factory=dict)
    defaults: Map[str, Any] = field(default_factory=dict)
    skip_if: Map[str, list[str]] = field(default_factory=dict)
    properties: Map[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else None


def read(path: Path) -> Mapping:
    """The mapping in the file. Raises BadFile."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(_("対応表を開けません: %(why)s") % {"why": error.strerror}) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFile(_("対応表を TOML として読めません: %(why)s") % {"why": error}) from error
    return made(said)


def made(said: Map[str, Any]) -> Mapping:
    """The mapping that these words make. Raises BadFile."""
    for name, value in said.items():
        if name not in _SHAPES or not isinstance(value, _SHAPES[name]):
            known = ", ".join(_SHAPES)
            raise BadFile(
                _("対応表の「%(name)s」がわかりません。書けるもの: %(known)s")
                % {"name": name, "known": known}
            )
    _check(said)
    plain = {name: value for name, value in said.items() if name != "property"}
    return Mapping(**plain, properties=said.get("property", {}))


def _check(said: Map[str, Any]) -> None:
    zone = said.get("time_zone")
    if zone and zone not in zoneinfo.available_timezones():
        raise BadFile(_("対応表の time_zone「%(zone)s」がわかりません。") % {"zone": zone})
    if len(said.get("delimiter", ",")) != 1:
        raise BadFile(_("対応表の delimiter は1文字にしてください。"))
    if not all(isinstance(words, dict) for words in said.get("values", {}).values()):
        raise BadFile(_("対応表の values は [values.項目] の形で書いてください。"))
    if not all(isinstance(words, list) for words in said.get("skip_if", {}).values()):
        raise BadFile(_('対応表の skip_if は 列 = ["値"] の形で書いてください。'))


@dataclass(frozen=True)
class Bound:
    """A mapping that has met a file: where each field stands."""

    mapping: Mapping
    places: Map[str, Sequence[int]]
    skips: Sequence[tuple[int, frozenset[str]]]
    unused: Sequence[str]

    def skips_line(self, values: Sequence[str]) -> bool:
        return any(values[place].strip() in words for place, words in self.skips)

    def said(self, values: Sequence[str]) -> dict[str, str]:
        """The field texts of one line, in our words."""
        found = {}
        for name, places in self.places.items():
            words = self.mapping.values.get(name, {})
            parts = [values[place].strip() for place in places]
            cell = self.mapping.join.get(name, " ").join(part for part in parts if part)
            found[name] = str(words.get(cell, words.get("*", cell)))
        for name, value in self.mapping.defaults.items():
            if not found.get(name):
                found[name] = str(value)
        return found


def bind(mapping: Mapping, known: Map[str, Any], aliases: Map[str, str], first: Sequence[str]) -> Bound:
    """Find the columns: `known` fields by name, `aliases` header → field, `first`: the file's first line."""
    for part in (
        mapping.columns,
        mapping.join,
        mapping.values,
        mapping.defaults,
        dict.fromkeys(mapping.identity),
    ):
        if stranger := next((name for name in part if name not in known), None):
            raise BadFile(
                _("対応表の「%(name)s」という項目はありません。使える項目: %(known)s")
                % {"name": stranger, "known": ", ".join(known)}
            )
    header = list(first) if mapping.header else []
    if mapping.columns:
        said = {
            name: column if isinstance(column, list) else [column] for name, column in mapping.columns.items()
        }
        places = {
            name: [_place(column, header, len(first)) for column in columns] for name, columns in said.items()
        }
    else:
        places = _by_words(known, aliases, header)
    skips = [
        (_place(column, header, len(first)), frozenset(words)) for column, words in mapping.skip_if.items()
    ]
    missing = [
        name for name, asked in known.items() if asked.required and name not in {**places, **mapping.defaults}
    ]
    if missing:
        raise BadFile(_missing(missing, known, header))
    used = {place for several in places.values() for place in several} | {place for place, _words in skips}
    return Bound(mapping, places, skips, [word for place, word in enumerate(header) if place not in used])


def _missing(missing: Sequence[str], known: Map[str, Any], header: Sequence[str]) -> str:
    return _("必要な列がありません: %(missing)s。ファイルの見出し: %(header)s") % {
        "missing": _("、").join(f"{name}({known[name].label})" for name in missing),
        "header": _("、").join(header) or "—",
    }


def _place(column: Column, header: Sequence[str], width: int) -> int:
    if isinstance(column, str) and not header and column.isdecimal():
        column = int(column)  # keys of a TOML table are always text
    if isinstance(column, int):
        if not 1 <= column <= width:
            raise BadFile(
                _("%(column)d列目がありません(%(width)d列のファイルです)。")
                % {"column": column, "width": width}
            )
        return column - 1
    found = [place for place, word in enumerate(header) if word.strip() == str(column).strip()]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadFile(
            _("見出し「%(column)s」が%(count)d列あります。列の番号で指定してください。")
            % {"column": column, "count": len(found)}
        )
    raise BadFile(
        _("見出しに「%(column)s」がありません。ファイルの見出し: %(header)s")
        % {"column": column, "header": _("、").join(header) or "—"}
    )


def _by_words(known: Map[str, Any], aliases: Map[str, str], header: Sequence[str]) -> dict[str, list[int]]:
    """The fields that the header names by code, by label in either language, or as other systems call them."""
    words = {folded(alias): name for alias, name in aliases.items()}
    for name, asked in known.items():
        for language in ("ja", "en"):
            with translation.override(language):
                words.setdefault(folded(str(asked.label)), name)
    words |= {folded(name): name for name in known}
    places: dict[str, list[int]] = {}
    for place, word in enumerate(header):
        name = words.get(folded(re.sub(r"[**]$", "", word.strip())))
        if name:
            places.setdefault(name, [place])
    return places
