"""No wrong company is saved as sure: whoever else may be meant by the same words is found, however the names are kept."""

from datetime import date

import pytest
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.actions.capture import parse, tenant
from apps.actions.capture.tenant import OfTenant
from apps.customers import operations as customers
from tests import factories


def read(rep, line):
    reading = parse.read(line, today=date(2026, 10, 15), names=OfTenant(rep))
    return reading.company.value and reading.company.value.name, reading.company_state


def offered(rep, line):
    reading = parse.read(line, today=date(2026, 10, 15), names=OfTenant(rep))
    return [company.name for company in reading.candidates]


@pytest.mark.parametrize(
    ("said", "meant", "sound", "other", "heard"),
    [
        ("汐彩", "汐彩リゾート", "しおさいりぞーと", "ホテル汐彩", "ほてるしおさい"),
        ("汐彩", "汐彩リゾート", "しおさいりぞーと", "寿司処汐彩", "すしどころしおさい"),
        ("青葉", "青葉フーズ", "あおばふーず", "新青葉商会", "しんあおばしょうかい"),
        ("サンライズ", "サンライズ工業", "さんらいずこうぎょう", "ニューサンライズ", "にゅーさんらいず"),
        ("きたはま", "北浜", "きたはま", "南きたはま食堂", "みなみきたはましょくどう"),
        ("toyo shoji", "豊商事", "とよしょうじ", "東洋商事", "とうようしょうじ"),
        ("鶴が浜", "鶴ヶ浜商店", "つるがはましょうてん", "そば処鶴ヶ浜", "そばどころつるがはま"),
        ("高島屋", "高島屋工務店", "たかしまやこうむてん", "髙島屋", "たかしまや"),
        ("浜崎", "浜崎漁業", "はまさきぎょぎょう", "濱﨑商店", "はまさきしょうてん"),
    ],
)
def test_what_another_name_holds_as_well_is_a_guess_and_both_are_offered(
    rep, said, meant, sound, other, heard
):
    factories.make_company(meant, reading=sound)

    assert read(rep, f"{said} 電話 10分") == (meant, "sure")

    factories.make_company(other, reading=heard)

    assert read(rep, f"{said} 電話 10分")[1] == "guess"
    assert set(offered(rep, f"{said} 電話 10分")) == {meant, other}


def test_a_name_is_sure_in_its_own_signs_and_in_the_simpler_ones(rep):
    for name in ("渡邊製作所", "渡辺製作所", "髙橋建設"):
        factories.make_company(name)

    assert read(rep, "渡辺製作所 電話") == ("渡辺製作所", "sure")
    assert read(rep, "高橋建設 電話") == ("髙橋建設", "sure")
    assert read(rep, "渡邉製作所 電話")[1] == "guess"


def test_a_slip_that_two_names_are_near_to_is_a_guess_even_beside_a_person(rep):
    factories.make_company("株式会社北浜製作所", reading="きたはませいさくしょ")
    near = factories.make_company("北浜精機株式会社", reading="きたはませいき")
    factories.make_contact(near, name="飯沼 健司", title="総務課長")

    assert read(rep, "北浜製機 電話 飯沼課長 不在") == ("北浜精機株式会社", "guess")
    assert set(offered(rep, "北浜製機 電話 飯沼課長 不在")) == {"北浜精機株式会社", "株式会社北浜製作所"}


def test_a_whole_name_is_sure_though_others_hold_it(rep):
    for name in ("汐彩", "ホテル汐彩", "汐彩リゾート"):
        factories.make_company(name)

    assert read(rep, "汐彩 電話") == ("汐彩", "sure")


def test_a_company_is_called_by_the_name_of_what_was_merged_into_it(rep):
    kept = factories.make_company("丸森商事", reading="まるもりしょうじ")
    former = factories.make_company("青葉フード", reading="あおばふーど")
    customers.merge(kept, other=former, by=SYSTEM, at=timezone.now())

    assert read(rep, "青葉フード 電話") == ("丸森商事", "sure")

    factories.make_company("青葉フーズ", reading="あおばふーず")

    assert read(rep, "青葉フード 電話") == ("丸森商事", "sure")
    assert read(rep, "青葉 電話")[1] == "guess"
    assert set(offered(rep, "青葉 電話")) == {"丸森商事", "青葉フーズ"}


