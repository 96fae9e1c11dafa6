"""Texts that break careless programs; each is kept as typed, outer blanks and line ends aside."""

import json
import os
from pathlib import Path

import pytest

from apps.base import text

KEPT = [
    "<script>alert(1)</script>",
    "'; DROP TABLE customers_company; --",
    "{{ 7 * 7 }}{% now 'Y' %}",
    "%s%n %(name)s",
    '=HYPERLINK("http://example.com")',
    "田中さんにあげて下さい",
    "表ポあA鷗ŒéB逍Üßªąñ丂㐀𠀀",
    "👩‍👩‍👧‍👦🇯🇵",
    "ﷺ 社會科學院語學研究所",
    "‮undetrevni‬",
    "ZA͜LGƠ̡̢",
    "NULL",
    "../../../../etc/passwd%00",
    "1;2\u3000全角",
]
REFUSED = ["前\x00後", "前\x07後", "前\x1b[31m後", "前\x85後"]

SHARED = Path(os.environ.get("BATON_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared/data"))


def big_list() -> list[str]:
    """All 515 of the big list of naughty strings; skips the test where the list is not at hand."""
    place = SHARED / "naughty_strings/blns.json"
    if not place.exists():
        pytest.skip(f"no list of naughty strings at {place}")
    return json.loads(place.read_text())


def sorted_out(*, longest: int = 10_000) -> tuple[list[tuple[str, str]], list[str]]:
    """The big list as a required text field must take it: what it keeps, with how it keeps it, and what it refuses."""
    kept, refused = [], []
    for given in big_list():
        try:
            tidied = text.tidied(given)
        except text.ControlCharacters:
            refused.append(given)
            continue
        if 0 < len(tidied) <= longest:
            kept.append((given, tidied))
        else:
            refused.append(given)
    return kept, refused
