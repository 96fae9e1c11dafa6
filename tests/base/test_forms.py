"""The fields and forms that every app uses."""

import importlib
import inspect
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.base.forms import AsOfField, DayField, MomentField, MonthInputField, TidyCharField, YenField
from apps.base.month import Month
from apps.base.pages import made_once
from apps.base.refusal import Refused
from apps.customers import operations
from apps.customers.models import Company
from tests.architecture.source import ROOT
from tests.naughty import KEPT, REFUSED

TOKYO = ZoneInfo("Asia/Tokyo")
AT_MOST = 7


def our_forms() -> list[type[forms.BaseForm]]:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.glob("apps/*/**/*forms.py")
    ]
    members = [inspect.getmembers(importlib.import_module(module), inspect.isclass) for module in modules]
    return sorted(
        {form for found in members for _name, form in found if issubclass(form, forms.BaseForm)},
        key=lambda form: (form.__module__, form.__qualname__),
    )


@pytest.mark.parametrize("form", our_forms(), ids=lambda form: f"{form.__module__}.{form.__qualname__}")
def test_no_form_asks_for_more_than_seven_things(form):
    required = [
        name
        for name, field in getattr(form, "base_fields", {}).items()
        if field.required and not field.widget.is_hidden
    ]

    assert len(required) <= AT_MOST


def test_the_forms_were_found():
    assert {"RecordFollowForm", "PlanVisitForm", "ReportForm", "OpenDealForm", "NewCompanyForm"} <= {
        form.__name__ for form in our_forms()
    }


# ── text ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", KEPT)
def test_text_is_kept_but_for_outer_blanks_and_line_ends(text):
    assert TidyCharField().clean(f" \r\n{text}\r\n{text}　") == f"{text}\n{text}"


@pytest.mark.parametrize("text", REFUSED)
def test_control_characters_are_refused_with_a_sentence(text):
    with pytest.raises(ValidationError, match="見えない制御文字が入っています。"):
        TidyCharField().clean(text)


# ── money and time ─────────────────────────────────────────────────────────────────────────────────


def test_what_is_too_long_is_said_and_not_cut_by_the_browser():
    class Form(forms.Form):
        words = TidyCharField(max_length=5, widget=forms.Textarea)

    form = Form({"words": "長すぎる言葉"})

    assert "maxlength" not in str(form["words"])
    assert "長すぎる言葉" in str(form["words"])
    assert "5" in form.errors["words"][0]


@pytest.mark.parametrize(
    ("typed", "yen"),
    [
        ("600000", 600_000),
        ("600,000", 600_000),
        ("６００，０００円", 600_000),
        ("60万", 600_000),
        ("60 万円", 600_000),
        ("0", 0),
        ("", None),
        ("10000000000000", 10**13),
    ],
)
def test_money_is_understood_as_people_write_it(typed, yen):
    assert YenField(required=False).clean(typed) == yen


@pytest.mark.parametrize("typed", ["-1", "1.5", "六十万", "1e6", "万", "10000000000001", "9" * 50, "½", "٣"])
def test_what_is_no_sum_of_money_is_refused(typed):
    with pytest.raises(ValidationError):
        YenField().clean(typed)


def test_money_is_shown_in_groups_and_what_was_typed_stays():
    assert YenField().prepare_value(600_000) == "600,000"
    assert YenField().prepare_value("60万") == "60万"


@pytest.mark.parametrize(
    ("typed", "month"), [("2026-10", Month(2026, 10)), ("２０２６－１０", Month(2026, 10))]
)
def test_a_month_is_understood(typed, month):
    assert MonthInputField().clean(typed) == month


@pytest.mark.parametrize("typed", ["2026", "2026-13", "2026-00", "0000-01", "10月", "2026-10-01"])
def test_what_is_no_month_is_refused(typed):
    with pytest.raises(ValidationError):
        MonthInputField().clean(typed)


@pytest.mark.parametrize("field", [MomentField(), DayField(), AsOfField()])
@pytest.mark.parametrize("typed", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31", "昨日"])
def test_days_off_our_calendar_are_refused(field, typed):
    with pytest.raises(ValidationError):
        field.clean(typed)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-10-15T11:20", datetime(2026, 10, 15, 11, 20, tzinfo=TOKYO)),
        ("2026-10-15T11:20+00:00", datetime(2026, 10, 15, 20, 20, tzinfo=TOKYO)),
        ("2026-10-15", datetime(2026, 10, 15, 23, 59, 59, 999_999, tzinfo=TOKYO)),
    ],
)
def test_looking_back_a_bare_day_means_its_end(typed, moment):
    with timezone.override(TOKYO):
        assert AsOfField().clean(typed) == moment


# ── sent twice ─────────────────────────────────────────────────────────────────────────────────────


def added(rep, name: str, **once) -> Company:
    return operations.add_company(name=name, **once, by=rep, at=timezone.now())


def test_what_was_sent_before_is_answered_with_its_record(rep):
    first, new = made_once(Company, "鍵", lambda **once: added(rep, "先", **once))
    second, again = made_once(Company, "鍵", lambda **once: added(rep, "後", **once))

    assert (first, new, again) == (second, True, False)


def test_of_two_at_the_same_moment_one_is_made(rep):
    def overtaken(**once) -> Company:
        added(rep, "先", **once)
        return added(rep, "後", **once)

    company, new = made_once(Company, "鍵", overtaken)

    assert (company.name, new) == ("先", False)


def test_of_two_at_the_same_moment_the_second_is_not_refused_for_what_it_did_itself(rep):
    def overtaken(**once) -> Company:
        added(rep, "先", **once)
        raise Refused("もうあります。")

    company, new = made_once(Company, "鍵", overtaken)

    assert (company.name, new) == ("先", False)


def test_what_is_refused_for_another_reason_is_refused(rep):
    def refused(**once) -> Company:
        raise Refused("だめです。")

    with pytest.raises(Refused):
        made_once(Company, "鍵", refused)
