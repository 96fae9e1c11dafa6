"""How values look on a page: icons, the baton, money, days. Pure: plain values in, text out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache, wraps
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.base.month import Month
from apps.base.text import without_legal_form

register = template.Library()

NOTHING = "—"


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """One symbol of img/icons.svg, silent for readers: the word stands beside it or in aria-label."""
    return format_html(
        '<svg class="ico {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def baton(deal: Any, size: str = "", bare: bool = False) -> SafeString:
    """The deal's three segments and its stage word; takes a record or a row of values.

    `bare` leaves the word out where the column's head already says it.
    """
    axes = (_value(deal, "plan"), _value(deal, "amount"), _value(deal, "expected_month") is not None)
    stage, rank = str(_value(deal, "stage") or ""), str(_value(deal, "rank") or "")
    return _baton(*map(bool, axes), stage, rank if stage == "deal" else "", size, bare, get_language())


@cache
def _baton(
    plan: bool, price: bool, timing: bool, stage: str, rank: str, size: str, bare: bool, _language: str
) -> SafeString:
    """There are only so many: each is drawn once."""
    drawn = {
        "plan": plan,
        "price": price,
        "timing": timing,
        "word": "" if bare else stage_word(stage),
        "rank": rank,
        "lost": stage == "lost",
        "won": stage == "won",
        "size": size,
    }
    return SafeString(render_to_string("components/baton.html", drawn).strip())


@register.filter
def stage_word(stage: str) -> str:
    words = {
        "prospect": _("見込み"),
        "topic": _("話題"),
        "deal": _("商談"),
        "won": _("受注"),
        "lost": _("ボツ"),
    }
    return words.get(str(stage), str(stage))


@register.filter
def stage_with_rank(stage: str, rank: str | None) -> str:
    """商談△"""
    word, sign = stage_word(stage), rank_sign(rank) if stage == "deal" else ""
    return _("%(stage)s%(rank)s") % {"stage": word, "rank": sign} if sign else word


@register.filter
def rank_sign(rank: str | None) -> str:
    """◯ sure, △ likely; nothing without a rank."""
    return {"sure": "◯", "likely": "△"}.get(str(rank), "")


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """The first sign of a person's name on their tint."""
    return _avatar(_value(person, "pk") or "", str(_value(person, "name") or person), size)


@lru_cache(maxsize=4_096)
def _avatar(pk: Any, name: str, size: str) -> SafeString:
    """A list shows the same people again and again."""
    look = f"{tint(pk)} {size}".strip()
    return format_html('<span class="av {}" aria-hidden="true">{}</span>', look, initial(name))


@register.filter
def short_name(name: str) -> str:
    """A company's name without its legal form."""
    return without_legal_form(name)


@register.filter
def marked(name: Any, words: str) -> SafeString:
    """The name with what was typed set off."""
    if not words.split():
        return conditional_escape(name)
    typed = "|".join(re.escape(word) for word in words.split())
    parts = re.split(f"({typed})", str(name), flags=re.IGNORECASE)
    signs = [format_html("<mark>{}</mark>", part) if place % 2 else part for place, part in enumerate(parts)]
    return format_html_join("", "{}", ((sign,) for sign in signs))


@register.filter
def initial(name: str) -> str:
    """The first sign of the family name."""
    return str(name).strip()[:1]


@register.filter
def tint(pk: Any) -> str:
    """One of four tints, always the same for one person."""
    return "abcd"[sum(str(pk).encode()) % 4]


@register.filter
def man(yen: int | None) -> str:
    """万円 as a whole number, half rounded up (away from nothing)."""
    return NOTHING if yen is None else grouped(rounded(Fraction(int(yen), 10_000)))


@register.filter
def yen(amount: int | None) -> str:
    """Exact yen with its unit."""
    return NOTHING if amount is None else _("%(amount)s円") % {"amount": grouped(int(amount))}


@register.filter
def money(amount: int | None) -> str:
    """60万円; exact yen for readers who do not count in 万."""
    return NOTHING if amount is None else _money(int(amount), get_language())


@lru_cache(maxsize=4_096)
def _money(amount: int, _language: str) -> str:
    if pgettext("money on screens: man or yen", "man") == "yen":
        return yen(amount)
    return _("%(amount)s万円") % {"amount": man(amount)}


@register.filter
@lru_cache(maxsize=4_096)
def small_unit(said: str) -> SafeString:
    """A figure large and the unit behind it small."""
    figure, unit = re.fullmatch(r"(.*\d)?(\D*)", said).groups(default="")
    return format_html("{}<small>{}</small>", figure, unit) if unit else format_html("{}", figure)


@register.filter
def count(number: int | None) -> str:
    return NOTHING if number is None else grouped(int(number))


