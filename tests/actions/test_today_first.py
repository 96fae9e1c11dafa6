"""The page of the day on the first day of a tenant, and for those who do not sell."""

import re

import pytest

from apps.accounts.vocabulary import Role
from apps.activities import operations as activities
from tests import factories
from tests.actions.days import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def main_of(browser, path="/today/") -> str:
    return re.search(r"<main.*</main>", browser.get(path).content.decode(), re.DOTALL)[0]


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [(Role.FIELD_SALES, "/companies/add/"), (Role.ADMIN, "/settings/import/"), (Role.EXECUTIVE, None)],
)
def test_the_first_day_leads_on(logged_in, role, leads_to):
    words = main_of(logged_in(factories.make_user(role, name="青木 健")))

    assert "ようこそ、青木 健さん" in words
    assert "すべて済んでいます" not in words
    offered = {path for path in ("/companies/add/", "/settings/import/") if f'href="{path}"' in words}
    assert offered == ({leads_to} if leads_to else set())


def test_with_a_company_it_is_a_day_like_any_other(logged_in, rep):
    factories.make_company("青葉フーズ")

    words = main_of(logged_in(rep))

    assert "ようこそ" not in words
    assert words.count("期日の来たことは、すべて済んでいます。") == 2  # at the head, for desk and phone


@pytest.mark.parametrize("role", [Role.MARKETING, Role.EXECUTIVE, Role.ADMIN])
def test_who_does_not_sell_is_led_to_the_own_report_of_the_day(logged_in, role):
    browser = logged_in(factories.make_user(role))

    link = re.search(r'href="(/daily/[^"]*)">.*?日報を送る', main_of(browser), re.DOTALL)[1]

    assert link == f"/daily/?on={NOW.date()}"
    assert "振り返り" in main_of(browser, link)


def test_a_report_that_was_sent_is_looked_at(logged_in, rep):
    browser = logged_in(rep)
    assert "日報を送る" in main_of(browser)

    activities.send_daily(day=NOW.date(), reflection="", tomorrow="", by=rep, at=NOW)

    assert "日報を送る" not in main_of(browser)
    assert "日報へ" in main_of(browser)


def test_who_only_looks_is_offered_nothing_to_send(logged_in):
    assert "日報を送る" not in main_of(logged_in(factories.make_user()))
