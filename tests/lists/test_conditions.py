"""What an address asks of a list: read, said, written back; what is wrong is left out and said."""

from datetime import date

import pytest
from django.http import QueryDict
from django.urls import reverse

from apps.base.listing import Asker, asked_of, conditions
from apps.customers.lists import COMPANIES
from tests import factories
from tests.naughty import KEPT, REFUSED

TODAY = date(2026, 11, 21)


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def names(browser, **asked) -> list[str]:
    listing = browser.get(reverse("customers:companies"), asked).context["listing"]
    return [company.name for company in listing.rows]


@pytest.fixture
def companies(db):
    factories.make_company("甲", reading="1", industry="E", area="13101", employees=50, busy_months=[3, 4])
    factories.make_company("乙", reading="2", industry="26", area="22138", employees=200, existing=True)
    factories.make_company("丙", reading="3", industry="39", area="13")
    factories.make_company("丁", reading="4", employees=10, buying_months=[12])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (["industry:in:E"], "甲乙"),
        (["industry:in:26,39"], "乙丙"),
        (["industry:in:empty"], "丁"),
        (["prefecture:in:13"], "甲丙"),
        (["municipality:has:浜松"], "乙"),
        (["employees:range:50.."], "甲乙"),
        (["employees:range:..50"], "甲丁"),
        (["employees:range:11..199"], "甲"),
        (["employees:in:empty"], "丙"),
        (["employees:in:filled"], "甲乙丁"),
        (["existing:in:yes"], "乙"),
        (["existing:in:no"], "甲丙丁"),
        (["busy_months:in:4,5"], "甲"),
        (["buying_months:in:empty"], "甲乙丙"),
        (["prefecture:in:13", "employees:range:50.."], "甲"),
        (["prefecture:in:13|employees:range:50.."], "甲乙丙"),
        (["prefecture:in:13|existing:in:yes", "industry:in:E"], "甲乙"),
    ],
)
def test_groups_all_hold_and_of_alternatives_one(browser, companies, where, found):
    assert "".join(names(browser, where=where)) == found


def test_companies_are_found_by_the_list_they_stand_on(browser, rep):
    on, _off = factories.make_company("上"), factories.make_company("外")
    target = factories.make_list(rep)
    factories.make_entry(target, on)

    assert names(browser, where=f"on_list:in:{target.pk}") == ["上"]


WRONG = [
    "x",
    ":::",
    "industry",
    "industry:in:",
    "industry:in:ZZ",
    "industry:has:E",
    "unknown:in:1",
    "employees:range:5",
    "employees:range:..",
    "employees:range:a..b",
    "employees:in:today",
    "created_at:range:2026-99-99..",
    "created_at:range:0001-01-01..",
    "existing:in:perhaps",
    "municipality:has:" + "あ" * 300,
    "on_list:in:1",
    "|".join(["existing:in:yes"] * 11),
]


@pytest.mark.parametrize("where", WRONG)
def test_what_cannot_be_read_is_left_out_and_said(browser, companies, where):
    response = browser.get(reverse("customers:companies"), {"where": [where, "industry:in:E"]})

    assert [company.name for company in response.context["listing"].rows] == ["甲", "乙"]
    assert "外して表示しています" in response.content.decode()


@pytest.mark.parametrize("value", [*KEPT, *REFUSED])
def test_no_value_breaks_a_list(browser, value):
    for where in (f"municipality:has:{value}", value, f"industry:in:{value}"):
        assert browser.get(reverse("customers:companies"), {"where": where}).status_code == 200


@pytest.mark.parametrize("value", ["a,b", "a|b", "50%", "%2C", "a:b", "あ、い"])
def test_a_value_comes_back_as_it_was_written(value):
    group = (conditions.Condition("note", "has", (value, "z")), conditions.Condition("x", "in", ("1",)))

    assert conditions.read(conditions.written(group)) == group


def asked(query: str):
    return asked_of(COMPANIES, QueryDict(query), Asker(None, TODAY))


def test_the_address_is_the_same_however_it_was_asked():
    short = asked("industry=E&q=%E7%94%B2&after=x&nonsense=1")

    assert short.query == "q=%E7%94%B2&where=industry%3Ain%3AE"
    assert asked(short.query).query == short.query


def test_conditions_are_said_in_words():
    found = asked("where=industry:in:E&where=employees:range:100..|prefecture:in:13")

    assert [[found.said(c) for c in group] for group in found.groups] == [
        ["業種: 製造業"],
        ["従業員数: 100以上", "都道府県: 東京都"],
    ]


# ── the form ───────────────────────────────────────────────────────────────────────────────────────


def sent(browser, **typed):
    return browser.get(reverse("customers:companies"), {"filter": "set", **typed})


def wheres(response) -> list[str]:
    return QueryDict(response.url.partition("?")[2]).getlist("where")


def test_the_form_leads_to_the_address_of_what_it_asks(browser):
    response = sent(browser, **{"f.industry": ["E", "39"], "f.employees.from": "１００", "match": "all"})

    assert wheres(response) == ["industry:in:E,39", "employees:range:100.."]


def test_any_of_the_form_is_one_group(browser):
    response = sent(browser, **{"f.existing": "yes", "f.employees.is": "empty", "match": "any"})

    assert wheres(response) == ["employees:in:empty|existing:in:yes"]


def test_the_form_shows_what_holds_and_keeps_what_it_cannot_show(browser):
    where = ["industry:in:E", "industry:in:39|existing:in:yes"]
    form = (
        browser.get(reverse("customers:companies"), {"where": where, "filter": "open"})
        .context["listing"]
        .form
    )

    again = sent(
        browser,
        **{"f.industry": form["f.industry"].value(), "where": [w for n, w in form.hidden if n == "where"]},
    )

    assert sorted(wheres(again)) == sorted(where)


def test_what_the_form_cannot_read_is_said_at_its_field(browser, companies):
    response = sent(browser, **{"f.employees.from": "たくさん"})

    assert response.status_code == 200
    assert list(response.context["listing"].form.errors) == ["f.employees.from"]
    assert len(response.context["listing"].rows) == 4


@pytest.mark.parametrize("count", [1, 3])
def test_a_narrowed_list_costs_the_same_however_long(browser, rep, count, django_assert_num_queries):
    made = [factories.make_company(industry="E") for _ in range(count)]
    target = factories.make_list(rep)
    for company in made:
        factories.make_entry(target, company)

    with django_assert_num_queries(9):
        browser.get(
            reverse("customers:companies"),
            {"where": ["industry:in:E", f"on_list:in:{target.pk}"], "sort": "-employees"},
        )
