from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts import operations, queries
from apps.accounts.models import SYSTEM, BusinessCalendar
from apps.accounts.rules import WorkingTime
from apps.base.refusal import Forbidden, Refused
from tests import factories

CALENDAR = "/settings/calendar/"
WEEK = [0, 1, 2, 3, 4]
EVERY_DAY = list(range(7))
NO_MORE_ROWS = {"holidays-TOTAL_FORMS": "0", "holidays-INITIAL_FORMS": "0"}


def set_up(team=None, **given):
    given = {
        "weekdays": WEEK, "opens_at": time(9), "closes_at": time(18),
        "keeps_public_holidays": True, "own_holidays": [],
    } | given  # fmt: skip
    return operations.set_working_time(team=team, **({"by": SYSTEM, "at": timezone.now()} | given))


def typed(**given):
    return {
        "weekdays": ["0", "1"], "opens_at": "09:30", "closes_at": "17:00", "keeps_public_holidays": "on",
    } | NO_MORE_ROWS | given  # fmt: skip


# ── which days count ───────────────────────────────────────────────────────────────────────────────


def test_weekends_and_holidays_are_no_working_days():
    calendar = WorkingTime(closed_on={date(2026, 10, 12)})

    assert list(calendar.days(date(2026, 10, 9), date(2026, 10, 14))) == [
        date(2026, 10, 9),
        date(2026, 10, 13),
        date(2026, 10, 14),
    ]


def test_the_next_day_is_the_next_working_one():
    calendar = WorkingTime(closed_on={date(2026, 10, 12)})

    assert calendar.next_day(date(2026, 10, 9)) == date(2026, 10, 13)


def test_a_calendar_that_never_opens_says_so():
    with pytest.raises(ValueError, match="never opens"):
        WorkingTime(weekdays=frozenset()).next_day(date(2026, 10, 9))


def test_it_closes_in_the_zone_that_it_is_asked_about():
    tokyo = ZoneInfo("Asia/Tokyo")

    assert WorkingTime().closes_on(date(2026, 10, 9), tokyo) == datetime(2026, 10, 9, 18, tzinfo=tokyo)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 5, 6), "憲法記念日が日曜なので、その振替休日"),
        (date(2026, 9, 22), "敬老の日と秋分の日にはさまれた国民の休日"),
        (date(2027, 3, 22), "春分の日が日曜なので、その振替休日"),
    ],
)
def test_days_that_stand_in_for_holidays_are_off(db, day, why):
    assert (day.weekday() < 5, queries.working_time().is_working_day(day)) == (True, False)


def test_holidays_of_any_year_count(db):
    days = [date(2019, 5, 1), date(2035, 1, 1)]

    assert [queries.working_time().is_working_day(day) for day in days] == [False, False]


def test_who_does_not_keep_public_holidays_works_on_them(db):
    set_up(keeps_public_holidays=False, own_holidays=[(date(2026, 11, 4), "創立記念日")])

    days = [date(2026, 11, 3), date(2026, 11, 4)]
    assert [queries.working_time().is_working_day(day) for day in days] == [True, False]


# ── whose calendar ─────────────────────────────────────────────────────────────────────────────────


def test_a_team_falls_back_to_the_team_above_and_then_to_the_company(db):
    top = factories.make_team()
    middle = factories.make_team(parent=top)
    bottom = factories.make_team(parent=middle)
    set_up(top, opens_at=time(10))
    closes = {
        "own": set_up(bottom, closes_at=time(15)) and queries.working_time(bottom.pk).closes_at,
        "above": queries.working_time(middle.pk).opens_at,
        "company": queries.working_time(factories.make_team().pk).opens_at,
    }

    assert closes == {"own": time(15), "above": time(10), "company": time(9)}


def test_the_question_costs_the_same_however_many_calendars(db, django_assert_num_queries):
    teams = [factories.make_team() for _ in range(3)]
    for team in teams:
        set_up(team, own_holidays=[(date(2026, 12, 29), "年末")])

    with django_assert_num_queries(3):  # calendars, own holidays, the tree
        queries.working_time(teams[0].pk)


def test_a_team_gives_its_own_calendar_up(logged_in, admin, team):
    set_up(team, opens_at=time(10))

    logged_in(admin).post(reverse("accounts:follow-company-calendar", args=[team.pk]))

    assert queries.working_time(team.pk).opens_at == time(9)


# ── the words ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("weekdays", "public", "words"),
    [
        (WEEK, True, "月〜金 9:00〜18:00・祝日は休み"),
        (EVERY_DAY, False, "月〜日 9:00〜18:00・祝日も営業"),
        ([0, 2], True, "月・水 9:00〜18:00・祝日は休み"),
        ([1, 2], True, "火・水 9:00〜18:00・祝日は休み"),
    ],
)
def test_a_calendar_is_said_in_a_line(weekdays, public, words):
    calendar = BusinessCalendar(weekdays=weekdays, keeps_public_holidays=public)

    with translation.override("ja"):
        assert str(calendar) == words


def test_the_coming_holidays_are_those_of_this_and_the_next_year(db):
    calendar = set_up(own_holidays=[(date(2026, 12, 29), "年末"), (date(2026, 1, 5), "過ぎた日")])

    coming = queries.coming_holidays(calendar, from_on=date(2026, 11, 23))

    first = [(day.on, day.name, day.own) for day in coming[:3]]
    assert first == [
        (date(2026, 11, 23), "勤労感謝の日", False),
        (date(2026, 12, 29), "年末", True),
        (date(2027, 1, 1), "元日", False),
    ]
    assert coming[-1].on == date(2027, 11, 23)


