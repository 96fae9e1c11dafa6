"""A form that is sent with a key is done once, however often it must be sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.activities.models import Follow
from apps.base.models import new_id
from apps.inbox import sending
from apps.inbox.models import FormUse, SentOnce
from apps.tenancy.context import inside
from tests import factories
from tests.client import TenantClient

LATER = {sending.LATER: "1"}


def send(browser, company, key, *, later=None, **changed):
    form = {"key": str(new_id()), "kind": "call", "outcome": "connected", "body": "見積に前向き"}
    headers = {sending.HEADER: key} | (later or {})
    return browser.post(
        f"{reverse('activities:record-follow')}?company={company.pk}", form | changed, headers=headers
    )


@pytest.fixture
def company(db):
    return factories.make_company()


def test_sent_twice_it_is_done_once_and_answered_the_same(logged_in, rep, company):
    browser, key = logged_in(rep), uuid4().hex

    first, second = send(browser, company, key), send(browser, company, key)

    assert Follow.objects.count() == 1
    assert first.json() == second.json() == {"leads_to": company.get_absolute_url(), "told": []}


def test_another_key_is_another_record(logged_in, rep, company):
    browser = logged_in(rep)
    send(browser, company, uuid4().hex)
    send(browser, company, uuid4().hex)

    assert Follow.objects.count() == 2


def test_the_same_key_of_somebody_else_is_theirs(logged_in, rep, colleague, company):
    key = uuid4().hex
    send(logged_in(rep), company, key)
    send(logged_in(colleague), company, key)

    assert Follow.objects.count() == 2


def test_what_is_refused_leaves_the_key_free(logged_in, rep, company):
    browser, key = logged_in(rep), uuid4().hex

    refused = send(browser, company, key, kind="")
    done = send(browser, company, key)

    assert (refused.status_code, done.status_code) == (200, 200)
    assert "application/json" not in refused["Content-Type"]
    assert done.json()["leads_to"] == company.get_absolute_url()
    assert (Follow.objects.count(), SentOnce.objects.count()) == (1, 1)


def test_the_queue_is_told_what_the_next_page_would_say(logged_in, rep, company):
    browser = logged_in(rep)

    queued = send(browser, company, uuid4().hex, later=LATER)

    assert queued.json()["told"] == ["フォローを記録しました。"]
    assert "フォローを記録しました。" not in browser.get(company.get_absolute_url()).content.decode()


def test_what_waited_happened_when_it_was_sent(logged_in, rep, company, time_machine):
    """Written on a Friday evening on the train, the phone is opened again on Monday."""
    friday = datetime(2026, 10, 16, 18, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    time_machine.move_to(friday + timedelta(days=2, hours=15), tick=False)
    form = {"in_use": "5000.1", "in_use_since": f"offline:{uuid4().hex}"}
    waited = {sending.LATER: str(int(timedelta(days=2, hours=15).total_seconds()))}

    send(logged_in(rep), company, uuid4().hex, later=waited, **form)

    follow = Follow.objects.get()
    assert (follow.happened_at, follow.happened_on) == (friday, friday.date())
    assert (FormUse.objects.get().sent_at, FormUse.objects.get().on) == (friday, friday.date())


def test_who_looks_on_is_told_on_the_next_page(logged_in, rep, company):
    browser = logged_in(rep)
    send(browser, company, uuid4().hex)

    assert "フォローを記録しました。" in browser.get(company.get_absolute_url()).content.decode()


def test_without_a_key_everything_is_as_ever(logged_in, rep, company):
    form = {"key": str(new_id()), "kind": "call", "outcome": "connected"}
    answer = logged_in(rep).post(f"{reverse('activities:record-follow')}?company={company.pk}", form)

    assert (answer.status_code, SentOnce.objects.count()) == (302, 0)


def test_an_impossible_key_is_refused(logged_in, rep, company):
    assert send(logged_in(rep), company, "あ" * 3).status_code == 400
    assert send(logged_in(rep), company, "x" * 201).status_code == 400
    assert Follow.objects.count() == 0


def test_an_ended_session_leads_to_the_login_and_does_nothing(client, company):
    answer = send(client, company, uuid4().hex)

    assert answer.status_code == 302
    assert (Follow.objects.count(), SentOnce.objects.count()) == (0, 0)


def test_the_minutes_of_a_form_count_once_too(logged_in, rep, company):
    browser, key = logged_in(rep), uuid4().hex
    for _ in range(2):
        send(browser, company, key, in_use="5000.1", in_use_since=f"offline:{uuid4().hex}")

    assert FormUse.objects.count() == 1


def test_answers_are_forgotten_after_two_months(logged_in, rep, company):
    send(logged_in(rep), company, uuid4().hex)
    later = timezone.now() + timedelta(days=61)

    assert sending.forget_old(now=later - timedelta(days=2)) == 0
    assert sending.forget_old(now=later) == 1


def test_two_at_the_same_time_make_one_record(own_database, alpha):
    """On two connections; the form's own key differs, so that only the header's key can hold them."""
    rep, company, key = factories.make_user(Role.FIELD_SALES), factories.make_company(), uuid4().hex
    browsers = [TenantClient(alpha), TenantClient(alpha)]
    for browser in browsers:
        browser.force_login(rep)
    together = Barrier(2)

    def post(browser):
        try:
            with inside(alpha):
                together.wait(10)
                return send(browser, company, key).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(post, browsers))

    assert Follow.objects.count() == 1
    assert answers[0] == answers[1]
