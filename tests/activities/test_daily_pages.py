"""日報: one tap sends a day, one page several; what was sent stays, and is revised by its author."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from apps.accounts.vocabulary import Role
from apps.activities import daily_queries as queries
from apps.activities import operations
from apps.activities.models import DailyReport
from apps.base.models import new_id
from apps.base.refusal import Forbidden, Stale
from apps.journal.models import Entry
from tests import factories
from tests.activities.october import NOW, TODAY, at, here_since, send


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


# ── sending ────────────────────────────────────────────────────────────────────────────────────────


def test_today_leads_to_the_report_and_one_tap_sends_it(browser, rep):
    assert f'href="{reverse("activities:daily")}"' in browser.get(reverse("actions:today")).content.decode()
    form = browser.get(reverse("activities:daily")).context["form"]

    answer = browser.post(
        reverse("activities:daily"), {name: form[name].value() or "" for name in form.fields}
    )

    report = DailyReport.objects.get()
    assert answer.url == report.get_absolute_url()
    assert (report.user, report.day, report.sent_at) == (rep, TODAY, NOW)


def test_tomorrow_proposes_the_visits_and_next_actions_of_the_next_working_day(browser, rep, time_machine):
    time_machine.move_to(at(16, 17), tick=False)  # a Friday
    factories.make_visit(rep, company=factories.make_company("青葉フーズ"), starts_at=at(19, 13, 30))
    factories.make_visit(rep, company=factories.make_company("展示会の客"), starts_at=at(17, 11))
    for name, day in (("北浜精機", 18), ("山手印刷", 19), ("港運輸", 20)):
        factories.make_deal(
            rep,
            company=factories.make_company(name),
            next_action="見積を送る",
            next_action_on=date(2026, 10, day),
        )

    form = browser.get(reverse("activities:daily")).context["form"]

    assert form["tomorrow"].value().splitlines() == [
        "11:00 展示会の客",
        "13:30 青葉フーズ",
        "北浜精機 見積を送る",
        "山手印刷 見積を送る",
    ]


def test_a_form_opened_before_midnight_sends_the_day_that_it_showed(browser, time_machine):
    time_machine.move_to(at(16, 0, 5), tick=False)

    send(browser, day=TODAY)

    assert DailyReport.objects.get().day == TODAY


def test_the_same_form_sent_twice_is_one_report(browser):
    form = {"key": str(new_id()), "day": TODAY.isoformat()}

    answers = [browser.post(reverse("activities:daily"), form) for _ in range(2)]

    assert [answer.url for answer in answers] == [DailyReport.objects.get().get_absolute_url()] * 2


def test_a_second_report_of_a_day_is_refused_and_what_was_written_stays(browser, rep):
    factories.make_daily(rep, reflection="前の内容")

    answer = send(browser, reflection="あとの内容")

    assert answer.status_code == 200
    assert "もう送ってあります" in answer.content.decode()
    assert "あとの内容" in answer.content.decode()
    assert DailyReport.objects.get().reflection == "前の内容"


def test_of_two_reports_of_a_day_both_versions_are_shown_and_one_is_chosen(browser, rep):
    factories.make_daily(rep, reflection="机で書いた", tomorrow="同じ")
    form = send(browser, reflection="外で書いた", tomorrow="同じ").context["form"]

    shown = [(one.name, one.present, one.mine, one.both) for one in form.conflicts]
    again = {name: form[name].value() for name in ("key", "day", "version", "reflection", "tomorrow")}
    browser.post(reverse("activities:daily"), again | {"keep-reflection": "both"})

    report = DailyReport.objects.get()
    assert shown == [("reflection", "机で書いた", "外で書いた", True)]
    assert (report.reflection, report.version) == ("机で書いた\n外で書いた", 2)


@pytest.mark.parametrize(("kept", "left"), [("present", "机で書いた"), ("mine", "外で書いた")])
def test_the_version_of_a_day_that_was_chosen_holds(browser, rep, kept, left):
    factories.make_daily(rep, reflection="机で書いた")
    form = send(browser, reflection="外で書いた").context["form"]

    again = {name: form[name].value() for name in ("key", "day", "version", "reflection")}
    browser.post(reverse("activities:daily"), again | {"keep-reflection": kept})

    assert DailyReport.objects.get().reflection == left


def test_a_report_that_changed_while_one_chose_is_shown_again(browser, rep):
    report = factories.make_daily(rep, reflection="机で書いた")
    form = send(browser, reflection="外で書いた").context["form"]
    operations.revise_daily(report, reflection="また書いた", by=rep, at=NOW)

    again = {name: form[name].value() for name in ("key", "day", "version", "reflection")}
    answer = browser.post(reverse("activities:daily"), again | {"keep-reflection": "mine"})

    assert [one.present for one in answer.context["form"].conflicts] == ["また書いた"]
    assert DailyReport.objects.get().reflection == "また書いた"


def test_the_database_keeps_one_report_a_day(rep):
    factories.make_daily(rep)

    with pytest.raises(IntegrityError):
        operations.load_dailies(
            reports=[{"user": rep, "day": TODAY, "sent_at": NOW}], by=factories.make_user(Role.ADMIN), at=NOW
        )


def test_a_day_that_has_not_come_cannot_be_told_of(browser):
    tomorrow = TODAY + timedelta(days=1)

    assert "まだ来ていない日" in send(browser, day=tomorrow).content.decode()
    assert browser.get(reverse("activities:daily"), {"on": tomorrow.isoformat()}).status_code == 404
    assert not DailyReport.objects.exists()


@pytest.mark.parametrize("on", ["", "きのう", "2026-02-30", "0001-01-01", "1899-12-31"])
def test_a_day_that_is_none_is_not_found(browser, on):
    assert browser.get(reverse("activities:daily"), {"on": on}).status_code == 404


def test_who_does_not_sell_begins_with_the_teams_reports(logged_in, executive):
    answer = logged_in(executive).get(reverse("activities:daily"))

    assert answer.url == reverse("conversations:daily-of-team")


def test_who_has_no_role_sees_the_day_but_sends_nothing(logged_in, db):
    browser = logged_in(factories.make_user())

    assert (
        "日報を送る"
        not in browser.get(reverse("activities:daily"), {"on": TODAY.isoformat()}).content.decode()
    )
    assert send(browser).status_code == 403


# ── two weeks, and several days at once ────────────────────────────────────────────────────────────


def test_the_strip_shows_each_day_of_two_weeks_as_sent_open_or_off(rep):
    here_since(rep, 1)
    factories.make_daily(rep, day=date(2026, 10, 13))

    strip = {day.on: day for day in queries.strip(rep, today=TODAY)}

    assert list(strip) == [date(2026, 10, 2) + timedelta(days=n) for n in range(14)]
    assert [on.day for on, day in strip.items() if day.report] == [13]
    assert [on.day for on, day in strip.items() if not day.works] == [3, 4, 10, 11, 12]
    assert [on.day for on, day in strip.items() if day.is_open] == [2, 5, 6, 7, 8, 9, 14, 15]


def test_no_day_is_open_from_before_one_came(rep):
    here_since(rep, 14)

    assert [day.on.day for day in queries.strip(rep, today=TODAY) if day.is_open] == [14, 15]


def test_open_days_never_read_as_a_reproach(browser, rep):
    here_since(rep, 5)
    page = browser.get(reverse("activities:daily")).content.decode()
    html = page.partition("<main")[2].partition("</main>")[0]

    assert "まだ" in html
    for word in ("未提出", "遅れ", "alert-text", "warn"):
        assert word not in html


def open_form(browser) -> dict[str, str]:
    days = browser.get(reverse("activities:open-days")).context["days"]
    return {
        form[name].html_name: form[name].value() or "" for form, _on, _day in days for name in form.fields
    }


def test_on_a_friday_the_week_is_sent_from_one_page_by_ticks(browser, rep):
    here_since(rep, 13)
    form = open_form(browser) | {"2026-10-13-reflection": "火曜のこと"}
    del form["2026-10-14-send"]

    answer = browser.post(reverse("activities:open-days"), form)

    assert answer.url == reverse("activities:daily")
    sent = {report.day.day: report.reflection for report in DailyReport.objects.all()}
    assert sent == {13: "火曜のこと", 15: ""}


def test_of_several_days_all_are_sent_or_none(browser, rep):
    here_since(rep, 13)
    form = open_form(browser)
    form["2026-10-15-day"] = "2026-10-13"

    assert browser.post(reverse("activities:open-days"), form).status_code == 200
    assert not DailyReport.objects.exists()


def test_a_day_that_was_sent_meanwhile_keeps_the_words_that_were_written_for_it(browser, rep):
    here_since(rep, 14)
    form = open_form(browser) | {"2026-10-14-reflection": "水曜のこと"}
    factories.make_daily(rep, day=date(2026, 10, 14))

    answer = browser.post(reverse("activities:open-days"), form)
    del form["2026-10-14-send"]
    browser.post(reverse("activities:open-days"), form)

    page = answer.content.decode()
    assert ("10月14日(水)の日報は、もう送ってあります。" in page, "水曜のこと" in page) == (True, True)
    assert [report.day.day for report in DailyReport.objects.order_by("day")] == [14, 15]


def test_several_days_sent_twice_are_sent_once(browser, rep):
    here_since(rep, 14)
    form = open_form(browser)

    first, second = (browser.post(reverse("activities:open-days"), form) for _ in range(2))

    assert first.url == second.url == reverse("activities:daily")
    assert DailyReport.objects.count() == 2


def test_nothing_ticked_sends_nothing_and_says_so(browser, rep):
    form = {name: value for name, value in open_form(browser).items() if not name.endswith("-send")}

    assert "送る日を選んでください" in browser.post(reverse("activities:open-days"), form).content.decode()


def test_without_an_open_day_the_page_says_that_all_is_sent(browser, rep):
    factories.make_daily(rep)

    assert "まだの日はありません" in browser.get(reverse("activities:open-days")).content.decode()


# ── revising and reading ───────────────────────────────────────────────────────────────────────────


def test_the_author_revises_and_what_it_said_before_stays(browser, rep):
    report = factories.make_daily(rep, reflection="はじめ", at=at(15, 17))

    browser.post(
        reverse("activities:revise-daily", args=[report.pk]),
        {"version": 1, "reflection": "あと", "tomorrow": ""},
    )

    report.refresh_from_db()
    assert (report.reflection, report.sent_at, report.version) == ("あと", at(15, 17), 2)
    assert [version.reflection for version in report.versions.order_by("pgh_id")] == ["はじめ", "あと"]
    history = browser.get(reverse("conversations:history", args=["daily", report.pk])).content.decode()
    assert "日報を直した" in history


def test_what_changed_in_another_tab_is_not_written_over(rep):
    report = factories.make_daily(rep)
    operations.revise_daily(report, reflection="先", by=rep, at=NOW)

    with pytest.raises(Stale):
        operations.revise_daily(report, reflection="後", version=1, by=rep, at=NOW)


@pytest.mark.parametrize("role", Role)
def test_nobody_writes_for_another(role, logged_in, rep, team):
    report = factories.make_daily(rep)
    other = factories.make_user(role, team=team)

    with pytest.raises(Forbidden):
        operations.revise_daily(report, reflection="代筆", by=other, at=NOW)
    address = reverse("activities:revise-daily", args=[report.pk])
    assert logged_in(other).get(address).status_code == 403


def test_everybody_of_the_company_reads(logged_in, rep, stranger):
    report = factories.make_daily(rep, reflection="よい一日でした")

    html = logged_in(stranger).get(report.get_absolute_url()).content.decode()

    assert "よい一日でした" in html
    assert reverse("activities:revise-daily", args=[report.pk]) not in html


def test_what_is_done_stands_in_the_journal(rep):
    report = factories.make_daily(rep)
    operations.revise_daily(report, reflection="あと", by=rep, at=NOW)

    told = Entry.objects.filter(subject_id=report.pk).order_by("pk").values_list("event", "actor_id")
    assert list(told) == [("daily.sent", rep.pk), ("daily.revised", rep.pk)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_however_much_the_day_held(browser, rep, count, django_assert_num_queries):
    for _ in range(count):
        deal = factories.make_deal(rep, plan="標準", next_action="電話", next_action_on=date(2026, 10, 16))
        factories.make_follow(rep, company=deal.company)
        factories.make_visit(rep, company=deal.company, starts_at=at(15))
        factories.make_visit(rep, company=deal.company, starts_at=at(16))

    with django_assert_num_queries(21):
        browser.get(reverse("activities:daily"))


def test_what_is_recorded_after_the_report_was_sent_is_told_on_it(browser, rep, time_machine):
    visit = factories.make_visit(rep, starts_at=at(15, 10))
    factories.make_follow(rep, happened_at=at(15, 11))
    report = factories.make_daily(rep)
    before = browser.get(report.get_absolute_url()).context["later"]
    time_machine.move_to(at(16, 9), tick=False)
    factories.make_follow(rep, happened_at=at(15, 16))
    factories.make_follow(rep, happened_at=at(16, 8))
    operations.report_visit(visit, result="前向き", by=rep, at=at(16, 9))

    shown = browser.get(report.get_absolute_url())

    assert (before, shown.context["later"]) == (0, 2)
    assert "うち2件は、送ったあとの記録です" in shown.content.decode()
