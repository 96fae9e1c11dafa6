"""Lengths and amounts as reps write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.actions.capture import figures


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("10分", 10),
        ("1時間", 60),
        ("1h", 60),
        ("90m", 90),
        ("30min", 30),
        ("半時間", 30),
        ("一時間半", 90),
        ("1.5h", 90),
        ("1時間15分", 75),
        ("四十五分", 45),
        ("15分くらい", 15),
        ("20分TEL", 20),
    ],
)
def test_lengths(words, minutes):
    found = figures.length(words)

    assert found
    assert (found.value, found.end) == (minutes, len(words) if words != "20分TEL" else 3)


@pytest.mark.parametrize("words", ["30分後", "14時30分", "3分の2", "5日", "3名", "10万"])
def test_what_is_no_length(words):
    assert figures.length(words) is None


@pytest.mark.parametrize(
    ("words", "yen"),
    [
        ("60万", 600_000),
        ("1.2百万", 1_200_000),
        ("80万円くらい", 800_000),
        ("1,200千円", 1_200_000),
        ("150まん", 1_500_000),
        ("予算200万", 2_000_000),
        ("三百万", 3_000_000),
        ("¥880,000", 880_000),
        ("1億2千万", 120_000_000),
        ("50,000円", 50_000),
    ],
)
def test_amounts(words, yen):
    assert [figure.value for figure, wanted in figures.amounts(words) if wanted] == [yen]


@pytest.mark.parametrize(
    "words", ["250万は高い", "5万引き", "値引き10万", "予算は聞けず", "価格はまだ", "100台", "60万だと厳しい"]
)
def test_what_is_refused_or_unknown_is_no_amount(words):
    assert [figure for figure, wanted in figures.amounts(words) if wanted] == []


@given(st.integers(1, 9_999))
def test_every_number_of_ten_thousands(count):
    assert [figure.value for figure, _ in figures.amounts(f"{count}万円")] == [count * 10_000]
    assert [figure.value for figure, _ in figures.amounts(f"{count:,}千円")] == [count * 1_000]