# ── the pages ──────────────────────────────────────────────────────────────────────────────────────


@time_machine.travel("2026-11-21T01:00:00Z")
def test_everybody_may_look_at_the_calendar(logged_in, rep):
    response = logged_in(rep).get(CALENDAR)

    assert response.context["coming"][0].on == date(2026, 11, 23)
    assert not response.context["may_change"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_teams(logged_in, rep, count, django_assert_num_queries):
    for _ in range(count):
        set_up(factories.make_team(), own_holidays=[(date(2030, 1, 4), "年始")])
    browser = logged_in(rep)

    with django_assert_num_queries(
        9
    ):  # the tenant 3, session, user, calendar, own holidays, teams, their calendars
        browser.get(CALENDAR)


def test_an_admin_sets_the_companys_calendar_with_its_own_holidays(logged_in, admin):
    rows = {
        "holidays-TOTAL_FORMS": "3", "holidays-0-on": "2026-12-29", "holidays-0-name": "年末",
        "holidays-1-on": "2026-11-04", "holidays-1-name": "創立記念日", "holidays-2-on": "", "holidays-2-name": "",
    }  # fmt: skip

    logged_in(admin).post(f"{CALENDAR}set/", typed(**rows))

    held = BusinessCalendar.objects.get(team=None)
    assert (held.weekdays, held.opens_at, held.closes_at) == ([0, 1], time(9, 30), time(17))
    assert [(row.on, row.name) for row in held.own_holidays.all()] == [
        (date(2026, 11, 4), "創立記念日"),
        (date(2026, 12, 29), "年末"),
    ]


def test_an_emptied_row_takes_its_holiday_away(logged_in, admin):
    set_up(own_holidays=[(date(2026, 12, 29), "年末")])
    rows = {
        "holidays-TOTAL_FORMS": "1", "holidays-INITIAL_FORMS": "1", "holidays-0-on": "", "holidays-0-name": "",
    }  # fmt: skip

    logged_in(admin).post(f"{CALENDAR}set/", typed(**rows))

    assert list(BusinessCalendar.objects.get(team=None).own_holidays.all()) == []


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"weekdays": []}, {"weekdays": ["営業する曜日を1つ以上選んでください。"]}),
        ({"closes_at": "09:30"}, {"closes_at": ["終業は始業より後にしてください。"]}),
    ],
)
def test_hours_that_make_no_sense_are_refused(logged_in, admin, given, faults):
    response = logged_in(admin).post(f"{CALENDAR}set/", typed(**given))

    assert response.context["form"].errors == faults


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([("2026-12-29", "")], [{"name": ["休みの名前を入れてください。例: 創立記念日"]}]),
        ([("", "年末")], [{"on": ["日付を入れてください。"]}]),
        ([("9999-01-01", "遠い日")], [{"on": ["1900年から2200年までの日付を入れてください。"]}]),
    ],
)
def test_half_a_holiday_is_refused_at_its_row(logged_in, admin, rows, faults):
    given = {"holidays-TOTAL_FORMS": str(len(rows))}
    for number, (on, name) in enumerate(rows):
        given |= {f"holidays-{number}-on": on, f"holidays-{number}-name": name}

    response = logged_in(admin).post(f"{CALENDAR}set/", typed(**given))

    assert [row.errors for row in response.context["holidays"]] == faults


def test_the_same_day_twice_is_refused(logged_in, admin):
    rows = {"holidays-TOTAL_FORMS": "2"}
    for number in range(2):
        rows |= {f"holidays-{number}-on": "2026-12-29", f"holidays-{number}-name": "年末"}

    response = logged_in(admin).post(f"{CALENDAR}set/", typed(**rows))

    assert response.context["holidays"].non_form_errors() == ["同じ日が2回あります。1つにしてください。"]


@pytest.mark.parametrize("rows", [{"holidays-TOTAL_FORMS": ""}, {"holidays-TOTAL_FORMS": "100000"}])
def test_a_form_that_no_page_made_is_refused_and_writes_nothing(logged_in, admin, rows):
    response = logged_in(admin).post(f"{CALENDAR}set/", typed(**rows))

    assert response.status_code == 200
    assert queries.working_time().opens_at == time(9)


def test_a_manager_sets_the_calendars_of_the_teams_they_lead_and_no_other(logged_in, manager, team):
    below, beside = factories.make_team(parent=team), factories.make_team()
    browser = logged_in(manager)
    urls = [f"{CALENDAR}{where}set/" for where in (f"{team.pk}/", f"{below.pk}/", f"{beside.pk}/", "")]

    assert [browser.get(url).status_code for url in urls] == [200, 200, 403, 403]
    assert [browser.post(url, typed()).status_code for url in urls] == [302, 302, 403, 403]
    assert sorted(BusinessCalendar.objects.exclude(team=None).values_list("team", flat=True)) == sorted(
        [team.pk, below.pk]
    )


def test_the_operation_asks_again(manager):
    with pytest.raises(Forbidden):
        set_up(None, by=manager)


def test_nobody_closes_before_opening(admin):
    with pytest.raises(Refused):
        set_up(closes_at=time(8))
