"""Whom of a company a line names: by family name, its sound, title, or both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.actions.capture import companies, heard, words
from apps.actions.capture.line import TAKEN
from apps.actions.capture.names import Person
from apps.actions.capture.signs import with_usual_kanji
from apps.base import text

_FREE = rf"$|[\s、。,.!?:;→>|/()「」・0-9{TAKEN}]|(?:と|に|へ|の|は|が|を|も|から|より|宛|電話|TEL|☎|不在|留守|訪問|メール|mail|往訪)"
_CALLED = rf"(?:{words.DEPARTMENT}?{words.TITLE}|{words.DEPARTMENT}(?:[部課]の?)?)"
_AFTER = re.compile(
    rf"(?:(?P<honorific>{words.HONORIFIC})|{words.DEPARTMENT}?(?P<title>{words.TITLE})|(?={_FREE}))"
    rf"(?:\s?\((?P<in_brackets>{_CALLED})(?:{words.HONORIFIC})?\))?",
    re.IGNORECASE,
)
_AHEAD = re.compile(rf"(?P<title>{_CALLED})の?\s?$")
_TITLE = re.compile(rf"(?<![一-鿿々ァ-ヴー])(?:{words.DEPARTMENT})?{words.TITLE}(?:{words.HONORIFIC})?")
_ONLY_TOLD_OF = re.compile(
    r"(?:に|へ|が|と|の)(?:確認|相談|上げ|報告|話して|説明|承認|判断|決裁|検討|OK|乗り気|会議|交代)"
)
_GONE = re.compile(r"(?:は|が|も)?(?:異動|転勤|退職|退社|退任|辞め|欠席)|の後任")
"""Who is no longer there is not whom we spoke to."""
_LATIN = re.compile(r"[a-z]{3,}", re.IGNORECASE)
_HEADS = ("社長", "代表")
_HEAD_TITLES = ("社長", "代表取締役", "代表", "店主", "オーナー", "CEO")


@dataclass(frozen=True)
class Named:
    """A person that the line names; None where two go by it."""

    person: Person | None
    sure: bool
    start: int
    end: int


def family(name: str) -> str:
    return name.split()[0] if name.split() else ""


def named(rest: str, people: Sequence[Person]) -> Named | None:
    """The one who is named best: family name with title, family name, title alone."""
    found = [way for person in people for way in _by_name(rest, person)] or _by_title(rest, people)
    if not found:
        return None
    strength = max(way[0] for way in found)
    first = min(way[2] for way in found if way[0] >= min(strength, _SURELY))
    here = [way for way in found if way[2] == first]
    strength = max(way[0] for way in here)
    best = [way for way in here if way[0] == strength]
    _strength, person, start, end = min(best, key=lambda way: (way[2], -way[3]))
    alone = len({way[1].id for way in best}) == 1
    return Named(person if alone else None, strength >= _SURELY, start, end)


Way = tuple[int, Person, int, int]
_SURELY = 3
"""From here on a person is named for sure; who is named first is whom the line is about, the others are told of."""


def _by_name(rest: str, person: Person) -> list[Way]:
    signs = with_usual_kanji(rest)
    ways = []
    for said, surely in (*_spellings(person), *_in_latin(rest, person)):
        for found in re.finditer(re.escape(said), signs, re.IGNORECASE):
            after = _after(rest, found.end(), person)
            ahead = _AHEAD.search(rest[: found.start()])
            if (
                not after
                or _GONE.match(rest, after.end())
                or (not ahead and re.match(r"[一-鿿々]", rest[: found.start()][-1:]))
            ):
                continue
            if len(said) == 1 and not (after["honorific"] or after["title"]):
                continue
            title = after["title"] or after["in_brackets"] or (ahead["title"] if ahead else "")
            fits = bool(title) and _fits(title, person)
            strength = 4 if fits else 2 if after["title"] else 3
            if surely or fits or (after["honorific"] and len(said) > 1):
                start = ahead.start("title") if ahead and fits and not after["title"] else found.start()
                ways.append((strength if surely else 2, person, start, _end(rest, after)))
    return ways


def _after(rest: str, end: int, person: Person) -> re.Match[str] | None:
    """What shows that the name ends here: honorific, title, a mark; whatever title the person holds is one."""
    return _AFTER.match(rest, end) or (
        _held(person.title).match(rest, end) if len(person.title) > 1 else None
    )


@lru_cache(maxsize=1_024)
def _held(title: str) -> re.Pattern[str]:
    """教頭, or 税理士 of 代表税理士."""
    endings = "|".join(re.escape(title[start:]) for start in range(len(title) - 1))
    return re.compile(f"(?P<honorific>(?!))?(?P<title>{endings})(?P<in_brackets>(?!))?")


def _end(rest: str, after: re.Match[str]) -> int:
    honorific = re.compile(words.HONORIFIC).match(rest, after.end()) if after["title"] else None
    return honorific.end() if honorific else after.end()


def _spellings(person: Person) -> list[tuple[str, bool]]:
    """How the person is written, and whether that is surely they."""
    name, sound = with_usual_kanji(family(person.name)), family(person.reading)
    ways = [(with_usual_kanji(person.name.replace(" ", "")), True), (name, True)]
    if len(sound) > 1:
        ways += [(sound, True), (heard.katakana(sound), True)]
    given = with_usual_kanji(person.name).split()[1:]
    ways += [(name, False) for name in given]
    return [way for way in ways if way[0]]


def _in_latin(rest: str, person: Person) -> Iterator[tuple[str, bool]]:
    """shinoda-san of 篠田 (しのだ)."""
    for found in _LATIN.findall(rest):
        if (pattern := _sounds(found)) and re.fullmatch(pattern, text.search_key(family(person.reading))):
            yield found, True


_sounds = lru_cache(maxsize=1_024)(text.romaji_pattern)


def _fits(title: str, person: Person) -> bool:
    title = heard.TITLES.get(heard.hiragana(title), title)
    return title in person.title or (title in _HEADS and any(head in person.title for head in _HEAD_TITLES))


def _by_title(rest: str, people: Sequence[Person]) -> list[Way]:
    for found in _TITLE.finditer(rest):
        said = re.sub(rf"{words.HONORIFIC}$", "", found[0])
        if _ONLY_TOLD_OF.match(rest, found.end()) or said in ("担当", "担当者", "受付"):
            continue
        exact = [person for person in people if person.title == said]
        within = exact or [person for person in people if said in person.title]
        held = within or [person for person in people if _fits(said, person)]
        if held:
            return [(3 if len(held) == 1 else 1, person, found.start(), found.end()) for person in held]
    return [way for person in people for way in _by_rare_title(rest, person)]


def _by_rare_title(rest: str, person: Person) -> Iterator[Way]:
    """蔵元: a title that only this tenant uses, as a word of its own."""
    own = rf"(?<![^\W\d_]){re.escape(person.title)}(?:{words.HONORIFIC}|(?=[\s{TAKEN}]|$|に|へ|と|宛))"
    for found in re.finditer(own, rest) if len(person.title) > 1 else ():
        if not _ONLY_TOLD_OF.match(rest, found.end()) and person.title not in ("担当", "担当者", "受付"):
            yield 3, person, found.start(), found.end()


def nearly_named(rest: str, people: Sequence[Person]) -> Named | None:
    """A family name with one wrong sign, before a title that fits: 菊池代表 for 菊地."""
    for person in people:
        name = family(person.name)
        for found in words.PERSON.finditer(rest):
            said = re.sub(rf"(?:{words.HONORIFIC}|{words.DEPARTMENT}?{words.TITLE})$", "", found[0])
            title = found[0][len(said) :]
            held = bool(title) and _fits(re.sub(words.HONORIFIC, "", title) or "-", person)
            if held and len(said) == len(name) > 1 and companies.distance(said, name, most=1) == 1:
                return Named(person, False, found.start(), found.end())
    return None
