"""Lists of every kind of record: page by page, at the same cost however long."""

import pytest
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_list_is_read_page_by_page_whatever_is_added_meanwhile(program):
    names = [program.made("companies/", {"name": f"{n}社"})["name"] for n in range(5)]
    seen, address = [], "/api/v1/companies/?limit=2"

    while address:
        page = program.generic("GET", address).json()
        seen += [company["name"] for company in page["results"]]
        address = page["next"] and page["next"].removeprefix("http://alpha.localhost")

    assert seen == names


def make_rows(count: int, rep) -> None:
    for n in range(count):
        company = factories.make_company()
        contact = factories.make_contact(company)
        deal = factories.make_deal(rep, company=company)
        factories.make_follow(rep, company=company, contact=contact, deal=deal)
        factories.make_visit(
            rep, company=company, contacts=[contact], companions=[factories.make_user()], deal=deal
        )
        accounts.add_team(name=f"{n}の課", by=SYSTEM, at=timezone.now())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("companies/", 5), ("contacts/", 5), ("deals/", 5), ("follows/", 5), ("visits/", 7), ("users/", 5),
        ("teams/", 5), ("goals/monthly/", 5), ("grades/", 5), ("lost-reasons/", 5), ("plans/", 5),
        ("issue-kinds/", 5),
    ],
)  # fmt: skip
def test_a_list_costs_the_same_however_long(program, rep, path, queries, count, django_assert_num_queries):
    make_rows(count, rep)

    with django_assert_num_queries(queries):
        answer = program.get(path)

    assert answer.status_code == 200
