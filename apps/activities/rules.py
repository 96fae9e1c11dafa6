"""What can be read out of the words of a contact. No Django here."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_SAID = re.compile(r"(\d[\d,]*(?:\.\d+)?)(億|万)円?|(\d[\d,]{3,})円", re.ASCII)
_UNITS = {"億": 100_000_000, "万": 10_000}
HIGHEST = 10**13


def amounts_said(text: str) -> list[int]:
    """The sums of money that a text names, in yen: 70万, 1.2億円, 698,000円."""
    found = []
    for figure, unit, plain in _SAID.findall(unicodedata.normalize("NFKC", text)):
        yen = Decimal((figure or plain).replace(",", "")) * _UNITS.get(unit, 1)
        if 0 < yen <= HIGHEST and yen == int(yen):
            found.append(int(yen))
    return found
