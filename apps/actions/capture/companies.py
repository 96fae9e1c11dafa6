"""Which company a line is about: by its name, a short form, its sound, or nearly so. Never certain where two fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.actions.capture import words
from apps.actions.capture.line import Line
from apps.actions.capture.names import Company
from apps.actions.capture.places import KANA, LENGTHENED, Folded, Place, all_ends, starts
from apps.actions.capture.signs import with_one_ga

_EXACT, _LONG_SOUND, _SHORT, _OTHER_KANA, _SOUND, _LATIN, _MIXED, _TYPO = 0, 2, 3, 5, 6, 9, 10, 10
_IN_A_WORD, _SHORT_SOUND, _SHORT_TYPO, OTHER_SIGNS = 11, 12, 14, 15
"""How far from certain each way of naming is; other signs are a guess only where a person who is known there is named, too."""
_TOO_FAR = 16
_RIVAL = 5

_A_KANA = re.compile(r"[ぁ-ゖ]")
_CALLED = re.compile(rf"{words.HONORIFIC}|{words.DEPARTMENT}?{words.TITLE}")
_KANJI = re.compile(r"[一-鿿々]")
_KANJIS = re.compile(r"[一-鿿々]{1,4}")
_ONLY_KANJI = re.compile(r"[一-鿿々]{2,}")


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

    @property
    def whole(self) -> bool:
        return self.far == _EXACT

    @property
    def literal(self) -> bool:
        """Said as it is written, or as it sounds from end to end."""
        return self.far <= _LATIN


def mentions(line: Line, companies: Iterable[Company]) -> list[Mention]:
    """The best way in which the line names each company, the surest first."""
    key = Folded.of(line.rest)
    ends = all_ends(line, key)
    places = [Place.of(key, start, ends, line.rest) for start in starts(key, line.rest)]
    found = []
    for company in companies:
        ways = [
            way for place in places if place.may_be(company) for way in _ways(company, place, key, line.rest)
        ]
        ways += _within(company, key)
        if ways:
            best = min(ways, key=lambda way: (way.far, way.start - way.end, way.start))
            if _of_a_person(best, company, key, line.rest):
                before = [way for way in ways if way.end <= best.start]
                best = min(before, default=best, key=lambda way: (way.far, way.start - way.end))
            if best.far <= _TOO_FAR:
                first, last = key.places[best.start], key.places[best.end - 1] + 1
                last += len(LENGTHENED.match(line.rest, last)[0])  # type: ignore[index]
                said = key.key[best.start : best.end]
                found.append(Mention(company, best.far, first, last, said, best.slip))
    return sorted(found, key=lambda way: (way.far, way.start - way.end, not way.company.mine, way.start))


def _of_a_person(way: Way, company: Company, key: Folded, rest: str) -> bool:
    """堀端さん of ほりばたしょうてん: part of the name is written, and a person's honorific or title follows."""
    part = way.end - way.start < len(company.keys[0]) and way.far
    return bool(part and _CALLED.match(rest, key.places[way.end - 1] + 1))


class Way(NamedTuple):
    """How far, and from where to where in the folded line."""

    far: int
    start: int
    end: int
    slip: bool = False


def _ways(company: Company, place: Place, key: Folded, rest: str) -> Iterable[Way]:
    for name in company.keys:
        yield from _by_name(company, name, place, key, rest)
    if company.sound:
        yield from _by_sound(company, place)
        yield from _by_latin(company, place, len(key.key))


def _by_name(company: Company, name: str, place: Place, key: Folded, rest: str) -> Iterable[Way]:
    said, start = place.said, place.start
    same = _common(said, name)
    if same == len(name) and same > 1:
        whole = _EXACT if name == company.keys[0] else _SHORT
        far = whole if same in place.stops else _IN_A_WORD
        yield Way(far + _other_kana(company, key, rest, start, same), start, start + same)
        parts = [stop for stop in place.stops if far and stop < same and _long_enough(said[:stop], None)]
        yield from (Way(_SHORT, start, start + stop) for stop in parts)
    elif same in place.stops and _long_enough(
        said[:same], LENGTHENED.match(rest, key.places[start + same - 1] + 1)
    ):
        yield Way(_SHORT + _other_kana(company, key, rest, start, same), start, start + same)
    if not same and (len(name) < 6 or said[1:3] not in name[:4]):
        return
    most = 2 if len(name) > 8 else 1
    for stop in place.stops:
        if stop <= same:
            continue
        if same > 1 and stop < len(name) and _middle_left_out(said[same:stop], name[same:]):
            yield Way(_SHORT_TYPO, start, start + stop, slip=True)
        if len(name) > 3 and abs(stop - len(name)) <= most:
            apart = distance(said[:stop], name, most=most)
            apart = 1 if apart == 2 and sorted(said[:stop]) == sorted(name) else apart  # turned around
            if 0 < apart <= most:
                kanji_lost = _kanji_lost(said[:stop], name)
                weak = 3 if kanji_lost else 0 if _slip_of_the_hand(said[:stop], name) else 2
                yield Way(_TYPO + weak + 2 * (apart - 1), start, start + stop, slip=True)
        if 4 <= stop < len(name) and same and distance(said[:stop], name[:stop], most=1) == 1:
            yield Way(_SHORT_TYPO, start, start + stop, slip=True)


