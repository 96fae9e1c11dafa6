"""What a file most likely holds: which kind of record, and which column is which field. Nothing is decided here."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from apps.integrations.imports import looks
from apps.integrations.imports.fields import LATEST, WhenField, WordField, folded
from apps.integrations.imports.finding import Finder
from apps.integrations.imports.kinds import Kind
from apps.integrations.imports.looks import Look
from apps.integrations.imports.mapping import Column, Mapping
from apps.integrations.imports.presets import Preset, as_heading, recognised
from apps.integrations.imports.running import KINDS

NEVER_AHEAD = datetime(LATEST, 1, 1, tzinfo=UTC)
"""A guess asks what a value is, not whether it may be: no day is ahead of this one."""


class Why(StrEnum):
    """Where a guess comes from, the surest first."""

    PRESET = "preset"
    NAME = "name"
    LIKE_NAME = "like_name"
    VALUES = "values"
    NOTHING = ""


@dataclass(frozen=True)
class ColumnGuess:
    """One column of the file. `open`: somebody should look at it; `maybe`: the fields that it may be instead."""

    number: int
    header: str
    fields: tuple[str, ...] = ()
    why: Why = Why.NOTHING
    open: bool = False
    maybe: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        return self.fields[0] if self.fields else ""


@dataclass(frozen=True)
class Guess:
    """`missing`: fields of which at least one of each group must come from somewhere. `mapping`: ready to be used."""

    kind: str
    kind_is_sure: bool
    kinds: Sequence[str]
    """What else the file may be taken for, the likeliest first."""
    preset: str
    columns: Sequence[ColumnGuess]
    missing: Sequence[tuple[str, ...]]
    mapping: Mapping

    @property
    def is_open(self) -> bool:
        return bool(self.missing) or not self.kind_is_sure or any(column.open for column in self.columns)


def guessed(header: Sequence[str], sample: Sequence[Sequence[str]], kind: str | None = None) -> Guess:
    """The likeliest reading of a file by its header (empty if it has none) and some of its rows."""
    finder = Finder("", at=NEVER_AHEAD)
    preset = recognised(header, sample)
    if preset and (kind is None or kind in preset.kinds):
        chosen = kind or next(iter(preset.kinds))
        tried = _Try(chosen, header, sample, finder)
        return tried.guess(preset=preset, sure=True, others=[name for name in preset.kinds if name != chosen])
    if kind is not None:
        return _Try(kind, header, sample, finder).guess(sure=True)
    tries = sorted((_Try(name, header, sample, finder) for name in KINDS), key=lambda tried: -tried.score)
    best, second = tries[:2]
    sure = not best.missing and best.score >= max(second.score + 2, _ENOUGH)
    return best.guess(sure=sure, others=[tried.kind for tried in tries[1:] if not tried.missing])


# ── one kind tried on a file ───────────────────────────────────────────────────────────────────────

_WORTH = {Why.PRESET: 4, Why.NAME: 3, Why.LIKE_NAME: 2, Why.VALUES: 1}
_ENOUGH = 3
"""What makes a kind sure: one column that is called as ours is."""
_JOINED = {"address": ""}
"""What stands between several columns, where it is no blank."""
_WITHOUT = 5
"""What a field that is missing costs: more than any one column is worth."""

BY_LOOK: dict[str, dict[Look, tuple[str, ...]]] = {
    "companies": {
        Look.COMPANY: ("name",), Look.READING: ("reading",), Look.POSTAL_CODE: ("postal_code",), Look.AREA: ("area",),
        Look.ADDRESS: ("address",), Look.PHONE: ("phone",), Look.URL: ("website",), Look.INDUSTRY: ("industry",),
    },
    "contacts": {
        Look.COMPANY: ("company",), Look.EMAIL: ("email",), Look.PHONE: ("phone",), Look.READING: ("reading",),
    },
    "users": {Look.EMAIL: ("email",), Look.PERSON: ("name",), Look.READING: ("reading",)},
    "deals": {
        Look.COMPANY: ("company",), Look.PERSON: ("owner",), Look.MONEY: ("amount",), Look.STAGE: ("outcome",),
        Look.MONTH: ("expected_month",), Look.DAY: ("expected_month", "opened", "closed"), Look.REASON: ("lost_reason",),
    },
    "follows": {Look.COMPANY: ("company",), Look.PERSON: ("owner",), Look.DAY: ("happened_at",)},
    "visits": {Look.COMPANY: ("company",), Look.PERSON: ("owner",), Look.DAY: ("starts_at", "ends_at")},
    "goals": {Look.PERSON: ("rep",), Look.MONTH: ("month",), Look.MONEY: ("sales",)},
    "deal-history": {Look.DAY: ("at",), Look.PERSON: ("owner",)},
}  # fmt: skip
"""Which fields a column may be that nothing but its values speaks for. More than one: that is asked."""

SPEAKING = (Look.EMAIL, Look.URL, Look.POSTAL_CODE, Look.DAY, Look.MONTH)
"""Values that leave no doubt what they are: a text field that is called otherwise is asked about."""

LOOKS_OF: dict[str, tuple[Look, ...]] = {
    "email": (Look.EMAIL,),
    "website": (Look.URL,),
    "postal_code": (Look.POSTAL_CODE, Look.PHONE),
    "name": (Look.URL,),  # amazon.co.jp is a name, too
    "company": (Look.URL,),
}


@dataclass
class _Try:
    kind: str
    header: Sequence[str]
    sample: Sequence[Sequence[str]]
    finder: Finder
    columns: dict[int, ColumnGuess] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.taker: Kind = KINDS[self.kind](Mapping(), source="", at=NEVER_AHEAD)
        self.width = max(map(len, (self.header, *self.sample)), default=0)
        self._by_several()
        self._by_name()
        self._by_values()

    @property
    def score(self) -> int:
        return sum(_WORTH[c.why] for c in self.columns.values() if c.fields) - _WITHOUT * len(self.missing)

    @property
    def missing(self) -> list[tuple[str, ...]]:
        return self._missing({name for column in self.columns.values() for name in column.fields})

    def _missing(self, found: set[str]) -> list[tuple[str, ...]]:
        asked = [(name,) for name, wanted in self.taker.fields.items() if wanted.required]
        return [group for group in (*asked, *self.taker.one_of) if not found & set(group)]

    def values(self, place: int) -> list[str]:
        return [row[place].strip() for row in self.sample if place < len(row) and row[place].strip()]

    def heading(self, place: int) -> str:
        return self.header[place].strip() if place < len(self.header) else ""

    # ── what is apart ──────────────────────────────────────────────────────────────────────────────

    def _by_several(self) -> None:
        """Family and given name, prefecture and the rest of an address: one field, joined in its own order."""
        self.several: dict[str, list[int]] = {}
        for name, parts in _also().get("several", {}).get(self.kind, {}).items():
            order = [folded(part) for part in parts]
            headings = {_exact(self.heading(place)): place for place in reversed(range(len(self.header)))}
            places = [headings[part] for part in order if part in headings]
            if len(places) > 1:
                self.several[name] = places
                for place in places:
                    self.columns[place] = ColumnGuess(place + 1, self.heading(place), (name,), Why.NAME)

    # ── what it is called ──────────────────────────────────────────────────────────────────────────

    def _by_name(self) -> None:
        words = _words(self.kind, self.taker)
        taken = {name: places[0] for name, places in self.several.items()}
        for why, loosened in ((Why.NAME, _exact), (Why.LIKE_NAME, _loose)):
            for place in range(len(self.header)):
                name = words.get(loosened(self.heading(place)))
                if place in self.columns or name is None:
                    continue
                if name not in taken:
                    taken[name] = place
                    self.columns[place] = self._column(place, name, why)
                elif why == Why.NAME or not self.columns[taken[name]].open:
                    self.columns[place] = ColumnGuess(
                        place + 1, self.heading(place), open=why == Why.NAME, maybe=(name,)
                    )

    def _column(self, place: int, name: str, why: Why) -> ColumnGuess:
        return ColumnGuess(
            place + 1, self.heading(place), (name,), why, open=not self._believable(place, name)
        )

    def _believable(self, place: int, name: str) -> bool:
        """Whether the values may be of this field: most of them can be read, and they are not plainly something else."""
        values = self.values(place)
        if not values:
            return True
        look = looks.look(values, self.finder)
        asked = self.taker.fields[name]
        if isinstance(asked, WhenField):
            return look in (Look.DAY, Look.MONTH, Look.POSTAL_CODE)  # 20261031 may be either
        if isinstance(asked, WordField):
            return name == "outcome" or any(_readable(asked, value) for value in values)
        readable = sum(_readable(asked, value) for value in values)
        return 2 * readable >= len(values) and (look not in SPEAKING or look in LOOKS_OF.get(name, (None,)))

    # ── what stands in it ──────────────────────────────────────────────────────────────────────────

    def _by_values(self) -> None:
        open_places = [place for place in range(self.width) if place not in self.columns]
        claims: dict[str, list[int]] = {}
        seen = {place: looks.look(self.values(place), self.finder) for place in open_places}
        found = {name for column in self.columns.values() for name in column.fields}
        for place, look in seen.items():
            free = [name for name in BY_LOOK[self.kind].get(look, ()) if name not in found] if look else []
            if free:
                claims.setdefault(free[0], []).append(place)
                self.columns[place] = ColumnGuess(
                    place + 1,
                    self.heading(place),
                    (free[0],),
                    Why.VALUES,
                    open=len(free) > 1,
                    maybe=tuple(free[1:]),
                )
        for name, places in claims.items():
            for place in places[
                1:
            ]:  # two columns speak for it: the first is taken, the others are asked about
                self.columns[place] = ColumnGuess(place + 1, self.heading(place), open=True, maybe=(name,))

    # ── in the end ─────────────────────────────────────────────────────────────────────────────────

    def guess(self, *, sure: bool, preset: Preset | None = None, others: Sequence[str] = ()) -> Guess:
        columns = {
            place: self.columns.get(place) or ColumnGuess(place + 1, self.heading(place))
            for place in range(self.width)
        }
        mapping = Mapping(header=bool(self.header))
        joined: dict[str, list[int]] = {}
        if preset:
            mapping = preset.kinds[self.kind]
            joined = self._places_of(mapping)
            columns = {place: self._as_preset(column, joined, preset) for place, column in columns.items()}
        for place, column in columns.items():
            for name in column.fields:
                joined.setdefault(name, self.several.get(name, [place]))
        formats = list(mapping.date_formats) or self._date_formats(joined)
        columns = {place: self._dated(column, formats) for place, column in columns.items()}
        mapping = replace(
            mapping,
            columns={name: self._numbers(places) for name, places in joined.items()},
            join={
                name: word
                for name, word in (_JOINED | dict(mapping.join)).items()
                if len(joined.get(name, ())) > 1
            },
            values=mapping.values if preset else self._said_in_ours(joined),
            skip_if=self._present(mapping.skip_if),
            date_formats=formats[:1],
        )
        found = set(joined) | set(mapping.defaults)
        return Guess(
            self.kind,
            sure,
            others,
            preset.name if preset else "",
            list(columns.values()),
            self._missing(found),
            mapping,
        )

    def _numbers(self, places: Sequence[int]) -> Column | list[Column]:
        return places[0] + 1 if len(places) == 1 else [place + 1 for place in places]

    def _places_of(self, mapping: Mapping) -> dict[str, list[int]]:
        """Where the preset's columns stand in this file; what the file does not have is left out."""
        headings = {as_heading(word): place for place, word in reversed(list(enumerate(self.header)))}
        found = {}
        for name, said in mapping.columns.items():
            columns = said if isinstance(said, list) else [said]
            places = [c - 1 if isinstance(c, int) else headings.get(c, -1) for c in columns]
            if here := [place for place in places if 0 <= place < self.width]:
                found[name] = here
        return found

    def _as_preset(self, column: ColumnGuess, joined: Map[str, Sequence[int]], preset: Preset) -> ColumnGuess:
        place = column.number - 1
        fields = tuple(name for name, places in joined.items() if place in places)
        if fields:
            return ColumnGuess(column.number, column.header, fields, Why.PRESET)
        better = as_heading(column.header) in preset.leave or set(column.fields) & set(joined)
        if better or column.why == Why.VALUES:
            return ColumnGuess(column.number, column.header)
        return replace(column, open=column.open and bool(column.fields))

    def _present(self, skips: Map[str, list[str]]) -> dict[str, list[str]]:
        """By number, too, so that a header that stands twice is no matter."""
        headings = {as_heading(word): word for word in self.header}
        return {
            headings.get(column, column): words
            for column, words in skips.items()
            if column in headings or not self.header
        }

    def _date_formats(self, joined: Map[str, Sequence[int]]) -> list[str]:
        """What all date columns may be written in, if it is not our way; several: that is asked."""
        told = [
            formats
            for name, places in joined.items()
            if isinstance(self.taker.fields.get(name), WhenField)
            and (formats := looks.date_formats(self.values(places[0])))
        ]
        return [form for form in looks.DATE_FORMATS if told and all(form in formats for formats in told)]

    def _dated(self, column: ColumnGuess, formats: Sequence[str]) -> ColumnGuess:
        """Whether 03/04/2026 is in March or in April, only a person can say."""
        doubtful = len(formats) > 1 and any(
            isinstance(self.taker.fields.get(name), WhenField) for name in column.fields
        )
        return replace(column, open=True) if doubtful else column

    def _said_in_ours(self, joined: Map[str, Sequence[int]]) -> dict[str, dict[str, Any]]:
        """Foreign words for how a deal stands; what is neither won nor lost is still open."""
        asked = self.taker.fields.get("outcome")
        if self.kind not in ("deals", "deal-history") or "outcome" not in joined or asked is None:
            return {}
        strange = {value for value in self.values(joined["outcome"][0]) if not _readable(asked, value)}
        return (
            {"outcome": {value: _outcome(value) for value in sorted(strange)} | {"*": "open"}}
            if strange
            else {}
        )


