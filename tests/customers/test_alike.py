import pytest
from django.urls import reverse

from apps.customers import queries
from apps.customers.models import Company
from tests import factories

ADD = "/companies/add/"


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company(
        "北浜精機株式会社", phone="03-1234-5678", website="https://www.kitahama.example/"
    )


def sent(browser, url=ADD, **given) -> dict:
    return {"key": str(browser.get(url).context["form"]["key"].value()), **given}


@pytest.mark.parametrize(
    "given",
    [
        {"name": "㈱北浜精機"},
        {"name": "別名", "phone": "（０３）1234 5678"},
        {"name": "別名", "website": "http://kitahama.example"},
        {"name": "北浜精機(株)", "phone": "0312345678"},
    ],
)
def test_a_company_is_known_by_name_phone_and_website(company, given):
    factories.make_company("東雲物流", phone="06-1234-5678", website="https://shinonome.example/")

    assert list(queries.alike(**given)) == [company]


@pytest.mark.parametrize(
    "given",
    [
        {"name": "北浜"},
        {"name": "北浜精機販売"},
        {"name": "!"},
        {"name": "別名", "phone": "内線なし"},
        {"name": "別名", "website": "https://kitahama.example/osaka"},
    ],
)
def test_what_is_only_near_is_another_company(company, given):
    factories.make_company("!")

    assert list(queries.alike(**given)) == []


def test_who_adds_a_company_that_is_there_is_asked_which_one(browser, company):
    response = browser.post(ADD, sent(browser, name="北浜精機"))

    content = response.content.decode()
    assert Company.objects.count() == 1
    assert "同じ会社が1社あります。" in content
    assert f'href="{company.get_absolute_url()}"' in content
    assert "別の会社として加える" in content


def test_the_one_that_is_meant_leads_on_to_what_it_is_needed_for(browser, company):
    url = f"{ADD}?to=/follows/record/"

    content = browser.post(url, sent(browser, url, name="北浜精機")).content.decode()

    assert f'href="/follows/record/?company={company.pk}"' in content


def test_another_company_of_the_same_name_is_added_when_said_so(browser, company):
    given = sent(browser, name="北浜精機")
    browser.post(ADD, given)

    browser.post(ADD, given | {"apart": "yes"})

    assert sorted(Company.objects.values_list("name", flat=True)) == ["北浜精機", "北浜精機株式会社"]


def test_what_lies_in_the_trash_is_nobodys_double(browser, company, manager, logged_in):
    logged_in(manager).post(reverse("customers:trash-company", args=[company.pk]))

    browser.post(ADD, sent(browser, name="北浜精機"))

    assert [company.name for company in Company.objects.kept()] == ["北浜精機"]
