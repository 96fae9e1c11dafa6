"""Input is measured by the forms themselves: per record, within the server's time, and seen by its person alone."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts import privacy
from apps.accounts.models import SYSTEM
from apps.base.models import new_id
from apps.customers.models import Company
from apps.inbox import opening, operations
from apps.inbox.models import FormUse
from apps.tenancy.context import inside
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return factories.make_company("株式会社あおば")


@pytest.fixture
def clock():
    """Thursday 15 October 2026, 11:20 in Tokyo, standing still."""
    with time_machine.travel(datetime(2026, 10, 15, 2, 20, tzinfo=UTC), tick=False) as clock:
        yield clock


def since(page) -> str:
    """The signed opening that stands in the page."""
    return re.search(r'data-in-use-since="([^"]+)"', page.content.decode())[1]


def comment(browser, company, *, used: str, since: str, text: str = "了解です"):
    return browser.post(
        reverse("conversations:write", args=["company", company.pk]),
        {"key": str(new_id()), "text": text, "in_use": used, "in_use_since": since},
    )


def seconds() -> list[float]:
    return [use.milliseconds / 1000 for use in FormUse.objects.order_by("pk")]


# ── what counts ────────────────────────────────────────────────────────────────────────────────────


def test_a_sent_form_counts_for_the_record_that_it_was_about(logged_in, rep, company, clock):
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))
    clock.shift(60)

    comment(browser, company, used="12300.1", since=token)

    use = FormUse.objects.get()
    assert (use.user_id, use.form, use.subject_kind, use.subject_id) == (
        rep.pk,
        "conversations:write",
        "customers.company",
        company.pk,
    )
    assert (use.milliseconds, use.offline, f"{use.on}") == (12_300, False, "2026-10-15")


def test_a_report_that_teaches_its_deal_counts_for_the_visit(logged_in, rep, company, clock):
    deal = factories.make_deal(rep, company=company, amount=500_000)
    visit = factories.make_visit(rep, company=company, deal=deal)
    browser = logged_in(rep)
    address = reverse("activities:report", args=[visit.pk])
    token = since(browser.get(address))
    clock.shift(60)

    told = {"progress": "forward", "plan": "拡張プラン", "amount": "500,000", "version": 0}
    browser.post(address, told | {"in_use": "12300.1", "in_use_since": token})

    deal.refresh_from_db()
    use = FormUse.objects.get()
    assert (deal.plan, use.subject_kind, use.subject_id) == ("拡張プラン", "activities.visit", visit.pk)


def test_the_day_is_the_tenants(logged_in, rep, company, clock):
    browser = logged_in(rep)
    clock.move_to(datetime(2026, 10, 15, 15, 30, tzinfo=UTC))
    token = since(browser.get(company.get_absolute_url()))
    clock.shift(10)

    comment(browser, company, used="5000.1", since=token)

    assert f"{FormUse.objects.get().on}" == "2026-10-16"


def test_a_browser_that_claims_more_is_held_to_the_servers_time(logged_in, rep, company, clock):
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))
    clock.shift(20)

    comment(browser, company, used="3600000.1", since=token)

    assert seconds() == [20]


def test_sent_three_times_with_new_time_the_sum_counts(logged_in, rep, company, clock):
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))
    for used in ("4000.1", "9000.1", "15000.1"):
        clock.shift(30)
        comment(browser, company, used=used, since=token)

    assert seconds() == [4, 5, 6]


def test_the_same_sending_again_counts_nothing(logged_in, rep, company, clock):
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))
    clock.shift(30)
    for _ in range(3):
        comment(browser, company, used="4000.1", since=token)
        clock.shift(30)

    assert seconds() == [4]


def test_two_forms_open_at_once_count_once(logged_in, rep, company, clock):
    browser = logged_in(rep)
    first, second = (since(browser.get(company.get_absolute_url())) for _ in range(2))
    clock.shift(60)

    comment(browser, company, used="50000.1", since=first)
    comment(browser, company, used="50000.1", since=second)

    assert seconds() == [50, 10]


def test_opened_offline_it_counts_ten_minutes_and_is_marked(logged_in, rep, company):
    comment(logged_in(rep), company, used="3600000.1", since=f"offline:{uuid4().hex}")

    use = FormUse.objects.get()
    assert (use.milliseconds, use.offline) == (600_000, True)


def test_what_the_queue_brings_at_once_counts_each(logged_in, rep, company, clock):
    browser = logged_in(rep)
    for _ in range(2):
        comment(browser, company, used="60000.1", since=f"offline:{uuid4().hex}")

    assert seconds() == [60, 60]


# ── what does not ──────────────────────────────────────────────────────────────────────────────────


def test_a_form_that_was_refused_counts_when_it_comes_through(logged_in, rep, clock):
    """With the time since it was first opened: its errors are a part of it."""
    browser = logged_in(rep)
    address = reverse("customers:add-company")
    token = since(browser.get(address))
    clock.shift(30)
    refused = browser.post(address, {"name": "", "in_use": "20000.1", "in_use_since": token})
    again = since(refused)
    assert b'data-in-use="20000.1"' in refused.content
    assert seconds() == []
    clock.shift(30)

    fields = {"name": "株式会社ひので", "key": str(new_id()), "in_use": "28000.1", "in_use_since": again}
    browser.post(address, fields)

    assert Company.objects.filter(name="株式会社ひので").exists()
    assert seconds() == [28]


@pytest.mark.parametrize(
    ("used", "given"),
    [
        ("12000.1", "made up"),
        ("12000.1", "offline:not-a-number"),
        ("12000.1", ""),
        ("much", "{token}"),
        ("-5.1", "{token}"),
        ("99999999999999.1", "{token}"),
        ("0.1", "{token}"),
    ],
)
def test_what_nobody_signed_counts_nothing_and_breaks_nothing(logged_in, rep, company, used, given):
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))

    answer = comment(browser, company, used=used, since=given.format(token=token))

    assert answer.status_code == 302
    assert seconds() == []


def test_anothers_opening_counts_nothing(logged_in, rep, colleague, company):
    token = since(logged_in(colleague).get(company.get_absolute_url()))

    comment(logged_in(rep), company, used="5000.1", since=token)

    assert seconds() == []


def test_another_companys_opening_counts_nothing(logged_in, rep, company, beta):
    with inside(beta):
        foreign = opening.token(rep.pk, at=timezone.now() - timedelta(minutes=1))

    comment(logged_in(rep), company, used="5000.1", since=foreign)

    assert seconds() == []


def test_a_fault_in_counting_does_not_reach_the_form(logged_in, rep, company, monkeypatch):
    def breaks(*args, **given):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(operations, "count_input", breaks)
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))

    answer = comment(browser, company, used="5000.1", since=token)

    assert answer.status_code == 302


# ── who sees it ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def used(logged_in, rep, company, clock):
    browser = logged_in(rep)
    token = since(browser.get(company.get_absolute_url()))
    clock.shift(200)
    comment(browser, company, used="95000.1", since=token)
    return browser


def test_the_page_tells_ones_own_minutes(used):
    told = used.get(reverse("inbox:input-time")).content.decode()

    assert "1分35秒" in told


def test_nobody_else_sees_them(used, logged_in, manager):
    told = logged_in(manager).get(reverse("inbox:input-time")).content.decode()

    assert "まだ記録がありません" in told
    assert "1分35秒" not in told


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much(
    logged_in, rep, company, clock, count, django_assert_num_queries
):
    browser = logged_in(rep)
    for _ in range(count):
        token = since(browser.get(company.get_absolute_url()))
        clock.shift(100_000)
        comment(browser, company, used="5000.1", since=token)
    browser.get(reverse("inbox:input-time"))

    with django_assert_num_queries(6):
        browser.get(reverse("inbox:input-time"))


def test_it_is_told_to_who_asks_and_stays_counted_without_a_name(used, rep):
    told = privacy.disclosed(rep)
    stopped = accounts.deactivate_user(rep, by=SYSTEM, at=timezone.now())
    accounts.erase_person(stopped, by=SYSTEM, at=timezone.now())

    assert [row["milliseconds"] for row in told["inbox.formuse"]] == [95_000]
    assert FormUse.objects.get().milliseconds == 95_000
