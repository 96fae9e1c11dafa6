from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import SYSTEM
from apps.base.models import new_id
from apps.base.refusal import Forbidden
from apps.bulk import operations, tasks
from apps.bulk.models import Bulk
from apps.customers import operations as customers
from apps.customers.models import Company, ListEntry
from tests import factories
from tests.customers.merging_world import everything

pytestmark = pytest.mark.django_db


def begun(by, deed, rows, **given) -> Bulk:
    sent = "&".join(f"{name}={value}" for name, value in given.items())
    return operations.begin(
        key=new_id(), deed=deed, given=sent, rows=[row.pk for row in rows], by=by, at=timezone.now()
    )


def done(by, deed, rows, **given) -> Bulk:
    return to_the_end(begun(by, deed, rows, **given))


def to_the_end(bulk: Bulk) -> Bulk:
    while bulk.is_running:
        bulk = operations.go_on(bulk, by=bulk.by, at=timezone.now())
    return bulk


def undone(bulk: Bulk) -> Bulk:
    return to_the_end(operations.undo(bulk, by=bulk.by, at=timezone.now()))


def industries(companies) -> list[str]:
    return [Company.objects.get(pk=company.pk).industry for company in companies]


# ── doing ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_is_changed_by_its_own_operation_and_what_was_so_already_is_told_apart(rep):
    companies = [factories.make_company(industry=code) for code in ("E", "", "")]

    bulk = done(rep, "company-industry", companies, industry="E")

    assert industries(companies) == ["E", "E", "E"]
    assert (len(bulk.done), bulk.unchanged, bulk.failed) == (2, 1, [])


def test_a_row_that_refuses_stands_alone_with_its_name_and_reason(manager, rep):
    free, busy = factories.make_company("空き"), factories.make_company("取引中")
    factories.make_deal(rep, company=busy)

    bulk = done(manager, "company-trash", [free, busy])

    assert [name for _pk, name, _why in bulk.failed] == ["取引中"]
    assert "案件や活動の記録がある" in bulk.failed[0][2]
    assert [pk for pk, _kept in bulk.done] == [str(free.pk)]


def test_a_colleague_s_row_says_whom_to_ask(rep, colleague, stranger):
    deal = factories.make_deal(stranger)

    bulk = done(rep, "deal-rank", [deal], rank="sure")

    assert bulk.failed[0][2].endswith(f"担当は{stranger.name}(別の課)です。")


def test_one_that_has_gone_and_a_value_that_is_not_offered_are_failures_too(rep, stranger):
    company = factories.make_company()
    strange = factories.make_list(stranger)

    gone = done(rep, "company-industry", [company, Company(pk=new_id())], industry="E")
    refused = done(rep, "company-put", [company], list=strange.pk)

    assert (len(gone.done), len(gone.failed)) == (1, 1)
    assert (refused.done, len(refused.failed)) == ([], 1)


def test_what_a_person_may_not_do_they_may_not_do_to_many(rep):
    with pytest.raises(Forbidden):
        begun(rep, "company-trash", [factories.make_company()])


def test_the_same_form_sent_twice_is_one_bulk(rep):
    companies = [factories.make_company()]
    sent = {"key": new_id(), "deed": "company-industry", "given": "industry=E", "rows": [companies[0].pk]}
    twice = [operations.begin(**sent, by=rep, at=timezone.now()) for _ in range(2)]

    assert twice[0] == twice[1]
    assert len(to_the_end(twice[1]).done) == 1
    assert len(to_the_end(twice[0]).done) == 1
    assert Company.objects.get(pk=companies[0].pk).version == 2


def test_more_rows_than_allowed_are_refused(rep, monkeypatch):
    monkeypatch.setattr(operations, "MOST_ROWS", 1)

    with pytest.raises(operations.TooMany):
        begun(rep, "company-industry", [factories.make_company(), factories.make_company()])


