"""What the values of a column look like, whatever stands above them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError

from apps.base.text import without_legal_form
from apps.customers import codes
from apps.integrations.imports.fields import WhenField
from apps.integrations.imports.finding import Finder

ENOUGH = 0.8
"""The share of a column's values that must look alike; a few are always odd."""


class Look(StrEnum):
    EMAIL = "email"
    URL = "url"
    POSTAL_CODE = "postal_code"
    MONTH = "month"
    DAY = "day"
    PHONE = "phone"
    AREA = "area"
    ADDRESS = "address"
    COMPANY = "company"
    PERSON = "person"
    REASON = "reason"
    STAGE = "stage"
    INDUSTRY = "industry"
    READING = "reading"
    MONEY = "money"
    NUMBER = "number"


DATE_FORMATS = ("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y", "%d-%b-%Y", "%b %d, %Y",
                "%m/%d/%y", "%d/%m/%y")  # fmt: skip
"""Ways of writing days that are not ours; the American first, as it is the commoner in exports."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_URL = re.compile(r"https?://\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_POSTAL_CODE = re.compile(r"〒?\s?\d{3}-\d{4}|〒?\d{7}")
_MONTH = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}月?")
_PHONE = re.compile(r"[+(]?[\d()\s-]{9,18}(?:\s?(?:内線|ext\.?)\s?\d+)?")
_LATIN_FORM = re.compile(
    r"\b(?:inc|ltd|limited|llc|corp|corporation|gmbh|co\.,? ltd|company)\.?$", re.IGNORECASE
)
_KANA, _KANJI = re.compile("[ァ-ヶーぁ-ん]"), re.compile("[一-鿿]")
_MONEY = re.compile(r"[¥\\]\s?[\d,]+(?:\.0+)?|[\d,]+円|[\d.]+\s?[万億]円?|\d{1,3}(?:,\d{3})+")
_NUMBER = re.compile(r"[A-Za-z]{0,5}[-_]?\d{1,20}")
_STAGES = re.compile(
    r"受注|失注|ボツ|商談|見込|成約|closed|won|lost|open|prospect|qualif|negotiat", re.IGNORECASE
)


def look(values: Sequence[str], find: Finder) -> Look | None:
    """What most of the values are; None where they are of no kind, or there are none."""
    given = [plain for value in values if (plain := unicodedata.normalize("NFKC", value).strip())]
    if not given:
        return None
    tests: dict[Look, Callable[[str], object]] = {
        Look.EMAIL: _EMAIL.fullmatch,
        Look.URL: _URL.fullmatch,
        Look.POSTAL_CODE: _POSTAL_CODE.fullmatch,
        Look.MONTH: _MONTH.fullmatch,
        Look.DAY: lambda value: any(_is_day(value, [form]) for form in ("", *DATE_FORMATS)),
        Look.PHONE: lambda value: _PHONE.fullmatch(value) and value.lstrip("+(")[0] in "0123456789",
        Look.AREA: lambda value: len(value) < 12 and codes.area_in(value),
        Look.ADDRESS: lambda value: codes.area_of(value),
        Look.COMPANY: lambda value: without_legal_form(value) != value or _LATIN_FORM.search(value),
        Look.PERSON: find.person,
        Look.REASON: lambda value: value in find.reasons,
        Look.STAGE: _STAGES.search,
        Look.INDUSTRY: codes.industry_in,
        Look.READING: _is_reading,
        Look.MONEY: _MONEY.fullmatch,
        Look.NUMBER: _NUMBER.fullmatch,
    }
    for kind, says in tests.items():
        if sum(bool(says(value)) for value in given) >= ENOUGH * len(given):
            return kind
    return None


def _is_reading(value: str) -> bool:
    return not _KANJI.search(value) and 2 * len(_KANA.findall(value)) > len(value)


def date_formats(values: Sequence[str]) -> list[str]:
    """The foreign ways of writing that all these days may be meant in; none if ours will do, or nothing does."""
    given = [plain for value in values if (plain := unicodedata.normalize("NFKC", value).strip())]
    if not given or all(_is_day(value, [""]) for value in given):
        return []
    return [form for form in DATE_FORMATS if all(_is_day(value, [form]) for value in given)]


def _is_day(value: str, formats: Sequence[str]) -> bool:
    """Whether the value is a day in one of the formats; "" is ours."""
    return any(_in_form(value, form) if form else _in_ours(value) for form in formats)


def _in_form(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only the form is asked
    except ValueError:
        return False
    return True


def _in_ours(value: str) -> bool:
    try:
        WhenField(label="").clean(value)
    except ValidationError:
        return False
    return True
