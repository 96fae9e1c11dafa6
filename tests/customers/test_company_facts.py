import pytest
from django.http import QueryDict
from django.urls import reverse

from apps.customers.forms import CompanyForm
from apps.customers.models import Company
from tests import factories
from tests.integrations.imports import Importer, counted

LIST = "/companies/"


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def opened(browser, url) -> dict:
    form = browser.get(url).context["form"]
    return {field.name: str(field.value()) for field in form.hidden_fields()}


def names(response) -> list[str]:
    return [company.name for company in response.context["listing"].rows]


GIVEN = {
    "name": "北浜精機",
    "area": "静岡県浜松市中央区",
    "industry": "26",
    "employees": "120",
    "existing": "on",
    "busy_months": ["3", "9"],
    "buying_months": ["1"],
}


def test_what_is_known_of_a_company_is_kept_and_shown(browser):
    url = reverse("customers:add-company")

    browser.post(url, opened(browser, url) | GIVEN)

    company = Company.objects.get()
    assert (company.area, company.industry, company.employees, company.existing) == ("22138", "26", 120, True)
    assert (company.busy_months, company.buying_months) == ([3, 9], [1])
    content = browser.get(company.get_absolute_url()).content.decode()
    shown = ["静岡県浜松市中央区", "生産用機械器具製造業", "120名", "3月・9月", "1月", "既存顧客"]
    assert [words for words in shown if words not in content] == []


def test_the_form_shows_what_stands_there_and_changes_nothing_by_itself(browser):
    company = factories.make_company("北浜精機", area="22138", industry="26", busy_months=[3])
    url = reverse("customers:change-company", args=[company.pk])
    shown = {field.name: field.value() for field in browser.get(url).context["form"]}
    sent = QueryDict(mutable=True)
    for name, value in shown.items():
        if value not in (None, False):
            sent.setlist(name, value if isinstance(value, list) else [value])

    form = CompanyForm(sent, record=company)

    assert shown["area"] == "静岡県浜松市中央区"
    assert (form.is_valid(), form.changed) == (True, {})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"area": "浜松市西区"}, "area"),
        ({"industry": "ZZ"}, "industry"),
        ({"employees": "-1"}, "employees"),
        ({"employees": "99999999999"}, "employees"),
        ({"busy_months": ["13"]}, "busy_months"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(browser, given, field):
    url = reverse("customers:add-company")

    response = browser.post(url, opened(browser, url) | GIVEN | given)

    assert list(response.context["form"].errors) == [field]


def test_an_area_that_nobody_says_is_read_from_the_address(db):
    company = factories.make_company(address="静岡県浜松市中央区元城町103-2")

    assert company.area == "22138"


def test_the_list_is_narrowed_by_industry_and_prefecture(browser):
    factories.make_company("部門", industry="E", area="22")
    factories.make_company("中分類", industry="26", area="22138")
    factories.make_company("よそ", industry="26", area="13")
    factories.make_company("別業種", industry="39", area="22138")

    chosen = browser.get(LIST, {"industry": "E", "prefecture": "22"})

    assert sorted(names(chosen)) == ["中分類", "部門"]
    assert sorted(names(browser.get(LIST, {"industry": "26"}))) == ["よそ", "中分類"]
    assert len(names(browser.get(LIST, {"industry": "わ", "prefecture": "\x00"}))) == 4


def test_companies_come_in_with_what_is_known_of_them(tmp_path, db):
    outcome = Importer(tmp_path)(
        "companies",
        [
            ["番号", "会社名", "業種", "エリア", "従業員数", "忙しい月", "購入を検討する月", "既存顧客"],
            ["1", "甲", "製造業", "静岡県", "1,200", "3月、9月", "4,10", "はい"],
            ["2", "乙", "魔法業", "浜松市西区", "多い", "13", "", "たぶん"],
        ],
        source="erp",
    )

    assert outcome.said == f"顧客 2行: {counted(added=1, refused=1)}"
    company = Company.objects.get()
    assert (company.industry, company.area, company.employees) == ("E", "22", 1200)
    assert (company.busy_months, company.buying_months, company.existing) == ([3, 9], [4, 10], True)
