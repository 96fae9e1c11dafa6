import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.refusal import Stale
from apps.deals import operations, queries
from apps.deals.models import Plan
from tests import factories

PLANS = "/settings/plans/"


def offered():
    return list(queries.plans().values_list("name", "price"))


@pytest.fixture
def company(db):
    return factories.make_company()


@pytest.fixture
def plan(db):
    return operations.add_plan(name="基本プラン", price=600_000, by=SYSTEM, at=timezone.now())


def test_a_plan_is_offered_where_a_deal_is_opened(logged_in, rep, plan, company):
    page = logged_in(rep).get(reverse("deals:open"), {"company": company.pk}).content.decode()

    assert '<option value="基本プラン" data-price="600000">' in page
    assert 'list="id_plan-list"' in page


def test_a_deal_may_name_a_plan_that_is_not_offered(logged_in, rep, plan, company):
    deal = operations.open_deal(company=company, owner=rep, by=rep, at=timezone.now(), plan="特注")

    assert deal.plan == "特注"


def test_the_admin_adds_a_plan(logged_in, admin):
    logged_in(admin).post(PLANS, {"name": " 拡張プラン ", "price": "85万"})

    assert offered() == [("拡張プラン", 850_000)]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"name": "基本プラン"}, "name"),
        ({"name": " "}, "name"),
        ({"name": "別", "price": "たくさん"}, "price"),
    ],
)
def test_what_makes_no_plan_is_refused_at_its_field(logged_in, admin, plan, given, fault):
    response = logged_in(admin).post(PLANS, given)

    assert list(response.context["form"].errors) == [fault]


def test_a_changed_plan_leaves_the_deals_as_they_were_agreed(logged_in, admin, rep, plan, company):
    deal = operations.open_deal(
        company=company, owner=rep, by=rep, at=timezone.now(), plan=plan.name, amount=plan.price
    )
    form = {"name": "基本プラン 新", "price": "70万", "version": plan.version}

    logged_in(admin).post(reverse("deals:change-plan", args=[plan.pk]), form)

    deal.refresh_from_db()
    assert (offered(), deal.plan, deal.amount) == ([("基本プラン 新", 700_000)], "基本プラン", 600_000)


def test_a_stale_change_is_refused(admin, plan):
    operations.change_plan(plan, price=1, by=admin, at=timezone.now())

    with pytest.raises(Stale):
        operations.change_plan(plan, price=2, version=1, by=admin, at=timezone.now())


def test_a_retired_plan_is_offered_no_more_until_it_is_brought_back(logged_in, admin, plan):
    browser = logged_in(admin)

    browser.post(reverse("deals:retire-plan", args=[plan.pk]))
    meanwhile = offered()
    browser.post(reverse("deals:bring-back-plan", args=[plan.pk]))

    assert (meanwhile, offered()) == ([], [("基本プラン", 600_000)])


def test_only_an_admin_keeps_the_plans(logged_in, manager, plan):
    browser = logged_in(manager)
    urls = [
        PLANS,
        *(reverse(f"deals:{name}-plan", args=[plan.pk]) for name in ("change", "retire", "bring-back")),
    ]

    assert browser.get(PLANS).status_code == 403
    assert [browser.post(url, {"name": "x"}).status_code for url in urls] == [403] * 4
    assert Plan.objects.get().version == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many(logged_in, admin, count, django_assert_num_queries):
    for n in range(count):
        operations.add_plan(name=f"{n}", by=SYSTEM, at=timezone.now())
    browser = logged_in(admin)

    with django_assert_num_queries(6):
        browser.get(PLANS)