def test_the_name_of_a_company_in_the_trash_makes_no_other_sure(rep):
    factories.make_company("すみれ歯科医院", reading="すみれしかいいん")
    gone = factories.make_company("すみれ", reading="すみれ")

    customers.trash_company(gone, by=SYSTEM, at=timezone.now())

    assert read(rep, "すみれ 電話") == ("すみれ歯科医院", "guess")
    assert offered(rep, "すみれ 電話") == ["すみれ歯科医院"]


def test_a_copy_in_the_trash_leaves_its_original_sure(rep):
    factories.make_company("すみれ歯科医院", reading="すみれしかいいん")
    customers.trash_company(factories.make_company("すみれ歯科医院"), by=SYSTEM, at=timezone.now())

    assert read(rep, "すみれ歯科医院 電話") == ("すみれ歯科医院", "sure")
    assert read(rep, "すみれ歯科 電話") == ("すみれ歯科医院", "sure")


def test_nobody_is_sure_because_the_others_were_too_many_to_compare(rep, monkeypatch):
    monkeypatch.setattr(tenant, "AT_MOST", 3)
    for trade in ("塗装", "木工", "板金"):
        factories.make_company(f"佐藤{trade}")
    factories.make_company("山田商", reading="")
    factories.make_company("山田物産製作所", reading="やまだぶっさんせいさくしょ")

    assert read(rep, "山田 佐藤さん 電話")[1] == "guess"


def test_of_one_name_twice_neither_is_sure_because_the_other_was_not_compared(rep, monkeypatch):
    monkeypatch.setattr(tenant, "AT_MOST", 2)
    factories.make_company("山田", reading="やまだ")
    factories.make_company("株式会社山田", reading="やまだ ほんしゃ")
    factories.make_company("佐藤工", reading="")

    assert read(rep, "山田 佐藤さん 電話") == ("山田", "guess")


def test_a_slip_is_not_sure_where_not_all_were_compared(rep, monkeypatch):
    factories.make_company("さくらフーズ", reading="さくらふーず")

    assert read(rep, "さくらぶーず 電話") == ("さくらフーズ", "sure")

    monkeypatch.setattr(tenant, "AT_MOST", 1)

    assert read(rep, "さくらぶーず 電話") == ("さくらフーズ", "guess")


@pytest.mark.parametrize(
    ("line", "named", "state"),
    [
        ("花王 電話 競合は東雲ロジスティクス", "花王", "sure"),
        ("東雲ロジスティクスの紹介で花王 訪問", "花王", "sure"),
        ("花王 電話 東雲ロジスティクス 導入済み", "花王", "guess"),
        ("花王 岡本さん 電話 東雲ロジスティクスが入っている", "花王", "sure"),
        ("花王 電話 東雲ロジ が導入済み", "花王", "guess"),
        ("花旺 電話 競合は東雲ロジスティクス", "東雲ロジスティクス株式会社", "guess"),
        ("花旺 電話 東雲ロジスティクスが入っている", "東雲ロジスティクス株式会社", "guess"),
        ("ハレノワ 電話 東雲ロジスティクス導入済み", "東雲ロジスティクス株式会社", "guess"),
        ("くまもと東雲ロジスティクス 電話", "熊本東雲ロジスティクス", "guess"),
    ],
)
def test_whoever_is_only_told_of_is_not_sure_nor_is_one_of_two_that_are_named(rep, line, named, state):
    factories.make_contact(factories.make_company("花王"), name="岡本 翔")
    factories.make_company("東雲ロジスティクス株式会社")
    factories.make_company("熊本東雲ロジスティクス", reading="くまもとしののめろじすてぃくす")

    assert read(rep, line) == (named, state)
