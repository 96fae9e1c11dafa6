"""One name in several signs: 髙島屋 and 高島屋, 千鳥ヶ庄 and 千鳥が庄. Who is in a hurry takes the simpler."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice, product

_OTHER = "斉齊齋髙邊邉﨑嵜濱澤嶋嶌廣國櫻冨𠮷惠眞龍禮德壽條瀧萬實與藏會學應關鐵靜總豐增淺鷗檜薗曾嶽溪樂穗稻舘籠榮圓彌傳莊兒寶槇渕"
_USUAL = "斎斎斎高辺辺崎崎浜沢島島広国桜富吉恵真竜礼徳寿条滝万実与蔵会学応関鉄静総豊増浅鴎桧園曽岳渓楽穂稲館篭栄円弥伝荘児宝槙淵"
_GA = re.compile(r"(?<=[一-鿿々])[ゖけがヶケガ](?=[一-鿿々])")
_TABLE = str.maketrans(_OTHER, _USUAL)
_MANY = 12
_SPELLED: defaultdict[str, str] = defaultdict(str)
for _other, _usual in zip(_OTHER, _USUAL, strict=True):
    _SPELLED[_usual] += _other


def with_usual_kanji(name: str) -> str:
    return name.translate(_TABLE)


def with_one_ga(name: str) -> str:
    """千鳥ヶ庄, 千鳥ケ庄 and 千鳥が庄 are one name."""
    return _GA.sub("が", name)


def in_one_spelling(key: str) -> str:
    return with_one_ga(with_usual_kanji(key))


def each_spelling(key: str) -> list[str]:
    """The same for whoever keeps the name as it is written."""
    ga = {found.start() for found in _GA.finditer(key)}
    signs = ["がゖけ" if place in ga else sign + _SPELLED.get(sign, "") for place, sign in enumerate(key)]
    return ["".join(spelling) for spelling in islice(product(*signs), _MANY)]
