"""A name is found by its sound in Latin letters, also while it is being typed."""

import re

import pytest

from apps.base.text import romaji_pattern, search_key


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("kitahama", "きたはま"),
        ("kitah", "キタハマ"),
        ("Kitahama", "ｷﾀﾊﾏ"),
        ("tokyo", "とうきょう"),
        ("toukyou", "とうきょう"),
        ("Tōkyō", "トーキョー"),
        ("shimbashi", "しんばし"),
        ("sannou", "さんのう"),
        ("tsuzuki", "つづき"),
        ("jun'ichi", "じゅんいち"),
        ("kyushu", "きゅうしゅう"),
        ("onuma", "おおぬま"),
        ("ken", "けん"),
        ("kan", "かなざわ"),
    ],
)
def test_romaji_finds_the_reading(typed, reading):
    assert re.search(romaji_pattern(typed), search_key(reading))


@pytest.mark.parametrize(
    ("typed", "reading"), [("tanaka", "なかた"), ("ono", "うの"), ("kitahama", "きたま")]
)
def test_another_sound_is_another_name(typed, reading):
    assert not re.search(romaji_pattern(typed), search_key(reading))


@pytest.mark.parametrize("typed", ["北浜", "きた", "k", "nec", "lucky", "a1", "", "100", "x.y", "(a", "["])
def test_what_is_no_romaji_has_no_sound(typed):
    assert romaji_pattern(typed) is None
