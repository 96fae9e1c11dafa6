"""The API of companies and contacts: the shapes that other programs rely on."""

import pytest

from apps.customers.models import Company
from tests.integrations.api import facts

pytestmark = pytest.mark.django_db


def test_a_company_comes_back_as_it_was_given_but_tidied(program):
    made = program.made(
        "companies/",
        {"name": "  株式会社 例\r\n本社 ", "note": "😀 <b>&amp;", "website": "https://a.example/"},
    )

    assert facts(made) == {
        "name": "株式会社 例\n本社", "reading": "", "postal_code": "", "address": "", "phone": "",
        "website": "https://a.example/", "existing": False, "industry": None, "area": "", "employees": None,
        "is_existing": False, "lead_source": None, "campaign": None,
        "busy_months": [], "buying_months": [], "note": "😀 <b>&amp;", "external_id": None, "source": "",
    }  # fmt: skip
    assert made["version"] == 1
    assert program.get(f"companies/{made['id']}/").json() == made


def test_a_company_s_industry_area_and_months_are_codes_and_numbers(program):
    said = {"name": "例", "industry": "26", "area": "22138", "employees": 120, "existing": True}

    made = program.made("companies/", said | {"busy_months": [9, 3, 9], "buying_months": [1]})
    program.made("companies/", {"name": "別", "industry": "39", "area": "13"})

    assert {name: made[name] for name in said} == said
    assert (made["busy_months"], made["buying_months"]) == ([3, 9], [1])
    assert program.get("companies/?industry=E&prefecture=22").json()["results"] == [made]
    wrong = {"industry": "ZZ", "area": "22131", "employees": "多い", "busy_months": [13]}
    refused = program.post("companies/", {"name": "例"} | wrong)
    assert (refused.status_code, Company.objects.count()) == (400, 2)


def test_addresses_work_without_the_last_slash(program, company):
    assert program.get("companies").json() == program.get("companies/").json()
    assert program.get(f"companies/{company['id']}").json() == company


def test_a_company_is_found_however_its_name_is_written(program, company):
    program.made("companies/", {"name": "別会社"})

    assert program.get("companies/?q=%EF%BC%88%E6%A0%AA%EF%BC%89%E4%BE%8B").json()["results"] == [company]


def test_a_change_takes_what_is_named_and_leaves_the_rest(program, company):
    changed = program.patch(f"companies/{company['id']}/", {"version": 1, "phone": "03-0000-0000"}).json()

    assert facts(changed) == facts(company) | {"phone": "03-0000-0000"}
    assert changed["version"] == 2


def test_a_contact_belongs_to_the_company_that_is_named_by_its_number(program, company):
    made = program.made("contacts/", {"company": "C1", "name": "担当", "email": "a@b.example"})

    assert facts(made) == {
        "company": company["id"], "name": "担当", "reading": "", "department": "", "title": "",
        "role": "unknown", "stance": "unknown", "power": None,
        "email": "a@b.example", "phone": "", "note": "", "external_id": None, "source": "",
    }  # fmt: skip
    assert program.get("contacts/?company=C1").json()["results"] == [made]
