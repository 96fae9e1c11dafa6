import pytest

from apps.customers import codes


def test_the_tables_are_whole():
    assert [len(codes.INDUSTRY_GROUPS), sum(map(len, codes.INDUSTRY_GROUPS.values()))] == [20, 99]
    assert [len(codes.PREFECTURES), len(codes.MUNICIPALITIES)] == [47, 1912]
    assert {code[:2] for code in codes.MUNICIPALITIES} == codes.PREFECTURES.keys()


def test_hamamatsu_has_the_wards_of_2024():
    wards = {code: name for code, name in codes.MUNICIPALITIES.items() if name.startswith("浜松市")}

    assert wards == {
        "22130": "浜松市", "22138": "浜松市中央区", "22139": "浜松市浜名区", "22140": "浜松市天竜区",
    }  # fmt: skip


def test_nakagawa_became_a_city_in_2018():
    assert (codes.MUNICIPALITIES["40231"], codes.MUNICIPALITIES.get("40305")) == ("那珂川市", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("静岡県", "22"),
        ("静岡県 浜松市 中央区", "22138"),
        ("浜松市浜名区", "22139"),
        ("22138", "22138"),
        ("１３", "13"),
        ("Tokyo", "13"),
        ("府中市", None),
        ("東京都府中市", "13206"),
        ("広島県府中市", "34208"),
        ("浜松市西区", None),
        ("どこか", None),
        ("", None),
    ],
)
def test_an_area_is_known_by_its_whole_name_or_code(text, code):
    assert codes.area_in(text) == code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("静岡県浜松市中央区元城町1", "22138"),
        ("静岡県浜松市西区1", "22130"),
        ("京都府京都市中京区寺町", "26104"),
        ("東京都どこか", "13"),
        ("千代田区丸の内", ""),
        ("", ""),
    ],
)
def test_an_address_says_its_area_as_far_as_it_goes(address, code):
    assert codes.area_of(address) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("E", "E"), ("e", "E"), ("09", "09"), ("製造業", "E"), ("食料品製造業", "09"), ("魔法業", None)],
)
def test_an_industry_is_known_by_name_or_code(text, code):
    assert codes.industry_in(text) == code
