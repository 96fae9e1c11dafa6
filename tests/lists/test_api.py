"""Conditions and orders of lists for other programs, which are told what cannot be read."""

from urllib.parse import urlencode

import pytest
from drf_spectacular.generators import SchemaGenerator

from apps.base.listing import conditions
from tests import factories
from tests.integrations.api import PROBLEM, Program
from tests.lists.test_conditions import WRONG
from tests.lists.test_paging import WHERE

pytestmark = pytest.mark.django_db
PATHS = {
    "companies": "companies",
    "contacts": "contacts",
    "deals": "deals",
    "follows": "follows",
    "visits": "visits",
    "target-lists": "lists",
}


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


@pytest.fixture
def companies():
    for name, industry, employees in (("甲", "E", 50), ("乙", "E", 200), ("丙", "39", None), ("丁", "", 80)):
        factories.make_company(name, reading=name, industry=industry, employees=employees)


def names(answer) -> str:
    return "".join(row["name"] for row in answer.json()["results"])


def test_every_group_holds_and_of_alternatives_one(program, companies):
    asked = (
        "where=industry:in:E|employees:in:empty&where=employees:range:..100|industry:in:39&sort=-employees"
    )

    assert names(program.get(f"companies/?{asked}")) == "甲丙"
    assert names(program.get("companies/?industry=E&where=employees:range:100..")) == "乙"


def test_an_order_is_paged_and_its_cursor_opens_no_other(program, companies):
    first = program.get("companies/?limit=2&sort=employees&where=industry:in:E,39")
    following = first.json()["next"]

    assert names(first) == "丙甲"
    assert names(program.get(following.partition("/api/v1/")[2])) == "乙"
    assert (
        program.get(following.partition("/api/v1/")[2].replace("sort=employees", "sort=reading")).status_code
        == 400
    )


def test_a_program_asks_among_everybodys_deals_whatever_became_of_them(program, rep):
    other = factories.make_user("field_sales")
    mine, theirs = factories.make_deal(rep, amount=100), factories.make_deal(other, amount=300)

    def found(asked: str) -> list:
        return [row["id"] for row in program.get(f"deals/?{asked}").json()["results"]]

    assert found("sort=-amount") == [str(theirs.pk), str(mine.pk)]
    assert found("where=owner:in:me") == [str(mine.pk)]
    assert found("where=amount:range:200..") == [str(theirs.pk)]


@pytest.mark.parametrize("where", WRONG)
def test_what_cannot_be_read_is_refused(program, where):
    answer = program.get(f"companies/?{urlencode([('where', 'industry:in:E'), ('where', where)])}")

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["errors"][0]["field"].startswith("where")


def test_too_many_conditions_and_an_unknown_order_are_refused(program):
    many = "&".join(["where=industry:in:E"] * (conditions.MOST_GROUPS + 1))
    refused = [program.get(f"companies/?{asked}") for asked in (many, "sort=nothing", "sort=")]

    assert [answer.status_code for answer in refused] == [400, 400, 400]
    assert [answer.json()["errors"][0]["field"] for answer in refused] == ["where", "sort", "sort"]


@pytest.mark.parametrize(("name", "where"), [(name, where) for name, all_ in WHERE.items() for where in all_])
def test_every_condition_of_a_list_can_be_asked_by_a_program(program, name, where):
    assert program.get(f"{PATHS[name]}/?where={where}").status_code == 200


def test_the_schema_tells_the_conditions_and_orders():
    schema = SchemaGenerator().get_schema(public=True)
    told = {p["name"]: p for p in schema["paths"]["/api/v1/deals/"]["get"]["parameters"]}

    assert told["where"]["schema"]["type"] == "array"
    assert {"amount", "-amount", "next"} <= set(told["sort"]["schema"]["enum"])
    assert "`amount:range:" in told["where"]["description"]
    assert "`last_follow:range:" in told["where"]["description"], "what apps above add is told, too"
