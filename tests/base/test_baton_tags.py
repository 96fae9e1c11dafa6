import re
from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from apps.base.month import Month
from apps.base.templatetags import baton


def shown(source, **context):
    return Template("{% load baton %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("yen", "words"),
    [
        (600_000, "60"),
        (604_999, "60"),
        (605_000, "61"),
        (32_600_000_000, "3,260,000"),
        (0, "0"),
        (-605_000, "−61"),
        (None, "—"),
    ],
)
def test_money_is_shown_in_whole_man_yen_half_up(yen, words):
    assert baton.man(yen) == words


def test_money_in_a_sentence_has_its_unit_small_where_it_stands_alone():
    assert baton.money(604_999) == "60万円"
    assert baton.money(None) == "—"
    assert baton.small_unit(baton.money(604_999)) == "60<small>万円</small>"


def test_exact_yen_keeps_every_figure():
    assert baton.yen(604_999) == "604,999円"
    assert baton.yen(None) == "—"


@pytest.mark.parametrize(
    ("rate", "decimals", "words"),
    [
        (Fraction(1, 8), 0, "13"),
        (Fraction(1, 8), 1, "12.5"),
        (Fraction(1, 3), 1, "33.3"),
        (Fraction(3), 0, "300"),
        (Fraction(12, 1), 0, "1,200"),
        (None, 0, "—"),
    ],
)
def test_a_rate_is_shown_per_cent_half_up(rate, decimals, words):
    assert baton.percent(rate, decimals) == words


@pytest.mark.parametrize(("gap", "words"), [(-12, "−12"), (0, "±0"), (1_204, "1,204"), (None, "—")])
def test_a_gap_carries_its_sign(gap, words):
    assert baton.signed(gap) == words


def test_days_and_months_read_as_people_write_them():
    thursday = date(2026, 10, 15)

    assert baton.day(thursday) == "10/15"
    assert baton.dated(thursday) == "2026/10/15"
    assert baton.full_day(thursday) == "10月15日(木)"
    assert baton.month(Month(2026, 10)) == "2026年10月"
    assert baton.short_month(thursday) == "10月"
    assert baton.day(None) == baton.month(None) == "—"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 19, 15, 0, tzinfo=UTC), "11月20日(金)"),
        (datetime(2025, 12, 31, 14, 59, tzinfo=UTC), "2025年12月31日(水)"),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "1月1日(木)"),
        (None, "—"),
    ],
)
def test_a_day_of_another_year_is_told_with_its_year(moment, words, monkeypatch):
    monkeypatch.setattr(baton.timezone, "localdate", lambda: date(2026, 11, 21))

    assert baton.near_day(moment) == words


@pytest.mark.parametrize(
    ("day", "short", "month"),
    [
        (date(2026, 1, 4), "1/4", "1月"),
        (date(2027, 10, 31), "2027/10/31", "10月"),
        (date(2027, 11, 1), "2027/11/1", "2027年11月"),
        (date(2028, 2, 29), "2028/2/29", "2028年2月"),
        (date(2025, 12, 31), "2025/12/31", "2025年12月"),
        (None, "—", "—"),
    ],
)
def test_what_would_be_taken_for_another_year_has_its_own(day, short, month, monkeypatch):
    monkeypatch.setattr(baton.timezone, "localdate", lambda: date(2026, 11, 21))

    assert (baton.near(day), baton.near_month(day)) == (short, month)


def test_a_moment_falls_on_the_day_it_has_here():
    assert baton.day(datetime(2026, 10, 14, 15, 0, tzinfo=UTC)) == "10/15"


def test_a_moment_with_its_time_is_told_in_our_time():
    assert baton.timed(datetime(2026, 10, 15, 2, 20, tzinfo=UTC)) == "2026/10/15 11:20"


def test_only_a_deal_shows_its_rank():
    assert [baton.stage_with_rank(stage, "sure") for stage in ("deal", "topic")] == ["商談◯", "話題"]


def test_the_baton_says_what_is_known_and_the_stage():
    deal = SimpleNamespace(plan="", amount=600_000, expected_month=date(2026, 10, 1), stage="topic", rank="")

    drawn = shown("{% baton deal %}", deal=deal)

    assert 'aria-label="プラン未・価格済・時期済"' in drawn
    assert drawn.count('class="on"') == 2
    assert "話題" in drawn


def test_a_row_of_values_has_a_baton_too():
    row = {"plan": "基本", "amount": 1, "expected_month": date(2026, 10, 1), "stage": "deal", "rank": "sure"}

    drawn = shown("{% baton deal 'l' %}", deal=row)

    assert drawn.count('class="on"') == 3
    assert "商談" in drawn
    assert "◯" in drawn


def test_a_lost_baton_is_grey_and_a_bare_one_has_no_word():
    row = {"plan": "基本", "amount": None, "expected_month": None, "stage": "lost", "rank": None}

    assert 'class="bt off"' in shown("{% baton deal %}", deal=row)
    assert "ボツ" not in shown("{% baton deal bare=True %}", deal=row)


def test_an_icon_is_silent_and_points_into_the_sprite():
    assert baton.icon("deal", "s").endswith('#deal"/></svg>')
    assert 'aria-hidden="true"' in baton.icon("deal")


def test_every_icon_name_that_templates_use_is_in_the_sprite(settings):
    root = settings.ROOT
    names = set(re.findall(r'<symbol id="([^"]+)"', (root / "static/img/icons.svg").read_text()))
    used = {
        name
        for template in (root / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text())
    }

    assert used <= names


def test_a_person_keeps_one_tint_and_one_sign():
    assert baton.initial(" 佐藤 花子") == "佐"
    assert baton.tint("0197c0de") == baton.tint("0197c0de")
    assert baton.tint(7) in "abcd"


class Sample(forms.Form):
    words = forms.CharField(label="お客様の言葉", help_text="聞いたまま")
    amount = forms.CharField(label="価格", required=False, widget=forms.TextInput(attrs={"data-unit": "円"}))
    means = forms.ChoiceField(label="手段", required=False, choices=[("a", "訪問")], widget=forms.RadioSelect)
    warmth = forms.ChoiceField(
        label="温度感",
        required=False,
        choices=[("a", "高い")],
        widget=forms.RadioSelect(attrs={"data-look": "tri"}),
    )
    pattern = forms.BooleanField(label="候補", required=False)


def test_a_field_is_drawn_by_its_widget_unless_the_form_asks_otherwise():
    form = Sample()

    looks = {field.name: baton.look(field) for field in form}

    assert looks == {
        "words": "text",
        "amount": "text",
        "means": "chips",
        "warmth": "tri",
        "pattern": "switch",
    }
    assert baton.unit(form["amount"]) == "円"
    assert baton.unit(form["words"]) == ""


def test_a_form_leads_to_each_field_to_look_at_again():
    drawn = str(Sample({}))

    assert 'href="#id_words"' in drawn
    assert 'href="#id_amount"' not in drawn
    assert 'id="id_words_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_words_helptext id_words_error"' in drawn


def test_a_fresh_form_says_what_is_needed_and_what_is_not():
    drawn = str(Sample())

    assert "必須" in drawn
    assert "任意" in drawn
    assert 'class="tri"' in drawn
    assert 'class="switch"' in drawn
    assert "autofocus" not in drawn
