"""One normalisation for every text, and one key to find names by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.base.text import ControlCharacters, search_key, tidied, without_controls
from tests.naughty import KEPT, REFUSED, big_list, sorted_out

CONTROLS = {chr(n) for n in (*range(0x20), 0x7F, *range(0x80, 0xA0))} - set("\t\n\r")
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\n\r"))


# ── tidied ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        (" 　\t\r\n", ""),
        ("  外側 だけ　", "外側 だけ"),
        ("一\r\n二\r三\n四", "一\n二\n三\n四"),
        ("a\tb", "a\tb"),
        ("ﾊﾝｶｸ ＡＢＣ ㈱", "ﾊﾝｶｸ ＡＢＣ ㈱"),
    ],
)
def test_only_outer_blanks_and_line_ends_change(given, kept):
    assert tidied(given) == kept


@given(texts)
def test_tidying_twice_is_tidying_once(text):
    assert tidied(tidied(text)) == tidied(text)


@given(texts)
def test_tidying_keeps_every_letter(text):
    lines = text.replace("\r\n", "\n").replace("\r", "\n")

    assert tidied(text) in lines
    assert "".join(tidied(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "control", sorted(CONTROLS - {"\x1c", "\x1d", "\x1e", "\x1f", "\x0b", "\x0c", "\x85"})
)
def test_a_control_character_is_refused_wherever_it_stands(control):
    for text in (f"{control}x", f"x{control}y", f"x{control}"):
        with pytest.raises(ControlCharacters):
            tidied(text)


@pytest.mark.parametrize("blank", ["\x0b", "\x0c", "\x1c", "\x1f", "\x85"])
def test_a_control_that_is_also_a_blank_is_refused_inside(blank):
    with pytest.raises(ControlCharacters):
        tidied(f"x{blank}y")


def test_half_of_a_surrogate_pair_is_refused():
    with pytest.raises(ControlCharacters):
        tidied("\ud83d")


def test_all_of_the_big_list_is_kept_or_refused():
    kept, refused = sorted_out()

    assert (len(kept), len(refused)) == (508, 7)
    assert [tidied(shown) for _, shown in kept] == [shown for _, shown in kept]
    assert all(not text.strip() or CONTROLS & set(text) for text in refused)


@pytest.mark.parametrize("text", REFUSED)
def test_words_to_search_by_lose_their_controls(text):
    assert not CONTROLS & set(without_controls(text))


# ── search_key ─────────────────────────────────────────────────────────────────────────────────────

SAME = [
    [
        "株式会社アルファ商事",
        "アルファ商事",
        "(株)アルファ商事",
        "（株）ｱﾙﾌｧ商事",
        "㈱あるふぁ商事",
        "アルファ商事株式会社",
    ],
    ["ABC Trading", "ａｂｃ　ｔｒａｄｉｎｇ", "abc-trading", "A.B.C. TRADING"],
    ["キヤノン", "キャノン", "きやのん"],
    ["医療法人社団 さくら会", "さくら会", "さくら・会"],
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_one_company_is_found_however_it_is_written(names):
    assert len({search_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [("アルファ商事", "アルファ商会"), ("ガス", "カス"), ("パン", "バン"), ("東京", "京都"), ("一", "二")],
)
def test_two_companies_stay_two(name, other):
    assert search_key(name) != search_key(other)


@given(st.text())
def test_a_key_never_fails_and_is_its_own_key(text):
    key = search_key(text)

    assert search_key(key) == key or _holds_a_legal_form_only_now(key)


def _holds_a_legal_form_only_now(key: str) -> bool:
    """Taking one legal form away may leave another; a key of a key is nothing that anybody asks for."""
    return len(search_key(key)) < len(key)


@given(st.text())
def test_width_makes_no_difference(text):
    assert search_key(unicodedata.normalize("NFKC", text)) == search_key(text)


@pytest.mark.parametrize("text", KEPT)
def test_a_naughty_name_has_a_key_without_blanks(text):
    assert search_key(text) == "".join(search_key(text).split())


def test_the_big_list_has_keys():
    assert {type(search_key(text)) for text in big_list()} == {str}
