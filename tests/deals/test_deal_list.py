"""The list of deals."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.deals import operations
from tests import factories
from tests.deals.dealing import WHOLE


def shown(response) -> list[str]:
    return [deal.company.name for deal in response.context["listing"].rows]


def test_the_own_open_deals_stand_by_urgency(browser, rep, colleague):
    for name, action, on in [
        ("甲", "電話", date(2026, 12, 1)),
        ("乙", "", None),
        ("丙", "訪問", date(2026, 11, 1)),
    ]:
        factories.make_deal(rep, company=factories.make_company(name), next_action=action, next_action_on=on)
    factories.make_deal(colleague, company=factories.make_company("丁"))

    assert shown(browser.get(reverse("deals:list"), {"view": "list"})) == ["乙", "丙", "甲"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"view": "list", "who": "all"}, ["見込み社", "商談社"]),
        ({"stage": "deal"}, ["商談社"]),
        ({"stage": "all"}, ["受注社", "商談社", "見込み社"]),
        ({"stage": "won"}, ["受注社"]),
        ({"q": "商談"}, ["商談社"]),
        ({"q": "基本"}, ["商談社"]),
        ({"q": "どこにもない"}, []),
    ],
)
def test_the_list_narrows(browser, rep, asked, names):
    factories.make_deal(rep, company=factories.make_company("見込み社"))
    factories.make_deal(rep, company=factories.make_company("商談社"), **WHOLE)
    won = factories.make_deal(rep, company=factories.make_company("受注社"))
    operations.win(won, on=timezone.localdate(), amount=1, by=rep, at=timezone.now())

    assert shown(browser.get(reverse("deals:list"), asked)) == names


def test_a_colleagues_deals_can_be_chosen(browser, colleague):
    factories.make_deal(colleague, company=factories.make_company("丁"))

    assert shown(browser.get(reverse("deals:list"), {"view": "list", "who": colleague.pk})) == ["丁"]


@pytest.mark.parametrize("asked", [{"who": "誰か"}, {"after": "x"}])
def test_what_no_list_can_be_narrowed_to_is_not_found(browser, asked):
    assert browser.get(reverse("deals:list"), asked).status_code == 404


def test_the_list_counts_and_sums(browser, deal, rep):
    factories.make_deal(rep, amount=1_400_000)

    assert "2件・200万円" in browser.get(reverse("deals:list"), {"view": "list"}).content.decode()


@pytest.mark.parametrize("stage", ["open", "all"])
def test_a_long_list_goes_on(browser, rep, company, stage):
    new = [operations.NewDeal(company, rep, date(2026, 8, 1), {"name": f"案件{n}"}) for n in range(60)]
    operations.load_deals(deals=new, by=factories.SYSTEM, at=timezone.now())

    first = browser.get(reverse("deals:list"), {"stage": stage})
    second = browser.get(reverse("deals:list") + first.context["listing"].slice.next)

    both = [*first.context["listing"].rows, *second.context["listing"].rows]
    assert sorted(deal.name for deal in both) == sorted(deal.facts["name"] for deal in new)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(browser, rep, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_deal(rep, **WHOLE)

    with django_assert_num_queries(8):
        browser.get(reverse("deals:list"), {"view": "list", "who": "all"})


@pytest.mark.parametrize("count", [1, 3])
def test_a_companys_deals_cost_the_same_however_many(browser, rep, company, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_deal(rep, company=company, **WHOLE)

    with django_assert_num_queries(7):
        browser.get(reverse("deals:of-company", args=[company.pk]))
