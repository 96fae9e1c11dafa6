"""Words of a contact that were written as they sound, ﾎｳﾓﾝ or らいしゅうげつよう, in the signs that the rules know."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HIRAGANA = {sign: sign - 0x60 for sign in range(ord("ァ"), ord("ヶ") + 1)}
_KATAKANA = {hiragana: katakana for katakana, hiragana in _HIRAGANA.items()}
_RUN = re.compile(r"[ぁ-ゖ][ぁ-ゖー]*|[ァ-ヶ][ァ-ヶー]*")

TITLES = {
    "だいひょう": "代表", "しゃちょう": "社長", "せんむ": "専務", "じょうむ": "常務", "ぶちょう": "部長", "じちょう": "次長",
    "かちょう": "課長", "かかりちょう": "係長", "しゅにん": "主任", "しょちょう": "所長", "てんちょう": "店長", "いんちょう": "院長",
    "えんちょう": "園長", "こうちょう": "校長", "こうじょうちょう": "工場長", "じむちょう": "事務長", "おかみ": "女将",
}  # fmt: skip
_AFTER_A_NUMBER = {"ふん": "分", "ぷん": "分", "じかん": "時間", "がつ": "月", "にち": "日"}
_WORDS = {
    "でんわ": "電話", "さいでんわ": "再電話", "さいかでん": "再架電", "にゅうでん": "入電", "めーる": "メール", "てがみ": "手紙",
    "ほうもん": "訪問", "さいほうもん": "再訪問", "めんだん": "面談", "しょうだん": "商談", "うちあわせ": "打合せ", "らいしゃ": "来社",
    "おんらいん": "オンライン", "るす": "留守", "ふざい": "不在", "がいしゅつ": "外出", "しゅっちょう": "出張", "かいぎ": "会議",
    "おことわり": "お断り", "ことわられ": "断られ", "もんぜんばらい": "門前払い", "きょうみなし": "興味なし", "へんしん": "返信",
    "へんじ": "返事", "かいとう": "回答", "といあわせ": "問い合わせ", "おりかえし": "折り返し", "みつもり": "見積", "しりょう": "資料",
    "ていあん": "提案", "ていしゅつ": "提出", "そうふ": "送付", "そうしん": "送信", "じさん": "持参", "せつめい": "説明",
    "かくにん": "確認", "れんらく": "連絡", "うかがう": "伺う", "いく": "行く", "よてい": "予定", "きぼう": "希望", "どうにゅう": "導入",
    "はっちゅう": "発注", "けっさい": "決裁", "けいやく": "契約", "かいし": "開始", "こうしん": "更新", "きょう": "今日", "あした": "明日", "あす": "明日", "あさって": "明後日", "きのう": "昨日",
    "こんしゅう": "今週", "らいしゅう": "来週", "さらいしゅう": "再来週", "さいらいしゅう": "再来週", "こんげつ": "今月",
    "らいげつ": "来月", "さらいげつ": "再来月", "げつまつ": "月末", "しゅうあけ": "週明け", "ねんない": "年内", "としあけ": "年明け",
    "げつよう": "月曜", "かよう": "火曜", "すいよう": "水曜", "もくよう": "木曜", "きんよう": "金曜", "どよう": "土曜",
    "あり": "あり", "なし": "なし", "した": "した", "まち": "待ち", "ちゅう": "中",
}  # fmt: skip


def _one_of(words: dict[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_PARTICLE = r"(?:までに|まで|から|[にでをはがもとのへ])"
_GOES_ON = rf"(?=$|び|し|す[るみ]|ずみ|き[たて]|た|だった|ほしい|{_PARTICLE}|{_one_of(_WORDS)})"
_WORD = re.compile(rf"(?P<word>{_one_of(_WORDS)}){_GOES_ON}")
_AFTER_A_PARTICLE = re.compile(rf"(?:{_PARTICLE}){_WORD.pattern}")
_COUNTED = re.compile(_one_of(_AFTER_A_NUMBER))


def hiragana(kana: str) -> str:
    return kana.translate(_HIRAGANA)


def katakana(kana: str) -> str:
    return kana.translate(_KATAKANA)


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Where such a word stands and how it is written: at the head of a run of kana, or after another of them."""
    for run in _RUN.finditer(text):
        kana, place = hiragana(run[0]), 0
        if text[: run.start()][-1:].isdigit() and (counted := _COUNTED.match(kana)):
            yield run.start(), run.start() + counted.end(), _AFTER_A_NUMBER[counted[0]]
            place = counted.end()
        while found := _WORD.match(kana, place) or _AFTER_A_PARTICLE.match(kana, place):
            place = found.end()
            yield run.start() + found.start("word"), run.start() + place, _WORDS[found["word"]]
