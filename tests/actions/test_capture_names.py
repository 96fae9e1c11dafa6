"""Which companies of a tenant a line is compared with: the database answers what `capture/scoring.py` does from memory."""

from datetime import date

import pytest

from apps.actions.capture import parse
from apps.actions.capture.tenant import OfTenant
from tests import factories

KNOWN = [
    ("丸森商事株式会社", "まるもりしょうじ", "斎藤 康弘", "さいとう やすひろ", "営業部長"),
    ("有限会社たけべ生花店", "たけべせいかてん", "武部 純子", "たけべ じゅんこ", "店長"),
    ("株式会社大隈家具センター", "おおくまかぐせんたー", "安藤 進", "あんどう すすむ", "店長"),
    ("北浜精工株式会社", "きたはませいこう", "山口 大輔", "やまぐち だいすけ", "製造部長"),
    ("株式会社青葉フード", "あおばふーど", "田中 誠", "たなか まこと", "社長"),
    ("明日香製麺株式会社", "あすかせいめん", "西村 愛", "にしむら あい", "営業企画"),
    ("医療法人社団緑会すみれクリニック", "みどりかいすみれくりにっく", "大野 圭", "おおの けい", "院長"),
    ("すみれ歯科医院", "すみれしかいいん", "関口 昭", "せきぐち あきら", "院長"),
    ("料亭鶴ヶ浜", "りょうていつるがはま", "小松 雪", "こまつ ゆき", "女将"),
    ("浪速包装資材株式会社", "なにわほうそうしざい", "丸山 勇", "まるやま いさむ", "社長"),
]


@pytest.fixture
def known(db):
    for name, reading, person, sound, title in KNOWN:
        factories.make_contact(
            factories.make_company(name, reading=reading), name=person, reading=sound, title=title
        )


@pytest.mark.parametrize(
    ("line", "named", "state"),
    [
        ("丸盛商事の斉藤部長 往訪", "丸森商事株式会社", "sure"),
        ("丸盛商事 往訪", "丸森商事株式会社", "guess"),
        ("武部生花店 店長にTEL", "有限会社たけべ生花店", "sure"),
        ("昨日訪問した大熊家具センターの安藤店長", "株式会社大隈家具センター", "sure"),
        ("kitahama seiko 山口部長 mail送信", "北浜精工株式会社", "sure"),
        ("電話青ばフード", "株式会社青葉フード", "sure"),
        ("先週金曜北浜精工訪問", "北浜精工株式会社", "sure"),
        ("北浜精工販売の山口部長 電話", "北浜精工株式会社", "guess"),
        ("ハレノワ商店に電話 明日メール", None, "new"),
        ("白井さん 電話 明日訪問", None, "unknown"),
        ("すみれ 電話", "すみれ歯科医院", "guess"),
        ("すみれクリニック 電話", "医療法人社団緑会すみれクリニック", "sure"),
        ("鶴が浜 おかみさん 電話", "料亭鶴ヶ浜", "sure"),
        ("浪速資材 丸山社長 電話", "浪速包装資材株式会社", "sure"),
        ("浪速資材 電話", "浪速包装資材株式会社", "guess"),
    ],
)
def test_a_company_is_found_however_it_was_written_and_sure_only_where_one_can_be_meant(
    rep, known, line, named, state
):
    reading = parse.read(line, today=date(2026, 10, 15), names=OfTenant(rep))

    assert (reading.company.value and reading.company.value.name, reading.company_state) == (named, state)
