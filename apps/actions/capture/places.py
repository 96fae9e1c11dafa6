"""Where in a line the name of a company may begin and end, and what to ask the tenant for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.actions.capture import dates, words
from apps.actions.capture.line import TAKEN, Line, folded
from apps.actions.capture.names import Asked, Company
from apps.actions.capture.signs import each_spelling, in_one_spelling
from apps.base import text

KANA = re.compile(r"[ぁ-ゖ]+")
_LATIN_WORDS = re.compile(r"[A-Za-z][A-Za-z'\-]*(?:\s+[A-Za-z][A-Za-z'\-]*){0,3}")
_ENDS = re.compile(
    rf"$|{words.CONTACT_WORDS}|[\s、。,.!?:;→⇒>|/()「」・&{TAKEN}☎📞0-9]|(?:さん|様|御中|さま|殿|の|に|へ|は|が|を|で|と|も|から|より|まで|宛|行き|あて)"
    r"|問い?合わ?せ|新規|不在|留守|見積|資料|打ち?合わ?せ|商談|本社|支店|営業所|工場",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"[\s、。,.!?:;→⇒>|/()「」・&{TAKEN}のにでとへはがをも]|[^ぁ-ん一-鿿々ァ-ヴーA-Za-z]")
_KINDS = [pattern for _kind, pattern in words.KINDS]
_JUST_NOW = re.compile(words.JUST_NOW)
_TRADE = re.compile(r"[一-鿿々]{1,4}?([一-鿿々]{2})(?![一-鿿々])")
_CALLED = re.compile("さん|様")
_SLIPS = 8
_LETTERS = re.compile(r"[^\W\d]{4}")
_AFTER_A_VERB = ("した", "った", "たら", "って", "です", "ます")
LENGTHENED = re.compile(r"ー*")
_PART_OF_A_NAME = re.compile(r"[ー・\-]")


@dataclass(frozen=True)
class Folded:
    """The line as search keys hold it, and where each of its letters stands in the line."""

    key: str
    places: list[int]

    @classmethod
    def of(cls, line: str) -> Folded:
        line = re.sub(words.LEGAL, lambda found: " " * len(found[0]), line)
        signs = [(sign, place) for place, letter in enumerate(line) for sign in folded(letter)]
        return cls(
            in_one_spelling("".join(sign for sign, _place in signs)),
            [*(place for _sign, place in signs), len(line)],
        )


def heads(line: Line, *, size: int = 24) -> list[str]:
    """Where a name may begin: the search keys of what follows each mark or particle, the longer first."""
    key = Folded.of(line.rest)
    found = {
        key.key[place : place + 6]: None
        for place in starts(key, line.rest)
        if re.match(r"[^\d\ue000]{2}", key.key[place : place + 2])
    }
    return list(found)[:size]


def asked(line: Line) -> Asked:
    """What of the line may be a company's name, or nearly one."""
    key = Folded.of(line.rest)
    places = starts(key, line.rest)
    likely = [place for place in places if _likely(line.rest, key.places[place])]
    slips = [said for place in likely if _LETTERS.fullmatch(said := key.key[place : place + 4])]
    spoken = [sound for place in likely if (sound := _spoken(line.rest, key.places[place]))]
    trades = [found[1] for place in likely if (found := _TRADE.match(line.rest, key.places[place]))]
    written = [form for place in likely for form in each_spelling(key.key[place : place + 6])]
    begins = [form for head in heads(line) for form in each_spelling(head)]
    begun = [head for head in written if len(head) > 3]
    return Asked(
        list(dict.fromkeys([*begins, *begun])),
        list(dict.fromkeys(slips))[:_SLIPS],
        list(dict.fromkeys(trades)),
        list(dict.fromkeys(spoken)),
    )


def _likely(rest: str, start: int) -> bool:
    """Not in the middle of a sentence, no person, and no word that another chip knows."""
    within = start and not re.match(r"[\s、。,.!?]", rest[start - 1])
    if within and (rest[start - 1] in "にでとへはがをも" or re.match(r"[ぁ-ん]", rest[start])):
        return False
    other = (words.PERSON, words.ACT, words.TIMED, words.ABSENT, *_KINDS)
    return not dates.begins(rest[start:]) and not any(pattern.match(rest, start) for pattern in other)


def _spoken(rest: str, start: int) -> str:
    """How the first word in romaji may sound."""
    latin = _LATIN_WORDS.match(rest, start)
    sounds = text.romaji_pattern(latin[0].split()[0]) if latin and len(latin[0]) > 4 else None
    return sounds or ""


def starts(key: Folded, rest: str) -> list[int]:
    places = []
    before = -1
    ended = {found.end() for found in _CALLED.finditer(rest)}
    ended |= dates.ends(rest) | {
        found.end() for kind in (*_KINDS, _JUST_NOW) for found in kind.finditer(rest)
    }
    for place, start in enumerate(key.places[:-1]):
        if start != before and (
            start == 0
            or (start > before + 1 and not LENGTHENED.fullmatch(rest, before + 1, start))
            or start in ended
            or rest.endswith(_AFTER_A_VERB, 0, start)
            or _BEGINS.match(rest[start - 1])
        ):
            places.append(place)
        before = start
    return places


def all_ends(line: Line, key: Folded) -> list[int]:
    """Where a name may end, in the letters of the key."""
    return [
        place
        for place in range(1, len(key.key) + 1)
        if key.places[place] != key.places[place - 1]
        and _ends(line.rest, key.places[place - 1] + 1, key.places[place])
    ]


def _ends(rest: str, after: int, before: int) -> bool:
    apart = _PART_OF_A_NAME.sub("", rest[after:before])
    return bool(apart or _ENDS.match(rest, before) or words.PERSON_AHEAD.match(rest, before))


@dataclass(frozen=True)
class Place:
    """Where a name may begin, what is said from there on, and where it may end; worked out once for all companies."""

    start: int
    said: str
    stops: list[int]
    kana: int
    """How many letters from here on are kana."""
    latin: list[tuple[str, int]]

    @classmethod
    def of(cls, key: Folded, start: int, ends: Sequence[int], rest: str) -> Place:
        said = key.key[start : start + 40]
        kana = KANA.match(said)
        stops = [end - start for end in ends if start < end <= start + 24]
        latin = _LATIN_WORDS.match(rest, key.places[start])
        return cls(start, said, stops, kana.end() if kana else 0, _as_romaji(latin[0]) if latin else [])

    def may_be(self, company: Company) -> bool:
        """Cheaply, before it is looked at closely: the first letter is right, or what follows it."""
        if self.said[0] in company.begins or self.latin:
            return True
        return self.said[1:3] in company.heads or (not self.kana and company.spelled is not None)


def _as_romaji(latin: str) -> list[tuple[str, int]]:
    """The sounds that the words may be, the more words first, and how many letters those are."""
    parts = latin.split()
    joined = ["".join(parts[:count]) for count in range(len(parts), 0, -1)]
    found = [(text.romaji_pattern(said), len(text.search_key(said))) for said in joined if len(said) > 4]
    return [(pattern, letters) for pattern, letters in found if pattern]