def test_a_worker_goes_on_where_another_stopped(rep, monkeypatch):
    monkeypatch.setattr(operations, "SLICE", 2)
    companies = [factories.make_company() for _ in range(5)]
    bulk = begun(rep, "company-industry", companies, industry="E")
    operations.go_on(bulk, by=rep, at=timezone.now())
    assert industries(companies) == ["E", "E", "", "", ""]

    tasks.run.apply(kwargs={"bulk_id": str(bulk.pk)}).get()

    assert industries(companies) == ["E"] * 5
    assert {company.version for company in Company.objects.all()} == {2}


# ── the way back ───────────────────────────────────────────────────────────────────────────────────


def test_undone_is_what_nobody_has_changed_since(rep):
    companies = [factories.make_company(industry="D"), factories.make_company(industry="D")]
    bulk = done(rep, "company-industry", companies, industry="E")
    customers.change_company(
        Company.objects.get(pk=companies[1].pk), industry="F", by=SYSTEM, at=timezone.now()
    )

    bulk = undone(bulk)

    assert industries(companies) == ["D", "F"]
    assert [pk for pk, _name, _why in bulk.stayed] == [str(companies[1].pk)]


def test_lists_are_left_and_entered_as_if_nothing_had_been(rep):
    target, companies = factories.make_list(rep), [factories.make_company() for _ in range(2)]
    factories.make_entry(target, companies[0])
    today = timezone.localdate()

    put = done(rep, "company-put", companies, list=target.pk)
    assert (len(put.done), len(put.failed)) == (1, 1)
    undone(put)
    assert [entry.company for entry in ListEntry.objects.on(today)] == [companies[0]]

    off = done(rep, "company-take-off", companies, list=target.pk)
    assert (len(off.done), ListEntry.objects.on(today).count()) == (1, 0)
    undone(off)
    assert [entry.company for entry in ListEntry.objects.on(today)] == [companies[0]]


def test_a_deal_is_changed_and_taken_back_as_a_change_of_its_life(manager, rep, colleague):
    deals = [factories.make_deal(rep, plan="基本") for _ in range(2)]
    before = everything()
    bulk = done(manager, "deal-owner", deals, owner=colleague.pk)
    assert {deal.owner for deal in type(deals[0]).objects.all()} == {colleague}

    assert undone(bulk).stayed == []

    after = everything()
    assert (after["DealChange"], after["DealState"], after["Milestone"]) == (
        before["DealChange"],
        before["DealState"],
        before["Milestone"],
    )


VALUES = {
    "company-industry": st.sampled_from(["industry=E", "industry=", "industry=nowhere"]),
    "company-existing": st.sampled_from(["existing=on", ""]),
    "company-buying_months": st.sampled_from(["buying_months=3&buying_months=4", ""]),
    "company-trash": st.just(""),
    "deal-month": st.sampled_from(["expected_month=2026-12", "expected_month="]),
    "deal-rank": st.sampled_from(["rank=sure", "rank=likely", "rank="]),
    "deal-trash": st.just(""),
}


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(sorted(VALUES)).flatmap(lambda d: VALUES[d].map(lambda v: (d, v))), min_size=4, max_size=9))  # fmt: skip
def test_undone_in_turn_every_row_link_and_figure_is_as_before(steps, admin):
    """Whatever failed on the way: several deeds over the same rows, taken back the last first."""
    companies = [factories.make_company() for _ in range(4)]
    deals = [factories.make_deal(admin, company=company, plan="基本", amount=1) for company in companies[:2]]
    before = everything()
    bulks = []
    for deed, sent in steps:
        rows = deals if deed.startswith("deal") else companies
        begin = {"key": new_id(), "deed": deed, "given": sent, "rows": [row.pk for row in rows]}
        bulk = to_the_end(operations.begin(**begin, by=admin, at=timezone.now()))
        assert len(bulk.done) + len(bulk.failed) + bulk.unchanged == len(rows)
        bulks.append(bulk)

    stayed = [undone(bulk).stayed for bulk in reversed(bulks)]

    assert stayed == [[]] * len(bulks)
    for table in ("Company", "DealChange", "DealState", "Milestone"):
        assert everything()[table] == before[table]


