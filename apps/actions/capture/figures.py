"""Numbers in a line: how long it took and what it may cost, as reps write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {sign: number for number, sign in enumerate("〇一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|[〇一二三四五六七八九十百千]+)"

_HOURS = r"(?:時間(?![後前遅])|hours?|hrs?|h)(?![a-z])"
_MINUTES = r"(?:分間?(?![後前遅の])|(?:minutes?|mins?|m)(?![a-z]))"
_ENOUGH = re.compile(r"(?<=[でもにはが])十分|十分(?=[とだなです])")
_LENGTH = re.compile(
    rf"(?P<hours>{_NUMBER}|半)\s*{_HOURS}(?:\s*(?P<half>半)|\s*(?P<rest>\d{{1,2}}(?![\d.,百千万円名人])|{_NUMBER}(?=\s*{_MINUTES}))\s*(?:{_MINUTES})?)?"
    rf"|(?<![時:\d])(?P<minutes>{_NUMBER})\s*{_MINUTES}",
    re.IGNORECASE,
)
_ABOUT = r"(?:くらい|ぐらい|ほど|程度|弱|強|前後|位)?"
_LENGTH_TAIL = re.compile(rf"{_ABOUT}(?:ほど)?")

_UNITS = {"千": 10**3, "万": 10**4, "まん": 10**4, "マン": 10**4, "百万": 10**6, "千万": 10**7, "億": 10**8}
_UNIT = "百万|千万|億|万|まん|マン|千(?=円)"
_AMOUNT = re.compile(
    rf"(?:予算枠?|金額|価格|総額|年額|月額|単価)?(?:は|が|で|を)?\s*(?:[¥\\]\s*(?P<yen>{_NUMBER})(?P<yen_unit>{_UNIT})?円?"
    rf"|(?P<head>{_NUMBER})\s*(?P<head_unit>{_UNIT})(?:(?P<tail>{_NUMBER})(?P<tail_unit>千万|千|万))?円?"
    rf"|(?P<plain>{_NUMBER})\s*円)"
    rf"{_ABOUT}"
)
_REFUSED = re.compile(
    r"(?:を|→|⇒)\s*(?:[¥\\]|[\d,.]+\s*(?:百|千)?(?:万|億|円|まん))|(?:まで)?(?:だと|では|じゃ|は|も|が|、|に)?\s*(?:ちょっと|さすがに|少し)?"
    r"(?:高|無理|厳し|きつ|キツ|難し|(?:出|呑|飲|通|払|かけら)[せめられえ](?:ない|ん|へん|ず|ません)|しんどい|あかん|アカン|予算外|足りない|NG|ダメ|だめ|却下|オーバー|超え)"
)
_DISCOUNT = re.compile(
    r"(?:ほど|くらい)?(?:の)?(?:引|値引|値下|安く|ダウン|下げ|off|割引|マイナス|減)", re.IGNORECASE
)
_DISCOUNT_BEFORE = re.compile(r"(?:値引き?|割引|値下げ|ディスカウント)(?:を|は|が|に|で|:)?\s*$")
_OF_OTHERS = re.compile(r"(?:他社|競合|現行|現状|今の業者|[A-Z]社)[^\s、。,]{0,4}$")
_NOT_MONEY = re.compile(r"[人名件台個本枚社回歳拠店通部戸冊着食]")


@dataclass(frozen=True)
class Figure:
    """A whole number and where it stands."""

    value: int
    start: int
    end: int


def number(written: str) -> Decimal:
    """1,200 and 2.4 and 二百五十 alike."""
    written = written.replace(",", "")
    if written[0].isdigit():
        return Decimal(written)
    total = digit = 0
    for sign in written:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return Decimal(total + digit)


def length(text: str) -> Figure | None:
    """How many minutes the contact took."""
    for found in _LENGTH.finditer(text):
        if _ENOUGH.match(text, found.start()):
            continue
        if found["minutes"]:
            value = number(found["minutes"])
        else:
            hours = Decimal("0.5") if found["hours"] == "半" else number(found["hours"])
            value = (
                hours * 60 + (30 if found["half"] else 0) + (number(found["rest"]) if found["rest"] else 0)
            )
        if value == int(value) and value < 24 * 60:
            tail = _LENGTH_TAIL.match(text, found.end())
            return Figure(int(value), found.start(), tail.end() if tail else found.end())
    return None


def amounts(text: str) -> Iterator[tuple[Figure, bool]]:
    """Every amount in yen, with whether it is one that the customer may pay: not a refused one, not a discount."""
    for found in _AMOUNT.finditer(text):
        after = text[found.end() :]
        if _NOT_MONEY.match(after):
            continue
        value = _yen(found)
        if value == int(value) and value > 0:
            wanted = not (
                _REFUSED.match(after)
                or _DISCOUNT.match(after)
                or _OF_OTHERS.search(text[: found.start()])
                or _DISCOUNT_BEFORE.search(text[: found.start()])
            )
            yield Figure(int(value), found.start(), found.end()), wanted


def refused(text: str, place: int) -> bool:
    """What follows an amount says that it is too much."""
    return bool(_REFUSED.match(text, place))


def _yen(found: re.Match[str]) -> Decimal:
    if found["yen"]:
        return number(found["yen"]) * _UNITS.get(found["yen_unit"] or "", 1)
    if found["plain"]:
        return number(found["plain"])
    value = number(found["head"]) * _UNITS[found["head_unit"]]
    return value + (number(found["tail"]) * _UNITS[found["tail_unit"]] if found["tail"] else 0)