def _readable(asked: Any, value: str) -> bool:
    try:
        asked.clean(value)
    except ValidationError:
        return False
    return True


def _outcome(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    if re.search(r"失注|ボツ|lost|不成立|断念", plain):
        return "lost"
    return "won" if re.search(r"受注|成約|won|契約済", plain) else "open"


# ── words ──────────────────────────────────────────────────────────────────────────────────────────


def _words(kind: str, taker: Kind) -> dict[str, str]:
    """Field by every word that stands for it; our own codes and labels before what others say."""
    words = {folded(name): name for name in taker.fields}
    for name, asked in taker.fields.items():
        for language in ("ja", "en"):
            with translation.override(language):
                words.setdefault(folded(str(asked.label)), name)
    for alias, name in taker.aliases.items():
        words.setdefault(folded(alias), name)
    for name, aliases in _also().get(kind, {}).items():
        for alias in aliases:
            words.setdefault(folded(alias), name)
    return words


@cache
def _also() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _exact(heading: str) -> str:
    return folded(as_heading(heading))


def _loose(heading: str) -> str:
    """Without what is in brackets, a last number, and politeness: 住所1, TEL(代表), ご住所."""
    plain = re.sub(r"[\((\[【][^))\]】]*[\))\]】]", "", as_heading(heading))
    return re.sub(r"^[ごお御貴](?=.{2})|[\d0-9①-⑨]+$", "", folded(plain))