# ── pages ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def test_rows_are_chosen_in_the_list_and_changed_on_the_next_page(browser):
    companies = [factories.make_company(f"会社{n}") for n in range(3)]
    assert browser.get(reverse("customers:companies")).content.decode().count("data-pick ") == 3
    url = (
        reverse("bulk:new") + f"?deed=company-industry&id={companies[0].pk}&id={companies[2].pk}&id=nonsense"
    )
    key = browser.get(url).context["once"]["key"].value()

    answer = browser.post(url, {"key": key, "industry": "E"}, follow=True)

    assert industries(companies) == ["E", "", "E"]
    assert answer.context["bulk"].finished_at
    assert browser.post(reverse("bulk:undo", args=[answer.context["bulk"].pk])).status_code == 302
    assert industries(companies) == ["", "", ""]


def test_a_manager_gives_deals_to_another_from_the_list_and_takes_them_back(
    logged_in, manager, rep, colleague
):
    deals = [factories.make_deal(rep) for _ in range(3)]
    browser, listed = logged_in(manager), reverse("deals:list") + "?view=list&who=all"
    assert browser.get(listed).content.decode().count("data-pick ") == 3
    url = reverse("bulk:new") + f"?deed=deal-owner&query=view%3Dlist&id={deals[0].pk}&id={deals[1].pk}"
    asked = browser.get(url)
    assert asked.context["form"]["owner"].value() is None
    key = asked.context["once"]["key"].value()

    answer = browser.post(url, {"key": key, "owner": colleague.pk}, follow=True)

    owners = type(deals[0]).objects.order_by("id").values_list("owner", flat=True)
    assert list(owners) == [colleague.pk, colleague.pk, rep.pk]
    browser.post(reverse("bulk:undo", args=[answer.context["bulk"].pk]))
    assert list(owners.all()) == [rep.pk] * 3


def test_all_of_conditions_that_cannot_be_read_is_nobody(browser):
    """Else a view narrowed to a list that lies in the trash would reach every company."""
    factories.make_company()
    query = quote(f"where=on_list:in:{new_id()}")

    told = browser.get(reverse("bulk:new") + f"?deed=company-existing&all=1&query={query}", follow=True)

    assert ("すべてを一度には選べません" in told.content.decode(), told.request["PATH_INFO"]) == (
        True,
        "/companies/",
    )


def test_all_of_the_filter_means_the_rows_that_its_conditions_find(browser):
    named = [factories.make_company(f"北浜{n}") for n in range(2)]
    other = factories.make_company("よそ")
    url = reverse("bulk:new") + "?deed=company-existing&all=1&query=q%3D%E5%8C%97%E6%B5%9C"

    browser.post(url, {"key": new_id(), "existing": "on"})

    assert [Company.objects.get(pk=c.pk).existing for c in (*named, other)] == [True, True, False]


def test_many_rows_wait_for_a_worker_and_the_page_tells_how_far_it_is(browser, monkeypatch):
    monkeypatch.setattr(operations, "AT_ONCE", 1)
    companies = [factories.make_company() for _ in range(2)]
    url = reverse("bulk:new") + "?deed=company-existing&all=1"

    answer = browser.post(url, {"key": new_id(), "existing": "on"}, follow=True)

    assert "0 / 2" in answer.content.decode()
    assert not any(Company.objects.get(pk=c.pk).existing for c in companies)


def test_nothing_chosen_leads_back_and_says_so_and_an_unknown_deed_is_nowhere(browser):
    back = browser.get(reverse("bulk:new") + "?deed=company-existing&query=q%3Dx", follow=True)
    assert back.redirect_chain == [(reverse("customers:companies") + "?q=x", 302)]
    assert "行が選ばれていません。" in back.content.decode()
    assert browser.get(reverse("bulk:new") + "?deed=company-explode").status_code == 404


def test_another_person_does_not_see_what_became_of_it(rep, logged_in, colleague):
    bulk = done(rep, "company-industry", [factories.make_company()], industry="E")

    assert logged_in(colleague).get(bulk.get_absolute_url()).status_code == 404
    with pytest.raises(Forbidden):
        operations.undo(bulk, by=colleague, at=timezone.now())
