from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.refusal import Forbidden
from apps.customers import operations, queries
from apps.customers.models import Campaign, Company, LeadSource
from apps.customers.vocabulary import SourceKind
from apps.deals import operations as deals
from apps.journal.models import Entry
from tests import factories
from tests.integrations.api import Program
from tests.integrations.imports import Importer


def deed() -> dict:
    return {"by": SYSTEM, "at": timezone.now()}


def make_source(name="業界展", kind=SourceKind.EXHIBITION) -> LeadSource:
    return operations.add_lead_source(name=name, kind=kind, **deed())


def make_campaign(name="春の展示会", source=None, **facts) -> Campaign:
    facts = {"from_on": date(2026, 4, 1)} | facts
    return operations.add_campaign(name=name, lead_source=source or make_source(), **facts, **deed())


@pytest.fixture
def marketer(team):
    return factories.make_user(Role.MARKETING, team=team)


@pytest.fixture
def browser(logged_in, marketer):
    return logged_in(marketer)


def opened(browser, url) -> dict:
    form = browser.get(url).context["form"]
    return {field.name: str(field.value()) for field in form.hidden_fields()}


# ── where a company comes from ─────────────────────────────────────────────────────────────────────


def test_a_campaign_says_the_source_too(db):
    campaign = make_campaign()

    company = factories.make_company(campaign=campaign)

    assert (company.campaign, company.lead_source) == (campaign, campaign.lead_source)


def test_a_company_does_not_come_from_another_source_than_its_campaign(db):
    campaign, other = make_campaign(), make_source("ご縁", SourceKind.REFERRAL)

    with pytest.raises(operations.AnotherSource) as refused:
        factories.make_company(campaign=campaign, lead_source=other)

    assert (str(refused.value), refused.value.field) == (
        "「春の展示会」は「業界展」の施策です。流入元か施策を選び直してください。",
        "campaign",
    )


def test_a_retired_source_stays_with_its_companies_and_can_be_kept_on_the_form(logged_in, rep):
    source = make_source()
    company = factories.make_company(lead_source=source)
    operations.retire_lead_source(source, **deed())
    browser, url = logged_in(rep), reverse("customers:change-company", args=[company.pk])
    offered = list(browser.get(url).context["form"].fields["lead_source"].queryset)
    new = list(browser.get(reverse("customers:add-company")).context["form"].fields["lead_source"].queryset)

    assert (source in offered, source in new) == (True, False)


def test_a_campaign_does_not_end_before_it_begins(db):
    with pytest.raises(operations.EndsBeforeItBegins):
        make_campaign(until_on=date(2026, 3, 31))


def test_names_are_not_taken_twice(db):
    source = make_source()

    with pytest.raises(operations.NameTaken):
        make_source()
    make_campaign(source=source)
    with pytest.raises(operations.NameTaken):
        make_campaign(source=source)


def test_a_campaign_runs_on_its_first_and_its_last_day(db):
    make_campaign(until_on=date(2026, 4, 30))
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1)]

    assert [queries.campaigns_on(day).count() for day in days] == [0, 1, 1, 0]


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


def test_marketing_keeps_campaigns_and_reps_do_not(marketer, rep):
    operations.add_lead_source(name="新聞", kind=SourceKind.AD, by=marketer, at=timezone.now())

    with pytest.raises(Forbidden):
        operations.add_lead_source(name="ご縁", kind=SourceKind.REFERRAL, by=rep, at=timezone.now())


def test_a_rep_reads_the_campaigns_but_is_offered_nothing_to_change(logged_in, rep):
    make_campaign()
    browser = logged_in(rep)
    content = browser.get(reverse("customers:campaigns")).content.decode()

    assert ("春の展示会" in content, reverse("customers:add-campaign") in content) == (True, False)
    assert browser.get(reverse("customers:lead-sources")).status_code == 403


# ── pages ──────────────────────────────────────────────────────────────────────────────────────────


def test_marketing_adds_a_source_and_a_campaign_and_changes_it(browser):
    browser.post(reverse("customers:lead-sources"), {"name": "業界展", "kind": "exhibition"})
    source = LeadSource.objects.get(name="業界展")
    url = reverse("customers:add-campaign")
    given = {"name": "春", "lead_source": source.pk, "from_on": "2026-04-01", "cost": "120万"}
    browser.post(url, opened(browser, url) | given)
    campaign = Campaign.objects.get()
    change = reverse("customers:change-campaign", args=[campaign.pk])
    sent = {"name": "春の展示会", "from_on": "2026-04-01", "until_on": "2026-04-03", "cost": "1,200,000"}
    browser.post(change, opened(browser, change) | sent)

    campaign.refresh_from_db()
    kept = (campaign.name, campaign.lead_source, campaign.until_on, campaign.cost)
    assert kept == ("春の展示会", source, date(2026, 4, 3), 1_200_000)
    told = Entry.objects.filter(subject_id__in=[source.pk, campaign.pk]).order_by("id")
    assert list(told.values_list("event", flat=True)) == [
        "lead_source.added",
        "campaign.added",
        "campaign.changed",
    ]


