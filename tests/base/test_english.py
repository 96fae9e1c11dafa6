"""How the same values read in English."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from apps.base.month import Month
from apps.base.templatetags import baton


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_days_and_months_name_the_month():
    thursday = date(2026, 10, 15)

    assert baton.day(thursday) == "15 Oct"
    assert baton.dated(thursday) == "15 Oct 2026"
    assert baton.full_day(thursday) == "Thu 15 Oct"
    assert baton.month(Month(2026, 10)) == "Oct 2026"
    assert baton.short_month(thursday) == "Oct"


def test_a_moment_is_told_in_our_time():
    assert baton.timed(datetime(2026, 10, 15, 2, 20, tzinfo=UTC)) == "15 Oct 2026, 11:20"


def test_money_is_exact_yen_where_nobody_counts_in_man():
    assert baton.money(604_999) == "¥604,999"
    assert baton.money(None) == "—"
    assert baton.small_unit(baton.money(604_999)) == "¥604,999"


def test_a_rank_stands_apart_from_its_stage():
    assert baton.stage_with_rank("deal", "likely") == "Deal △"
    assert baton.stage_with_rank("topic", "") == "Topic"
