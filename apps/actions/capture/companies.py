"""Which company a line is about: by its name, a short form, its sound, or nearly so. Never certain where two fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.actions.capture import dates, words
from apps.actions.capture.line import TAKEN, Line, folded
from apps.actions.capture.names import Company
from apps.base import text

_EXACT, _OTHER_KANA, _SHORT, _SOUND, _LATIN, _MIXED, _TYPO, _SHORT_SOUND, _SHORT_TYPO = (
    0,
    5,
    3,
    6,
    9,
    10,
    10,
    12,
    14,
)
"""How far from certain each way of naming is."""
_IN_A_WORD = 11
OTHER_SIGNS = 15
"""Only a person who is named there too makes it a guess."""
_TOO_FAR = 16
_RIVAL = 5

_KANA = re.compile(r"[ぁ-ゖ]+")
_KANJI = re.compile(r"[一-鿿々]")
_KANJIS = re.compile(r"[一-鿿々]{1,4}")
SPELLED = re.compile(r"([ぁ-ゖ]{2,})([一-鿿々].+)")
"""The head of the name in kana, and what it deals in: who knows the kanji may write them."""
_LATIN_WORDS = re.compile(r"[A-Za-z][A-Za-z'\-]*(?:\s+[A-Za-z][A-Za-z'\-]*){0,3}")
_ENDS = re.compile(
    rf"$|{words.CONTACT_WORDS}|[\s、。,.!?:;→⇒>|/()「」・&{TAKEN}☎📞0-9]|(?:さん|様|御中|さま|殿|の|に|へ|は|が|を|で|と|も|から|より|まで|宛|行き|あて)"
    r"|電話|でんわ|TEL|架電|入電|コール|メール|mail|訪問|往訪|面談|来社|オンライン|Zoom|ズーム|Web|teams|チャット|LINE|手紙|はがき|問い?合わ?せ|テレアポ|新規|不在|留守|見積|資料|打ち?合わ?せ|商談|本社|支店|営業所|工場",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"[\s、。,.!?:;→⇒>|/()「」・&{TAKEN}のにでとへはがをも]|[^ぁ-ん一-鿿々ァ-ヴーA-Za-z]")


@dataclass(frozen=True)
class Mention:
    """A stretch of the line that may name a company; the smaller `far`, the surer."""

    company: Company
    far: int
    start: int
    end: int
    key: str
    slip: bool
    """The name is not quite so: a slip of the hand, if it is this one at all."""


@dataclass(frozen=True)
class _Folded:
    """The line as search keys hold it, and where each of its letters stands in the line."""

    key: str
    places: list[int]

    @classmethod
    def of(cls, line: str) -> _Folded:
        line = re.sub(words.LEGAL, lambda found: " " * len(found[0]), line)
        signs = [(sign, place) for place, letter in enumerate(line) for sign in folded(letter)]
        return cls("".join(sign for sign, _place in signs), [*(place for _sign, place in signs), len(line)])


def heads(line: Line, *, size: int = 24) -> list[str]:
    """Where a name may begin: the search keys of what follows each mark or particle, the longer first."""
    key = _Folded.of(line.rest)
    found = {
        key.key[place : place + 6]: None
        for place in _starts(key, line.rest)
        if re.match(r"[^\d\ue000]{2}", key.key[place : place + 2])
    }
    return list(found)[:size]


def _starts(key: _Folded, rest: str) -> list[int]:
    places = []
    before = -1
    after_a_day = dates.ends(rest)
    for place, start in enumerate(key.places[:-1]):
        if start != before and (
            start == 0 or start > before + 1 or start in after_a_day or _BEGINS.match(rest[start - 1])
        ):
            places.append(place)
        before = start
    return places


def mentions(line: Line, companies: Iterable[Company]) -> list[Mention]:
    """The best way in which the line names each company, the surest first."""
    key = _Folded.of(line.rest)
    starts = _starts(key, line.rest)
    ends = [
        place
        for place in range(1, len(key.key) + 1)
        if key.places[place] != key.places[place - 1]
        and _ends(line.rest, key.places[place - 1] + 1, key.places[place])
    ]
    found = []
    for company in companies:
        ways = [way for start in starts for way in _ways(company, key, line.rest, start, ends)]
        ways += _within(company, key, line.rest)
        if ways:
            best = min(ways, key=lambda way: (way.far, way.start - way.end, way.start))
            if best.far <= _TOO_FAR:
                first, last = key.places[best.start], key.places[best.end - 1] + 1
                last += len(_LENGTHENED.match(line.rest, last)[0])  # type: ignore[index]
                said = key.key[best.start : best.end]
                found.append(Mention(company, best.far, first, last, said, best.slip))
    return sorted(found, key=lambda way: (way.far, way.start - way.end, not way.company.mine))


def _ends(rest: str, after: int, before: int) -> bool:
    apart = _PART_OF_A_NAME.sub("", rest[after:before])
    return bool(apart or _ENDS.match(rest, before) or words.PERSON_AHEAD.match(rest, before))


_LENGTHENED = re.compile(r"ー*")
_PART_OF_A_NAME = re.compile(r"[ー・\-]")


class Way(NamedTuple):
    """How far, and from where to where in the folded line."""

    far: int
    start: int
    end: int
    slip: bool = False


def _ways(company: Company, key: _Folded, rest: str, start: int, ends: Sequence[int]) -> Iterable[Way]:
    said = key.key[start : start + 40]
    stops = [end - start for end in ends if start < end <= start + 24]
    for name in company.keys:
        yield from _by_name(company, name, said, start, stops, key, rest)
    if company.sound:
        yield from _by_sound(company, said, start, stops)
    if latin := _LATIN_WORDS.match(rest, key.places[start]):
        yield from _by_latin(company, latin[0], start, key)


def _by_name(
    company: Company, name: str, said: str, start: int, stops: Sequence[int], key: _Folded, rest: str
) -> Iterable[Way]:
    same = _common(said, name)
    if same == len(name) and same > 1:
        whole = same in stops
        far = _EXACT if whole else _IN_A_WORD
        yield Way(far + _other_kana(company, key, rest, start, same), start, start + same)
    elif same in stops and _long_enough(said[:same]):
        yield Way(_SHORT + _other_kana(company, key, rest, start, same), start, start + same)
    if same < 1 and len(name) < 6:
        return
    for stop in stops:
        if same < stop and len(name) > 3 and abs(stop - len(name)) <= (2 if len(name) > 8 else 1):
            apart = distance(said[:stop], name, most=2 if len(name) > 8 else 1)
            if apart and apart <= (2 if len(name) > 8 else 1):
                weak = (
                    3 if _kanji_lost(said[:stop], name) else 0 if _slip_of_the_hand(said[:stop], name) else 2
                )
                yield Way(_TYPO + weak + 2 * (apart - 1), start, start + stop, slip=True)
        elif (
            same < stop and 4 <= stop < len(name) and same and distance(said[:stop], name[:stop], most=1) == 1
        ):
            yield Way(_SHORT_TYPO, start, start + stop, slip=True)


def _by_sound(company: Company, said: str, start: int, stops: Sequence[int]) -> Iterable[Way]:
    same = _common(said, company.sound)
    if same in stops and same > 2:
        whole = same == len(company.sound)
        yield Way(_SOUND if whole else _SHORT_SOUND, start, start + same)
    name = company.keys[0]
    if spelled := SPELLED.match(name):
        heard, rest = spelled.groups()
        for stop in stops:
            signs = said[: stop - len(rest)]
            if said[len(signs) : stop] == rest and _KANJIS.fullmatch(signs) and len(signs) < len(heard) + 1:
                yield Way(OTHER_SIGNS, start, start + stop)
    for stop in stops:
        near = len(company.sound) > 5 and abs(stop - len(company.sound)) <= 1
        if near and _KANA.fullmatch(said[:stop]) and distance(said[:stop], company.sound, most=1) == 1:
            yield Way(_SHORT_TYPO, start, start + stop, slip=True)
        if stop > 1 and _sounds_in_part(said[:stop], name, company.sound):
            yield Way(_MIXED, start, start + stop)
        elif stop > 3 and _KANJI.search(said[:stop]):
            for end in range(2, len(name)):
                if said[stop - 1] == name[end - 1] and _sounds_in_part(
                    said[:stop], name[:end], company.sound
                ):
                    yield Way(_SHORT_SOUND, start, start + stop)


def _sounds_in_part(said: str, name: str, sound: str) -> bool:
    """Part of the name is written by its sound: にしかわ鉄工, 東雲ブツリュウ, 青ばフード."""
    head = _common(said, name)
    tail = _common(said[head:][::-1], name[head:][::-1])
    heard, written = said[head : len(said) - tail], name[head : len(name) - tail]
    if not heard or not written or head + tail == 0 or not _KANJI.search(written):
        return False
    if not _KANA.fullmatch(heard) or not _KANJI.search(said):
        return False
    if head == 0:
        return sound.startswith(heard) and len(heard) > 1
    return sound.endswith(heard) if tail == 0 else heard in sound


def _by_latin(company: Company, latin: str, start: int, key: _Folded) -> Iterable[Way]:
    parts = latin.split()
    for count in range(len(parts), 0, -1):
        said = "".join(parts[:count])
        if len(said) < 5 or not (pattern := text.romaji_pattern(said)):
            continue
        whole = bool(re.fullmatch(pattern, company.sound))
        if whole or re.match(pattern, company.sound):
            letters = len(text.search_key(said))
            yield Way(_LATIN if whole else _SHORT_SOUND, start, min(start + letters, len(key.key)))
            return


def _within(company: Company, key: _Folded, rest: str) -> Iterable[Way]:
    """A whole name that does not begin at a mark: 忘年会でミナトシステム is, 大東京食品 for 東京食品 is not sure."""
    for name in company.keys:
        place = key.key.find(name) if len(name) > 3 else -1
        if place >= 0:
            yield Way(_IN_A_WORD, place, place + len(name))


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _long_enough(said: str) -> bool:
    return len(said) > 2 or (len(said) == 2 and not _KANA.search(said))


def _other_kana(company: Company, key: _Folded, rest: str, start: int, length: int) -> int:
    """ミナト for みなと: the same to the search, but not the same name."""
    said = rest[key.places[start] : key.places[start + length - 1] + 1]
    letters = [_NO_MARK.sub("", name).casefold() for name in (company.core, *company.parts)]
    return 0 if any(name.startswith(_NO_MARK.sub("", said).casefold()) for name in letters) else _OTHER_KANA


_NO_MARK = re.compile(r"[\s・ー\-.,&']+")


def _kanji_lost(said: str, name: str) -> bool:
    """One has a kanji more than the other: rather another name than a slip."""
    return len(_KANJI.findall(said)) != len(_KANJI.findall(name))


_SAME_SOUND = str.maketrans(
    "ゔぢづをがぎぐげござじずぜぞだでどばびぶべぼぱぴぷぺぽ",
    "ふしすおかきくけこさしすせそたてとはひふへほはひふへほ",
)


def _slip_of_the_hand(said: str, name: str) -> bool:
    """A kana too many, missing, turned around or with the wrong marks; any other letter may make another company."""
    head = _common(said, name)
    tail = _common(said[head:][::-1], name[head:][::-1])
    one, other = (word[head : len(word) - tail].translate(_SAME_SOUND) for word in (said, name))
    if not one or not other:
        return bool(_KANA.fullmatch(one + other))
    return one == other or (len(one) == 2 and one == other[::-1])


def distance(one: str, other: str, *, most: int) -> int:
    """How many letters differ, are missing or too many; more than `most` is `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        now = [row]
        for column, right in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (left != right)))
        if min(now) > most:
            return most + 1
        before = now
    return before[-1]


@dataclass(frozen=True)
class Choice:
    """What the line says of the company: one for sure, or several of which the first is offered."""

    mentions: list[Mention]
    sure: bool


def choose(found: Sequence[Mention], knows: Mapping[object, bool]) -> Choice | None:
    """`knows`: whether somebody of a company is named in the line; what only they decide stays a guess."""
    if not found:
        return None
    best = found[0]
    around = [m for m in found if m.start < best.end and best.start < m.end]
    longest = max(m.end for m in around if m.far <= best.far + _RIVAL)
    around = [m for m in around if m.end >= best.end or m.far <= best.far] if best.end == longest else around
    only_sound = best.far and _KANA.fullmatch(best.key)
    reach = max(best.far, _SHORT_SOUND) if only_sound else best.far + _RIVAL
    rivals = [m for m in around if m.far <= reach and m.end - m.start >= best.end - best.start - 1]
    if best.far == _EXACT:
        rivals = [m for m in rivals if m.far == _EXACT]
    elif not best.slip:
        rivals = [m for m in rivals if not m.slip or (best.far == _SHORT and m.far == _TYPO)]
    if len(rivals) > 1:
        rivals.sort(key=lambda m: (not knows.get(m.company.id, False), not m.company.mine, m.far))
        return Choice(rivals, sure=False)
    near_enough = best.far <= _TYPO or (best.far <= _SHORT_TYPO and knows.get(best.company.id, False))
    return Choice([best], sure=near_enough)


def own_first(companies: Collection[Company]) -> list[Company]:
    return sorted(companies, key=lambda company: not company.mine)
