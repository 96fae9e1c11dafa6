"""What lists and their records' pages ask of the database, however long and narrowed the list."""

from urllib.parse import quote, urlencode

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture(params=[1, 3])
def rows(request, rep):
    """One row of every list, and three."""
    for number in range(request.param):
        company = factories.make_company(f"会社{number}", industry="E", employees=50)
        factories.make_contact(company, title="部長")
        deal = factories.make_deal(rep, company=company, amount=100)
        factories.make_follow(rep, company=company)
        factories.make_visit(rep, company=company)
        target = factories.make_list(rep)
        factories.make_entry(target, company)
    return {"company": company, "deal": deal, "target": target}


LISTS = {
    "/companies/": (
        "-employees",
        ["industry:in:E", "employees:range:1..|existing:in:yes", "open_deal:in:yes"],
    ),
    "/contacts/": ("company", ["title:has:部長", "existing:in:no"]),
    "/lists/": ("-size", ["owner:in:me,team"]),
    "/deals/?view=list": ("-stage", ["owner:in:me,team", "amount:range:1..", "last_follow:in:filled"]),
    "/follows/": ("when", ["owner:in:team", "happened_at:in:this-month", "deal:in:no"]),
    "/visits/?view=list": ("company", ["owner:in:me", "reported:in:no|prepared:in:no"]),
}


def narrowed(address: str) -> str:
    sort, wheres = LISTS[address]
    sign = "&" if "?" in address else "?"
    return address + sign + urlencode([("sort", sort), *(("where", where) for where in wheres)])


COSTS = {
    "/companies/": 8,
    "/contacts/": 8,
    "/lists/": 11,
    "/deals/?view=list": 11,
    "/follows/": 11,
    "/visits/?view=list": 9,
}


@pytest.mark.parametrize("address", LISTS)
def test_a_narrowed_list_costs_the_same_however_long(browser, rows, address, django_assert_num_queries):
    with django_assert_num_queries(COSTS[address]):
        response = browser.get(narrowed(address))

    assert (response.status_code, bool(response.context["listing"].rows)) == (200, True)


@pytest.mark.parametrize(
    ("name", "of", "cost"), [("company", "/companies/", 10), ("deal", "/deals/?view=list", 14)]
)
def test_a_record_that_knows_its_list_costs_the_same_however_long(
    browser, rows, name, of, cost, django_assert_num_queries
):
    address = f"{rows[name].get_absolute_url()}?from={quote(narrowed(of), safe='')}"
    with django_assert_num_queries(cost):
        response = browser.get(address)

    assert response.context["place"] is not None
