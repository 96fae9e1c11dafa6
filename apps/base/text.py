"""One normalisation for every text that a person or a file gives us, and one key to find names by."""

from __future__ import annotations

import re
import unicodedata

import jaconv

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")
_FORMS = (
    r"株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|公益社団法人|公益財団法人"
    r"|社団法人|財団法人|特定非営利活動法人|社会福祉法人|医療法人社団|医療法人財団|医療法人|学校法人|宗教法人"
    r"|独立行政法人|国立大学法人|地方独立行政法人"
)
_FORMS_SHORT = "株|有|合|資|名|社|財|福|医|学|宗|独|特非"
_LEGAL_FORMS = re.compile(rf"{_FORMS}|\((?:{_FORMS_SHORT})\)")
_LEGAL_FORMS_WRITTEN = re.compile(rf"{_FORMS}|[(\uff08](?:{_FORMS_SHORT})[)\uff09]|[㈱㈲㈾㈴]")
_LEGAL_FORMS_READ = re.compile(
    r"かぶしきがいしや|かぶしきがいしゃ|ゆうげんがいしや|ゆうげんがいしゃ|ごうどうがいしや|ごうどうがいしゃ"
    r"|\((?:かぶ|ゆう|どう|し|めい|しや|ざい|ふく|い|がく|しゆう|どく)\)"
)
_SMALL_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_NO_LETTER = re.compile(r"[\s\-‐-―−ー・.,'’。、「」『』()\[\]{}<>〈〉《》【】/\\&_!?:;\"*~]+")

_ROMAJI = re.compile(r"[a-z][a-z'\-]*")
_UNFINISHED = re.compile(r"[^aiueon]+$")
_DOUBLE_N = re.compile(r"nn(?=[aiueoy])")
_HIRAGANA = re.compile(r"[ぁ-ん]+")
_WITH_O, _WITH_U = "おこごそぞとどのほぼぽもよろ", "うくぐすずつづぬふぶぷむゆる"
_LONG_VOWEL = re.compile(rf"([{_WITH_O}])[うお]|([{_WITH_U}])う")
_SOUNDS = (
    {sign: f"{sign}[うお]?" for sign in _WITH_O}
    | {sign: f"{sign}う?" for sign in _WITH_U}
    | {"ず": "[ずづ]う?", "じ": "[じぢ]"}
)
"""What one kana of romaji may stand for: long vowels are seldom written, ず and づ sound alike."""


class ControlCharacters(ValueError):
    """The text holds control characters, which no field keeps."""


def tidied(text: str) -> str:
    """Line ends as LF, outer blanks gone; inner text untouched. Raises ControlCharacters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROLS.search(text):
        raise ControlCharacters
    return text


def without_controls(text: str) -> str:
    """For words to search by: control characters find nothing."""
    return _CONTROLS.sub("", text).strip()


def search_key(name: str) -> str:
    """What a name is found by: width, case, kana kind, legal form and punctuation make no difference."""
    key = jaconv.kata2hira(unicodedata.normalize("NFKC", name).casefold())
    key = _LEGAL_FORMS_READ.sub("", _LEGAL_FORMS.sub("", key))
    # What stood between two marks is gone: put them into their one order again.
    return unicodedata.normalize("NFKC", _NO_LETTER.sub("", key).translate(_SMALL_KANA))


def romaji_pattern(word: str) -> str | None:
    """The search keys that a word in Latin letters may be the sound of: tokyo finds とうきょう, kitah きたはま.

    None where it is no romaji, or says less than two kana.
    """
    letters = _UNFINISHED.sub("", _without_macrons(word))
    if not _ROMAJI.fullmatch(letters):
        return None
    spoken = jaconv.alphabet2kana(_DOUBLE_N.sub("n'n", letters.replace("-", "")))
    kana = search_key(spoken)
    if len(kana) < 2 or not _HIRAGANA.fullmatch(kana) or "っっ" in spoken:
        return None
    pattern = "".join(_SOUNDS.get(sign, sign) for sign in _LONG_VOWEL.sub(r"\1\2", kana))
    return re.sub("ん$", "[んなにぬねの]", pattern)


def _without_macrons(word: str) -> str:
    signs = unicodedata.normalize("NFKD", word).casefold()
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def without_legal_form(name: str) -> str:
    """The name as colleagues say it, for narrow cells: 株式会社 and its kin left out, unless nothing remains."""
    return " ".join(_LEGAL_FORMS_WRITTEN.sub(" ", name).split()) or name