def test_a_source_gets_another_name_and_kind_unless_the_name_is_taken(browser):
    source, other = make_source(), make_source("ご縁", SourceKind.REFERRAL)
    url = reverse("customers:change-lead-source", args=[source.pk])

    refused = browser.post(url, opened(browser, url) | {"name": other.name, "kind": "seminar"})
    browser.post(url, opened(browser, url) | {"name": "秋のセミナー", "kind": "seminar"})

    assert refused.context["form"].errors["name"]
    source.refresh_from_db()
    assert (source.name, source.kind) == ("秋のセミナー", "seminar")
    assert Entry.objects.filter(event="lead_source.changed", subject_id=source.pk).count() == 1
    assert url in browser.get(reverse("customers:lead-sources")).content.decode()


def test_a_source_is_retired_and_brought_back(browser):
    source = make_source()

    browser.post(reverse("customers:retire-lead-source", args=[source.pk]))
    assert source not in queries.lead_sources()
    browser.post(reverse("customers:bring-back-lead-source", args=[source.pk]))

    assert source in queries.lead_sources()


def test_the_settings_show_sources_and_campaigns_to_marketing(browser):
    make_campaign(until_on=None)

    content = browser.get(reverse("accounts:settings")).content.decode()

    assert [
        words
        for words in ("流入元", f"{queries.lead_sources().count()}種類", "実施中 1件")
        if words not in content
    ] == []


def test_without_campaigns_the_page_says_what_they_are_for(browser):
    assert "まだ施策がありません" in browser.get(reverse("customers:campaigns")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_however_much_they_show(browser, count, django_assert_num_queries):
    for number in range(count):
        source = make_source(f"流入元{number}")
        factories.make_company(campaign=make_campaign(f"施策{number}", source))

    with django_assert_num_queries(6):
        browser.get(reverse("customers:campaigns"))
    with django_assert_num_queries(6):
        browser.get(reverse("customers:lead-sources"))


def test_the_company_s_form_takes_the_campaign_and_its_page_tells(logged_in, rep):
    campaign = make_campaign()
    browser, url = logged_in(rep), reverse("customers:add-company")

    browser.post(url, opened(browser, url) | {"name": "北浜精機", "campaign": campaign.pk})

    company = Company.objects.get()
    assert (company.campaign, company.lead_source) == (campaign, campaign.lead_source)
    assert "業界展・春の展示会" in browser.get(company.get_absolute_url()).content.decode()


# ── programs and files ─────────────────────────────────────────────────────────────────────────────


def test_programs_keep_sources_campaigns_and_where_a_company_comes_from(alpha, marketer):
    api = Program(alpha, marketer)
    source = api.post("lead-sources", {"name": "新聞", "kind": "ad", "external_id": "s1"}).json()
    campaign = api.post(
        "campaigns", {"name": "冬の広告", "lead_source": "s1", "from_on": "2026-12-01", "cost": 300_000}
    ).json()
    company = api.post("companies", {"name": "北浜精機", "campaign": campaign["id"]}).json()

    assert (company["lead_source"], company["campaign"]) == (source["id"], campaign["id"])
    found = api.get(f"companies?campaign={campaign['id']}").json()["results"]
    assert [row["id"] for row in found] == [company["id"]]


def test_a_file_names_the_source_and_the_campaign(db, tmp_path):
    campaign = make_campaign()
    head = ["会社名", "流入元", "施策"]
    rows = [["a", "業界展", "春の展示会"], ["b", "業界展", ""], ["c", "知らないもの", ""]]

    outcome = Importer(tmp_path)("companies", [head, *rows])

    kept = dict(Company.objects.values_list("name", "campaign__name"))
    assert kept == {"a": campaign.name, "b": None}
    assert outcome.result == [
        (4, "「知らないもの」という流入元・施策はありません。先に設定で加えてください。")
    ]


# ── existing or prospective ────────────────────────────────────────────────────────────────────────


def standing(company: Company) -> bool:
    return queries.with_standing(Company.objects.filter(pk=company.pk)).get().is_existing


def test_a_company_is_existing_where_it_was_said_or_has_a_won_deal(rep):
    said, won, neither = (factories.make_company(existing=existing) for existing in (True, False, False))
    deal = factories.make_deal(rep, company=won, plan="基本", amount=100_000)
    deals.win(deal, on=timezone.now(), amount=100_000, **deed())

    assert [standing(company) for company in (said, won, neither)] == [True, True, False]


def test_a_cancelled_order_makes_it_prospective_again_unless_it_was_said(rep):
    companies = [factories.make_company(existing=existing) for existing in (True, False)]
    for company in companies:
        deal = factories.make_deal(rep, company=company, plan="基本", amount=100_000)
        deal = deals.win(deal, on=timezone.now(), amount=100_000, **deed())
        deals.reopen(deal, reason="取消", **deed())

    assert [standing(company) for company in companies] == [True, False]