def _by_sound(company: Company, place: Place) -> Iterable[Way]:
    said, start, sound, name = place.said, place.start, company.sound, company.keys[0]
    if place.kana:
        same = _common(said, sound)
        if same in place.stops and same > 2:
            whole = _LONG_SOUND if same > 5 else _SOUND
            yield Way(whole if same == len(sound) else _SHORT_SOUND, start, start + same)
        for stop in place.stops:
            near = stop <= place.kana and len(sound) > 5 and abs(stop - len(sound)) <= 1
            if near and distance(said[:stop], sound, most=1) == 1:
                yield Way(_SHORT_TYPO, start, start + stop, slip=True)
    elif company.spelled:
        heard, rest = company.spelled.groups()
        for stop in place.stops:
            signs = said[: max(0, stop - len(rest))]
            if said[len(signs) : stop] == rest and _KANJIS.fullmatch(signs) and len(signs) <= len(heard):
                yield Way(OTHER_SIGNS, start, start + stop)
    if said[0] == name[0] or (place.kana > 1 and said[:2] == sound[:2]):
        yield from _by_part_of_the_sound(name, sound, place)


def _by_part_of_the_sound(name: str, sound: str, place: Place) -> Iterable[Way]:
    said, start = place.said, place.start
    head = _common(said, name)
    heard = said[head : head + 1]
    if head == len(name) or not _A_KANA.match(heard) or heard not in sound:
        return
    for stop in place.stops:
        if not head < stop <= len(name) + len(sound) or not (
            _A_KANA.search(said, 0, stop) and _KANJI.search(said, 0, stop)
        ):
            continue
        if _sounds_in_part(said[:stop], name, sound):
            yield Way(_MIXED, start, start + stop)
        elif (
            head > 1 and stop - head > 2 and KANA.fullmatch(said, head, stop) and said[head:stop] in sound[1:]
        ):
            yield Way(_MIXED, start, start + stop)  # 大槻てっこう of 大槻鉄工所
        elif stop > 3 and any(
            said[stop - 1] == name[end - 1] and _sounds_in_part(said[:stop], name[:end], sound)
            for end in range(2, len(name))
        ):
            yield Way(_SHORT_SOUND, start, start + stop)


def _sounds_in_part(said: str, name: str, sound: str) -> bool:
    """Part of the name is written by its sound: にしかわ鉄工, 東雲ブツリュウ, 青ばフード."""
    head = _common(said, name)
    tail = _common(said[head:][::-1], name[head:][::-1])
    heard, written = said[head : len(said) - tail], name[head : len(name) - tail]
    if not heard or not written or head + tail == 0 or not _KANJI.search(written):
        return False
    if not KANA.fullmatch(heard) or not _KANJI.search(said) or len(heard) < len(written):
        return False
    if head == 0:
        return sound.startswith(heard) and len(heard) > 1
    return sound.endswith(heard) if tail == 0 else heard in sound


def _by_latin(company: Company, place: Place, end: int) -> Iterable[Way]:
    for pattern, letters in place.latin:
        if re.match(pattern, company.sound):
            far = _LATIN if re.fullmatch(pattern, company.sound) else _SHORT_SOUND
            yield Way(far, place.start, min(place.start + letters, end))
            return


def _within(company: Company, key: Folded) -> Iterable[Way]:
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


def _long_enough(said: str, lengthened: re.Match[str] | None) -> bool:
    length = len(said) + len(lengthened[0] if lengthened else "")
    return length > 2 or (length == 2 and not KANA.search(said))


