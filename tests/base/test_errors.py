"""What people are told when something cannot be shown: what happened, and the way on."""

import pytest
from django.db import DatabaseError, OperationalError
from django.urls import reverse

from apps.accounts import queries
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(logged_in, rep, monkeypatch):
    """Asks for a page in which this goes wrong."""

    def ask(error: Exception):
        def fail(*_given, **_named):
            raise error

        monkeypatch.setattr(queries, "calendar_in_force", fail)
        browser = logged_in(rep)
        browser.raise_request_exception = False
        return browser.get(reverse("accounts:settings"))

    return ask


def test_our_own_fault_comes_with_a_number_to_quote(broken):
    answer = broken(DatabaseError("no such column"))

    assert answer.status_code == 500
    assert f"お問い合わせ番号 {answer['X-Request-Id']}" in answer.content.decode()


def test_a_database_that_is_away_is_nobodys_mistake(broken):
    answer = broken(OperationalError("the connection is closed"))

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert f"お問い合わせ番号 {answer['X-Request-Id']}" in answer.content.decode()


def test_what_is_too_large_is_told_apart_from_what_is_garbled(logged_in, rep, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = logged_in(rep).post(reverse("customers:add-company"), {"name": "株" * 100})

    assert answer.status_code == 413
    assert "大きすぎて受け取れませんでした" in answer.content.decode()


def test_a_page_that_is_not_there_offers_to_search(logged_in, rep):
    answer = logged_in(rep).get("/nowhere/")

    assert answer.status_code == 404
    assert f'href="{reverse("integrations:search")}"' in answer.content.decode()


class TestAnEndedSession:
    def test_leads_back_to_the_page_on_which_something_was_sent(self, client):
        place = "http://alpha.localhost/deals/?view=month"

        answer = client.post(reverse("customers:add-company"), {"name": "某社"}, headers={"referer": place})

        assert answer["Location"] == "/login/?next=/deals/%3Fview%3Dmonth"

    def test_leads_nowhere_else(self, client):
        answer = client.post(
            reverse("customers:add-company"), headers={"referer": "http://example.com/deals/"}
        )

        assert answer["Location"] == "/login/?next=/"

    def test_leads_back_from_a_part_to_its_page(self, client):
        company = factories.make_company()
        page = f"http://alpha.localhost{company.get_absolute_url()}"

        answer = client.get(
            reverse("deals:of-company", args=[company.pk]),
            headers={"HX-Request": "true", "HX-Current-URL": page},
        )

        assert answer["HX-Redirect"] == f"/login/?next={company.get_absolute_url()}"