@register.filter
def percent(rate: Fraction | Decimal | None, decimals: int = 0) -> str:
    """A rate as the figure before %, half rounded up; the unit stands small beside it."""
    if rate is None:
        return NOTHING
    shown = Decimal(rounded(Fraction(rate) * 100 * 10**decimals)).scaleb(-decimals)
    return f"{shown:,f}".replace("-", "−")


@register.filter
def signed(number: int | None) -> str:
    """A gap: −12, ±0, 3."""
    if number is None:
        return NOTHING
    return "±0" if number == 0 else grouped(int(number))


@register.simple_tag
def price(yen_or_none: int | None) -> SafeString:
    """An amount large with its unit small, exact for who asks; or that nobody knows it yet."""
    if yen_or_none is None:
        return format_html('<span class="tag line">{}</span>', _("金額未定"))
    figure = small_unit(money(yen_or_none))
    return format_html('<span class="num" title="{}">{}</span>', yen(yen_or_none), figure)


def of_a_day(written: Callable[[Any], str]) -> Callable[[Any], str]:
    """A day's words are looked up once for each language: a list says the same days again and again."""
    remembered = lru_cache(maxsize=4_096)(lambda moment, _language: written(moment))

    @wraps(written)
    def said(moment: Month | date | None) -> str:
        return remembered(_day(moment), get_language()) if moment else NOTHING

    return said


@register.filter
@of_a_day
def month(moment: date) -> str:
    """2026年10月"""
    return date_format(moment, pgettext("month and year", "Y年n月"))


@register.filter
@of_a_day
def short_month(moment: date) -> str:
    """10月"""
    return date_format(moment, pgettext("month alone", "n月"))


@register.filter
@of_a_day
def day(moment: date) -> str:
    """10/15"""
    return date_format(moment, pgettext("day, short", "n/j"))


@register.filter
@of_a_day
def weekday(moment: date) -> str:
    """15日(木)"""
    return date_format(moment, pgettext("day of month with weekday", "j日(D)"))


@register.filter
@of_a_day
def dated(moment: date) -> str:
    """2026/10/15"""
    return date_format(moment, pgettext("day with year", "Y/n/j"))


@register.filter
@of_a_day
def timed(moment: datetime) -> str:
    """2026/10/15 11:20"""
    return date_format(moment, pgettext("day with year and time", "Y/n/j H:i"))


@register.filter
@of_a_day
def full_day(moment: date) -> str:
    """10月15日(木)"""
    return date_format(moment, pgettext("day with weekday", "n月j日(D)"))


@of_a_day
def _day_of_year(moment: date) -> str:
    """2025年10月15日(水)"""
    return date_format(moment, pgettext("day with weekday and year", "Y年n月j日(D)"))


@register.filter
def near_day(moment: date | None) -> str:
    """10月15日(木), and with its year where that is not the running one."""
    near = moment is None or _day(moment).year == timezone.localdate().year
    return full_day(moment) if near else _day_of_year(moment)


@register.filter
def near(moment: date | None) -> str:
    """10/15, and with its year where that is not the running one."""
    return day(moment) if moment is None or _day(moment).year == timezone.localdate().year else dated(moment)


@register.filter
def near_month(moment: Month | date | None) -> str:
    """10月, and with its year where it is neither of the running one nor within the twelve months that come."""
    if moment is None:
        return NOTHING
    asked, now = Month.of(_day(moment)), Month.of(timezone.localdate())
    return short_month(moment) if asked.year == now.year or 0 <= now.until(asked) < 12 else month(moment)


@register.filter
def look(field: BoundField) -> str:
    """How a form field is drawn: what the form asks for by data-look, else by its widget."""
    widget = field.field.widget
    if wanted := widget.attrs.get("data-look"):
        return str(wanted)
    if isinstance(widget, forms.CheckboxInput):
        return "switch"
    if isinstance(widget, forms.RadioSelect):  # and CheckboxSelectMultiple
        return "chips"
    return "text"


@register.filter
def unit(field: BoundField) -> str:
    """円, 件 … to stand inside the input, from the widget's data-unit; blank where a language has no word."""
    return str(field.field.widget.attrs.get("data-unit", ""))


@register.filter
def faulty(form: forms.BaseForm) -> list[BoundField]:
    """The fields to look at again, in the form's order."""
    return [field for field in form.visible_fields() if field.errors]


def rounded(ratio: Fraction) -> int:
    """Half up, away from nothing, so that a gap reads like the figure."""
    whole = math.floor(abs(ratio) + Fraction(1, 2))
    return whole if ratio >= 0 else -whole


def grouped(number: int) -> str:
    return f"{number:,}".replace("-", "−")


def _day(moment: Month | date) -> date:
    """The day that a moment falls on here; without its zone, as moments of two zones can be equal."""
    if isinstance(moment, Month):
        return moment.first_day
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment).replace(tzinfo=None)
    return moment


def _value(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