def _other_kana(company: Company, key: Folded, rest: str, start: int, length: int) -> int:
    """ミナト for みなと: the same to the search, but not the same name."""
    said = _letters(rest[key.places[start] : key.places[start + length - 1] + 1])
    names = (company.core, *company.called)
    return 0 if any(_letters(name).startswith(said) for name in names) else _OTHER_KANA


def _letters(name: str) -> str:
    return with_one_ga(_NO_MARK.sub("", name).casefold())


_NO_MARK = re.compile(r"[\s・ー\-.,&']+")


def _middle_left_out(said: str, name: str) -> bool:
    """東港倉庫 for 東港陸運倉庫, みどり野教委 for みどり野市教育委員会: its signs stand in the name in this order."""
    following = iter(name)
    in_order = _ONLY_KANJI.fullmatch(said) and all(sign in following for sign in said)
    return bool(in_order) or (len(said) > 3 and name.endswith(said))


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
        return bool(KANA.fullmatch(one + other))
    return one == other or (len(one) == 2 and one == other[::-1])


def distance(one: str, other: str, *, most: int) -> int:
    """How many letters differ, are missing or too many; more than `most` is `most + 1`."""
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    one, other = one[head : len(one) - tail], other[head : len(other) - tail]
    if not one or not other:
        return min(len(one) + len(other), most + 1)
    if abs(len(one) - len(other)) > most or (most == 1 and max(len(one), len(other)) > 1):
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


_TOLD_OF = re.compile(
    r"(?:さん|様)?(?:(?:の|から|より|経由)?の?ご?紹介|(?:とも?|に|へ)の?(?:比較|競合|取引|相見積|合併|納品|納入)|にも|とも|製|が(?:入って|先に|もう|競合))"
)
_TOLD_OF_BEFORE = re.compile(
    r"(?:競合|他社|ライバル|同業|紹介元|取引先|仕入れ?先|納品先|親会社|子会社)(?:先|他社)?(?:は|が|の|に|:|、|\()?\s*$"
)


def merely_told_of(mention: Mention, rest: str) -> bool:
    return bool(_TOLD_OF.match(rest, mention.end) or _TOLD_OF_BEFORE.search(rest[: mention.start]))


def who_is_meant(
    found: Sequence[Mention], rest: str, knows: Mapping[object, bool]
) -> tuple[list[Mention], list[Mention]]:
    """The place in the line whose company is meant, and others named as clearly elsewhere.

    Who is merely told of (競合は…, …の紹介で) is left out. Of several it is the one whose person is named, else the first
    is offered, and none is sure.
    """
    told = [m for m in found if merely_told_of(m, rest)]
    kept = [m for m in found if m not in told] or list(found)
    clear = [m for m in kept if m == kept[0] or _as_clear_elsewhere(m, kept[0])]
    known = [m for m in clear if knows.get(m.company.id)]
    meant = known[0] if len(known) == 1 else min(clear, key=lambda m: m.start, default=None)
    if not meant:
        return [], []
    here = [m for m in kept if m.start < meant.end and meant.start < m.end]
    return here, [m for m in clear if m not in here and len(known) != 1]


def _as_clear_elsewhere(mention: Mention, best: Mention) -> bool:
    """Two letters after it may be any word."""
    elsewhere = mention.end <= best.start or best.end <= mention.start
    word = len(mention.key) > 2 or mention.whole or mention.start < best.start
    return elsewhere and word and mention.far <= best.far + _RIVAL


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
    only_sound = best.far and KANA.fullmatch(best.key)
    reach = max(best.far, _SHORT_SOUND) if only_sound else best.far + _RIVAL
    rivals = [m for m in around if m.far <= reach and m.end - m.start >= best.end - best.start - 1]
    if best.far == _EXACT:
        rivals = [m for m in rivals if m.far == _EXACT]
    elif not best.slip:
        rivals = [m for m in rivals if not m.slip or (best.far == _SHORT and m.far == _TYPO)]
    # くまもと中央縫製 is hardly 中央縫製
    longer = [m for m in found if m.start < best.start and m.end >= best.end and m.far <= _SHORT_SOUND]
    rivals += [m for m in longer if m not in rivals]
    if len(rivals) > 1:
        rivals.sort(
            key=lambda m: (not knows.get(m.company.id, False), not m.company.mine, m not in longer, m.far)
        )
        return Choice(rivals, sure=False)
    near_enough = best.far <= _TYPO or (best.far <= _SHORT_TYPO and knows.get(best.company.id, False))
    return Choice([best], sure=near_enough)
