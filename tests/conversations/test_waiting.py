"""What the menu of every page says of daily reports: the same as the pages on which it is done."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.accounts import operations as accounts
from apps.accounts.backends import TenantBackend
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.navigation import counts
from apps.conversations import operations, reading
from tests import factories

NOW = datetime(2026, 10, 15, 17, 50, tzinfo=ZoneInfo("Asia/Tokyo"))
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def report(rep):
    return factories.make_daily(rep)


def waiting(person) -> tuple[int, int]:
    """Questions, unread reports, as the middleware reads them for each request."""
    known = TenantBackend().get_user(person.pk)
    return known.questions_waiting, known.dailies_unread


def ask(report, by, *, minute=0):
    return operations.write_comment(
        about=report, text="誰に会いましたか", asks=True, by=by, at=NOW + timedelta(minutes=minute)
    )


def shown_by_the_page(browser) -> int:
    return browser.get(reverse("conversations:daily-of-team")).context["unread"]


# ── questions ──────────────────────────────────────────────────────────────────────────────────────


def test_a_question_waits_for_its_author_until_they_answer(rep, colleague, manager, report):
    ask(report, manager)
    ask(report, colleague, minute=1)
    assert (waiting(rep)[0], waiting(manager)[0]) == (2, 0)

    factories.make_comment(report, by=rep, at=NOW + timedelta(minutes=2))
    assert waiting(rep)[0] == reading.questions_to(rep).count() == 0


def test_ones_own_question_or_one_taken_back_waits_for_nobody(rep, manager, report):
    ask(report, rep)
    asked = ask(report, manager, minute=1)
    assert waiting(rep)[0] == reading.questions_to(rep).count() == 1

    operations.take_back_comment(asked, by=manager, at=NOW)
    assert waiting(rep)[0] == reading.questions_to(rep).count() == 0


def test_an_answer_that_is_taken_back_answers_nothing(rep, manager, report):
    ask(report, manager)
    answer = factories.make_comment(report, by=rep, at=NOW + timedelta(minutes=2))
    operations.take_back_comment(answer, by=rep, at=NOW)

    assert waiting(rep)[0] == reading.questions_to(rep).count() == 1


# ── unread reports ─────────────────────────────────────────────────────────────────────────────────


def test_reports_of_the_own_team_and_those_below_wait_for_their_manager(
    logged_in, rep, stranger, manager, team, report
):
    below = factories.make_team(parent=team)
    factories.make_daily(factories.make_user(Role.FIELD_SALES, team=below))
    factories.make_daily(stranger)
    browser = logged_in(manager)
    assert waiting(manager)[1] == shown_by_the_page(browser) == 2

    operations.mark_read(about=report, by=manager, at=NOW)
    assert waiting(manager)[1] == shown_by_the_page(browser) == 1


def test_reps_and_whoever_has_no_team_owe_no_reading(colleague, report):
    nobodys = factories.make_user(Role.MANAGER)

    assert (waiting(colleague)[1], waiting(nobodys)[1]) == (0, 0)


def test_what_is_old_and_who_left_wait_for_nobody(rep, colleague, manager):
    for day in (TODAY - timedelta(days=31), TODAY - timedelta(days=30)):
        factories.make_daily(rep, day=day)
    factories.make_daily(colleague)
    assert waiting(manager)[1] == 2

    accounts.deactivate_user(colleague, by=SYSTEM, at=NOW)
    assert waiting(manager)[1] == 1


def test_ones_own_report_and_those_of_a_former_team_are_not_counted(rep, manager, team, report):
    factories.make_daily(manager)
    accounts.move_to_team(rep, team=factories.make_team(), from_on=TODAY, by=SYSTEM, at=NOW)

    assert waiting(manager)[1] == 0


# ── where it is seen ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 3])
def test_the_menu_says_it_at_no_query_of_its_own(
    logged_in, rep, manager, report, count, django_assert_num_queries
):
    for minute in range(count):
        ask(report, manager, minute=minute)
    browser = logged_in(rep)
    with django_assert_num_queries(5):
        browser.get(reverse("inbox:counts"))

    answer = browser.get(reverse("accounts:settings"))
    groups = answer.context["navigation"]
    (daily,) = [item for group in groups for item in group["items"] if item["icon"] == "report"]
    assert (daily["badge"], daily["hot"]) == (str(count), True)
    assert answer.context["navigation_phone"][-1]["badge"] == str(count)


def test_what_is_only_unread_is_calm(logged_in, manager, report):
    groups = logged_in(manager).get(reverse("accounts:settings")).context["navigation"]
    (daily,) = [item for group in groups for item in group["items"] if item["icon"] == "report"]

    assert (daily["badge"], daily["hot"]) == ("1", False)


def test_an_open_page_asks_for_the_numbers_and_is_told_only_what_is_new(logged_in, rep, manager, report):
    browser = logged_in(rep)
    first = browser.get(reverse("inbox:counts"))
    same = browser.get(reverse("inbox:counts"), headers={"If-None-Match": first["ETag"]})
    ask(report, manager)
    new = browser.get(reverse("inbox:counts"), headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, same.status_code, same.content, new.status_code) == (200, 304, b"", 200)
    assert new.json() == {
        "bell": "通知",
        "counts": {
            "activities:daily": ["1", True],
            "menu": ["1", True],
            "bell": ["", True],
            "questions": ["1", True],
            "dailies": ["", False],
        },
    }


def test_more_than_99_is_said_shortly(rep):
    rep.unread = 140
    assert counts(rep)["bell"] == ("99+", True)


# ── the way there ──────────────────────────────────────────────────────────────────────────────────


def test_the_next_unread_is_the_oldest_in_its_place(logged_in, rep, colleague, manager, report):
    older = factories.make_daily(colleague, day=TODAY - timedelta(days=1))
    browser = logged_in(manager)
    page = reverse("conversations:daily-of-team")
    ways = []
    for read in (older, report, None):
        ways.append(browser.get(reverse("conversations:next-unread")).url)
        if read:
            operations.mark_read(about=read, by=manager, at=NOW)

    assert ways == [
        f"{page}?who=team&on=2026-10-14#of-{colleague.pk}",
        f"{page}?who=team&on=2026-10-15#of-{rep.pk}",
        f"{page}?who=team",
    ]


def test_the_next_question_is_the_oldest(logged_in, rep, manager, report):
    browser = logged_in(rep)
    before = browser.get(reverse("conversations:next-question")).url
    ask(report, manager)

    assert before == reverse("activities:daily")
    assert browser.get(reverse("conversations:next-question")).url == f"{report.get_absolute_url()}#beside"


def test_ones_own_page_says_that_a_question_waits(logged_in, rep, manager, report):
    browser = logged_in(rep)
    assert "返事を待っている質問" not in browser.get(report.get_absolute_url()).content.decode()
    ask(report, manager)

    assert "返事を待っている質問が1件あります" in browser.get(report.get_absolute_url()).content.decode()


def test_beside_the_report_too_the_question_is_seen_to_wait_by_both(logged_in, rep, manager, report):
    ask(report, manager)
    beside = reverse("conversations:beside", args=["daily", report.pk])
    before = ["返事待ち" in logged_in(one).get(beside).content.decode() for one in (rep, manager)]
    factories.make_comment(report, by=rep, at=NOW + timedelta(minutes=2))
    after = ["返事待ち" in logged_in(one).get(beside).content.decode() for one in (rep, manager)]

    assert (before, after) == ([True, True], [False, False])


def test_today_leads_a_manager_to_what_is_unread_and_nobody_else(logged_in, rep, manager, report):
    way = reverse("conversations:next-unread")

    shown = [way in logged_in(one).get(reverse("actions:today")).content.decode() for one in (manager, rep)]

    assert shown == [True, False]
