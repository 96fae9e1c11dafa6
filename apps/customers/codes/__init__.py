"""Industries (JSIC) and areas (JIS X 0401/0402): code tables of this country, the same for every tenant."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import get_language


@dataclass(frozen=True)
class Code:
    code: str
    name: str
    name_en: str

    def __str__(self) -> str:
        return self.name if (get_language() or "ja").startswith("ja") else self.name_en


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _plain(name: str) -> str:
    """A name without what makes no difference between two ways of writing it."""
    return re.sub(r"[\s・、,]+", "", unicodedata.normalize("NFKC", name).casefold())


# ── industries ─────────────────────────────────────────────────────────────────────────────────────

INDUSTRIES = {row["code"]: Code(**row) for row in _rows("industries")}
"""大分類 by letter, 中分類 by two digits, in the order of the table."""

_INDUSTRY_NAMED = {
    _plain(name): code.code for code in INDUSTRIES.values() for name in (code.name, code.name_en)
}


def _grouped() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for code in INDUSTRIES:
        if code.isalpha():
            groups[code] = []
        else:
            groups[[*groups][-1]].append(code)
    return groups


INDUSTRY_GROUPS = _grouped()
"""The 中分類 under each 大分類."""


def industry_in(text: str) -> str | None:
    """The code of an industry that is given by its code or its name."""
    plain = _plain(text)
    return plain.upper() if plain.upper() in INDUSTRIES else _INDUSTRY_NAMED.get(plain)


def industries_within(code: str) -> list[str]:
    """The industry itself and, of a 大分類, all that belong to it."""
    return [code, *INDUSTRY_GROUPS.get(code, [])]


# ── areas ──────────────────────────────────────────────────────────────────────────────────────────

PREFECTURES = {row["code"]: Code(**row) for row in _rows("prefectures")}
MUNICIPALITIES = {row["code"]: row["name"] for row in _rows("municipalities")}

_PREFECTURE_NAMED = {_plain(p.name): p.code for p in PREFECTURES.values()} | {
    _plain(p.name_en): p.code for p in PREFECTURES.values()
}
_WITHIN: dict[str, dict[str, str]] = {prefecture: {} for prefecture in PREFECTURES}
for _code, _name in MUNICIPALITIES.items():
    _WITHIN[_code[:2]][_plain(_name)] = _code
_LONGEST_MUNICIPALITY = max(map(len, MUNICIPALITIES.values()))


def area_name(code: str) -> str:
    """静岡県浜松市中央区 — the prefecture, and the municipality if the code goes so far."""
    prefecture = str(PREFECTURES[code[:2]])
    if len(code) == 2:
        return prefecture
    gap = "" if prefecture == PREFECTURES[code[:2]].name else " "
    return f"{prefecture}{gap}{MUNICIPALITIES[code]}"


def area_in(text: str) -> str | None:
    """The code of an area that is given by its code or its whole name; a municipality's alone, if it is the only one."""
    plain = _plain(text)
    if plain in PREFECTURES or plain in MUNICIPALITIES:
        return plain
    if plain in _PREFECTURE_NAMED:
        return _PREFECTURE_NAMED[plain]
    for name, prefecture in _PREFECTURE_NAMED.items():
        if plain.startswith(name) and (found := _WITHIN[prefecture].get(plain.removeprefix(name))):
            return found
    named = [within[plain] for within in _WITHIN.values() if plain in within]
    return named[0] if len(named) == 1 else None


def area_of(address: str) -> str:
    """The area in which an address lies, as far as it says: the longest municipality that it begins with."""
    plain = _plain(address)
    for code, prefecture in PREFECTURES.items():
        if plain.startswith(prefecture.name):
            rest = plain.removeprefix(prefecture.name)
            lengths = range(min(len(rest), _LONGEST_MUNICIPALITY), 0, -1)
            return next((_WITHIN[code][rest[:n]] for n in lengths if rest[:n] in _WITHIN[code]), code)
    return ""
