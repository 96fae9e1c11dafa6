"""日報を読む: the team's day on one page, marks of reading, reactions and questions."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.conversations import operations, reading
from apps.conversations.models import Comment, Reaction, ReadMark
from apps.conversations.vocabulary import Sign
from apps.journal.models import Entry
from tests import factories

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 17, 50, tzinfo=JST)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def browser(logged_in, manager):
    return logged_in(manager)


@pytest.fixture
def report(rep):
    return factories.make_daily(rep, reflection="よい一日でした")


def at(name: str, report) -> str:
    return reverse(f"conversations:{name}", args=[report.pk])


def saying(record, kind: str = "daily") -> str:
    return reverse("conversations:write", args=[kind, record.pk])


def on_part(report) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": f"talk-{report.pk}"}


def ask(report, by, text="誰に会いましたか", minute=0) -> Comment:
    moment = datetime(2026, 10, 15, 18, minute, tzinfo=JST)
    return operations.write_comment(about=report, text=text, asks=True, by=by, at=moment)


def team_page(browser, **asked):
    return browser.get(reverse("conversations:daily-of-team"), asked)


# ── the page of the team ───────────────────────────────────────────────────────────────────────────


def test_the_page_holds_the_teams_reports_and_who_has_not_sent_yet(browser, rep, colleague, stranger, report):
    rows = team_page(browser).context["rows"]

    assert [(row.person, row.talk and row.talk.report) for row in rows] == [(rep, report), (colleague, None)]


def test_everybodys_reports_stand_behind_the_switch(browser, rep, colleague, stranger, report):
    people = {row.person for row in team_page(browser, who="all").context["rows"]}

    assert people == {rep, colleague, stranger}


def test_an_earlier_day_shows_its_own_reports(browser, report):
    context = team_page(browser, on="2026-10-14").context

    assert (context["sent"], context["on"]) == (0, date(2026, 10, 14))


def test_the_report_of_who_has_left_since_is_still_read(browser, rep, report):
    accounts.deactivate_user(rep, by=factories.make_user(Role.ADMIN), at=NOW)

    shown = browser.get(reverse("conversations:daily-of-team"), {"on": report.day.isoformat()})

    assert rep in [row.person for row in shown.context["rows"]]


def test_who_has_not_sent_is_not_shamed(browser, rep):
    html = team_page(browser).content.decode()

    assert "まだ" in html
    for word in ("未提出", "遅れ", "alert-text"):
        assert word not in html


def test_on_a_day_off_nothing_is_missing_and_what_was_sent_nevertheless_is_shown(browser, rep, colleague):
    saturday = date(2026, 10, 10)
    report = factories.make_daily(rep, day=saturday)

    shown = team_page(browser, on=saturday.isoformat())

    rows = [(row.person, row.talk and row.talk.report, row.works) for row in shown.context["rows"]]
    assert rows == [(rep, report, False), (colleague, None, False)]
    assert ("休み" in shown.content.decode(), "まだ</span>" in shown.content.decode()) == (True, False)


def test_each_has_the_days_off_of_their_own_team(browser, rep, stranger, team):
    accounts.set_working_time(
        team=team,
        weekdays=[0, 1, 2, 3, 4],
        opens_at=time(9),
        closes_at=time(18),
        keeps_public_holidays=True,
        own_holidays=[(TODAY, "棚卸の代休")],
        by=SYSTEM,
        at=NOW,
    )

    rows = team_page(browser, who="all").context["rows"]

    assert [(row.person, row.works) for row in rows] == [(stranger, True), (rep, False)]


def test_each_report_is_a_row_for_j_and_k_that_enter_opens(browser, report):
    html = team_page(browser).content.decode()

    assert f'<a href="{report.get_absolute_url()}" data-row>' in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_reports(
    browser, team, manager, count, django_assert_num_queries
):
    for _ in range(count):
        rep = factories.make_user(Role.FIELD_SALES, team=team)
        report = factories.make_daily(rep)
        factories.make_follow(rep)
        factories.make_visit(rep)
        ask(report, manager)
        operations.react(about=report, sign=Sign.GOOD, by=manager, at=NOW)
        operations.mark_read(about=report, by=manager, at=NOW)

    with django_assert_num_queries(21):
        team_page(browser)


def test_nobody_reacts_to_their_own_report_by_whichever_door(rep, report):
    with pytest.raises(operations.OnesOwn):
        operations.react(about=report, sign=Sign.GOOD, by=rep, at=NOW)


# ── reading ────────────────────────────────────────────────────────────────────────────────────────


def test_looking_marks_nothing_as_read(browser, report):
    team_page(browser)
    browser.get(report.get_absolute_url())
    browser.get(at("talk", report))

    assert not ReadMark.objects.exists()


def test_a_report_is_unread_until_it_is_marked_and_only_for_who_marked_it(
    browser, manager, colleague, rep, report
):
    assert team_page(browser).context["unread"] == 1

    answers = [browser.post(at("mark-read", report)) for _ in range(2)]

    assert [answer.url for answer in answers] == [report.get_absolute_url()] * 2
    assert ReadMark.objects.get().user == manager
    assert team_page(browser).context["unread"] == 0
    assert list(reading.unread(colleague, of=[rep.pk], since=TODAY)) == [report]
    assert Entry.objects.filter(event="daily.read").count() == 1


def test_ones_own_report_needs_no_mark(logged_in, rep, report):
    logged_in(rep).post(at("mark-read", report))

    assert not ReadMark.objects.exists()
    assert not reading.unread(rep, of=[rep.pk], since=TODAY).exists()


def test_the_author_sees_who_has_read(logged_in, browser, rep, manager, report):
    browser.post(at("mark-read", report))

    assert manager.name in logged_in(rep).get(at("talk", report)).content.decode()


def test_marking_swaps_in_what_the_page_would_show(browser, report):
    answer = browser.post(at("mark-read", report), {"comments": "1"}, headers=on_part(report))

    html = answer.content.decode()
    assert f'id="talk-{report.pk}"' in html
    assert "<html" not in html
    assert "既読にする" not in html


# ── reactions ──────────────────────────────────────────────────────────────────────────────────────


def test_one_word_each_another_takes_its_place_and_the_same_takes_it_back(browser, manager, report):
    said = []
    for sign in ("good", "thanks", "thanks"):
        browser.post(at("react", report), {"sign": sign})
        said.append(list(Reaction.objects.values_list("user", "sign")))

    assert said == [[(manager.pk, "good")], [(manager.pk, "thanks")], []]


def test_a_word_that_is_none_of_the_set_is_passed_over(browser, report):
    browser.post(at("react", report), {"sign": "💢"})

    assert not Reaction.objects.exists()


@pytest.mark.parametrize("name", ["talk", "react", "mark-read"])
def test_only_daily_reports_are_read_and_reacted_to(browser, name):
    address = at(name, factories.make_company())

    answer = browser.get(address) if name == "talk" else browser.post(address, {"sign": "good"})

    assert answer.status_code == 404


def test_who_has_no_role_only_reads(logged_in, report):
    browser = logged_in(factories.make_user())

    answers = [
        browser.post(at("react", report), {"sign": "cheer"}),
        browser.post(at("mark-read", report)),
        browser.post(saying(report), {"key": str(new_id()), "text": "書けません"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    html = team_page(browser, who="all").content.decode()
    assert "よい一日でした" in html
    assert at("react", report) not in html
    assert at("mark-read", report) not in html


# ── questions ──────────────────────────────────────────────────────────────────────────────────────


def test_a_question_asked_in_place_waits_for_its_author(browser, rep, manager, report):
    given = {"key": str(new_id()), "text": "誰に会いましたか", "asks": "on"}

    html = browser.post(saying(report), given, headers=on_part(report)).content.decode()

    comment = Comment.objects.get()
    assert comment.asks
    assert "返事待ち" in html
    assert list(reading.questions_to(rep)) == list(reading.questions_of(manager)) == [comment]
    assert team_page(browser).context["asked"] == 1


def test_what_the_author_says_later_answers_it_and_nobody_elses_word_does(rep, manager, colleague, report):
    asked = ask(report, manager)
    factories.make_comment(report, by=rep, at=NOW)  # before the question
    factories.make_comment(report, by=colleague, at=datetime(2026, 10, 15, 19, tzinfo=JST))
    assert list(reading.questions_to(rep)) == [asked]

    answer = factories.make_comment(report, by=rep, at=datetime(2026, 10, 15, 20, tzinfo=JST))
    assert list(reading.questions_to(rep)) == list(reading.questions_of(manager)) == []

    operations.take_back_comment(answer, by=rep, at=NOW)
    assert list(reading.questions_to(rep)) == [asked]


def test_a_plain_comment_waits_for_nothing(rep, manager, report):
    factories.make_comment(report, by=manager)

    assert not reading.questions_to(rep).exists()


def test_beside_other_records_nothing_is_asked(browser):
    company = factories.make_company()
    given = {"key": str(new_id()), "text": "確かめました", "asks": "on"}

    browser.post(saying(company, "company"), given)

    assert not Comment.objects.get().asks


def test_today_names_the_questions_that_wait_in_words(logged_in, rep, manager, report):
    ask(report, manager, text=f"@{rep.name} 誰に会いましたか")

    html = logged_in(rep).get(reverse("actions:today")).content.decode()

    assert "質問に答える" in html
    assert f'<a href="{report.get_absolute_url()}#beside">@{rep.name} 誰に会いましたか</a>' in html


def test_without_a_question_today_has_no_such_row(logged_in, rep):
    assert "質問に答える" not in logged_in(rep).get(reverse("actions:today")).content.decode()
