"""予定表: visits in their days and hours, and moving them."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.rules import WorkingTime
from apps.activities import operations, planner
from tests import factories

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
SHOW = reverse("activities:planner")


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """In January 2027; the 11th is a Monday, and a public holiday."""
    return datetime(2027, 1, day, hour, minute, tzinfo=TOKYO)


@pytest.fixture
def planned(rep, company):
    return factories.make_visit(rep, company=company, starts_at=at(12, 10, 30), ends_at=at(12, 11, 30))


def days(browser, **asked) -> dict[date, list]:
    context = browser.get(SHOW, {"on": "2027-01-13"} | asked).context
    return {day.on: list(day.visits) for day in context["days"]}


def moving(visit, **to) -> tuple[str, dict]:
    return reverse("activities:move-visit", args=[visit.pk]), {"version": visit.version} | to


def test_a_week_runs_from_monday_to_sunday_and_a_month_in_whole_weeks():
    on = date(2027, 1, 13)
    assert planner.span("day", on) == (on, on)
    assert planner.span("week", on) == (date(2027, 1, 11), date(2027, 1, 17))
    assert planner.span("month", on) == (date(2026, 12, 28), date(2027, 1, 31))
    assert planner.beside("month", date(2027, 1, 31)) == (date(2026, 12, 1), date(2027, 2, 1))


def test_hours_are_those_of_work_and_those_of_visits():
    early = SimpleNamespace(starts_at=at(12, 7), ends_at=None)
    late = SimpleNamespace(starts_at=at(12, 18, 30), ends_at=at(12, 20, 15))
    working = WorkingTime(opens_at=time(9), closes_at=time(17, 30), closed_on={date(2027, 1, 11)})

    monday, tuesday, *_rest = planner.days_of(
        [early, late], "week", date(2027, 1, 12), working=working, holidays={}
    )

    assert [hour.at.hour for hour in tuesday.hours] == list(range(7, 21))
    assert [hour.at.hour for hour in tuesday.hours if hour.is_working] == list(range(9, 18))
    assert [hour.at.hour for hour in tuesday.hours if not hour.is_free] == [7, 18, 19, 20]
    assert not any(hour.is_working for hour in monday.hours)
    assert [stay.visit for stay in tuesday.hours[0].stays] == [early]


@pytest.mark.parametrize(
    ("from_", "until", "drawn"),
    [
        (at(12, 9, 30), at(12, 10, 30), (2, 1, 0)),
        (at(12, 13), at(12, 17), (0, 4, 0)),
        (at(12, 9, 20), at(12, 9, 55), (1, 0, 3)),
        (at(12, 9), at(12, 9, 10), (0, 0, 2)),
        (at(12, 15), None, (0, 1, 0)),
        (at(12, 22, 45), at(13, 2), (3, 1, 1)),
    ],
)
def test_a_visit_is_drawn_over_the_time_it_takes_within_its_day(from_, until, drawn):
    (stay,) = planner.stays_of([SimpleNamespace(starts_at=from_, ends_at=until)])

    assert (stay.quarter, stay.hours, stay.quarters) == drawn


def test_visits_at_the_same_time_stand_side_by_side_and_others_have_the_whole_width():
    times = [((9, 0), (10, 0)), ((9, 30), (11, 0)), ((10, 0), (10, 30)), ((11, 0), (12, 0))]
    visits = [SimpleNamespace(starts_at=at(12, *a), ends_at=at(12, *b)) for a, b in times]

    stays = planner.stays_of(visits)

    assert [(stay.lane, stay.lanes) for stay in stays] == [(0, 2), (1, 2), (0, 2), (0, 1)]


def test_more_at_once_than_can_be_read_beside_each_other_stands_below_each_other(browser, rep):
    def is_drawn():
        return "spans" in browser.get(SHOW, {"on": "2027-01-13"}).content.decode()

    for _ in range(planner.LANES["week"]):
        factories.make_visit(rep, starts_at=at(12))
    assert is_drawn()
    factories.make_visit(rep, starts_at=at(12))
    assert not is_drawn()


def test_each_view_shows_its_visits_and_no_cancelled_ones(browser, rep, planned):
    late = factories.make_visit(rep, starts_at=at(28))
    factories.make_visit(rep, starts_at=at(12), status="cancelled")

    assert days(browser, view="week")[date(2027, 1, 12)] == [planned]
    assert [v for of in days(browser, view="month").values() for v in of] == [planned, late]
    assert days(browser, view="day") == {date(2027, 1, 13): []}


def test_others_visits_stand_under_all_and_cannot_be_moved_by_a_rep(browser, colleague):
    theirs = factories.make_visit(colleague, starts_at=at(12))

    assert not any(days(browser).values())
    page = browser.get(SHOW, {"on": "2027-01-13", "who": "all"})
    assert theirs.company.name in page.content.decode()
    assert "data-move" not in page.content.decode()


def test_a_holiday_has_its_name(browser):
    monday = browser.get(SHOW, {"on": "2027-01-13"}).context["days"][0]

    assert (monday.holiday, monday.is_working) == ("成人の日", False)


@pytest.mark.parametrize("asked", [{"view": "year"}, {"on": "いつか"}, {"who": "nobody"}])
def test_what_is_no_calendar_is_not_found(browser, asked):
    assert browser.get(SHOW, asked).status_code == 404


def test_a_visit_is_moved_with_its_length_and_moved_back(browser, planned):
    address, to = moving(planned, to="2027-01-14T15:30")

    answer = browser.post(f"{address}?back={SHOW}%3Fview%3Dmonth", to)

    planned.refresh_from_db()
    assert (planned.starts_at, planned.ends_at) == (at(14, 15, 30), at(14, 16, 30))
    assert (planned.starts_on, answer["Location"]) == (
        date(2027, 1, 14),
        f"{SHOW}?view=month#visit-{planned.pk}",
    )
    (told,) = browser.get(SHOW).context["messages"]
    assert str(told) == "訪問を動かしました。1月12日(火) 10:30 → 1月14日(木) 15:30"

    browser.post(told.extra_tags, {"csrfmiddlewaretoken": "—"})
    planned.refresh_from_db()
    assert (planned.starts_at, planned.ends_at) == (at(12, 10, 30), at(12, 11, 30))


def test_a_move_that_something_followed_is_not_taken_back(browser, planned, rep):
    address, to = moving(planned, to="2027-01-14T15:30")
    browser.post(address, to)
    (told,) = browser.get(SHOW).context["messages"]
    planned.refresh_from_db()
    operations.change_visit(planned, kind="online", by=rep, at=timezone.now())

    browser.post(told.extra_tags)

    planned.refresh_from_db()
    assert planned.starts_at == at(14, 15, 30)


def test_a_visit_that_took_place_stays_where_it_was(browser, rep):
    done = factories.make_visit(rep, status="done")
    address, to = moving(done, to="2027-01-14T15:30")

    browser.post(address, to)

    before = done.starts_at
    done.refresh_from_db()
    assert done.starts_at == before


def test_nobody_moves_a_colleagues_visit(logged_in, colleague, planned):
    address, to = moving(planned, to="2027-01-14T15:30")

    assert logged_in(colleague).post(address, to).status_code == 403
    planned.refresh_from_db()
    assert planned.starts_at == at(12, 10, 30)


@pytest.mark.parametrize("to", ["", "いつか"])
def test_a_move_to_nowhere_is_not_found(browser, planned, to):
    address, to = moving(planned, to=to)

    assert browser.post(address, to).status_code == 404


def test_an_empty_hour_begins_a_visit_at_that_time(browser, company):
    chosen = browser.get(reverse("activities:plan-visit"), {"at": "2027-01-14T15:00"})
    assert "at=2027-01-14T15%3A00" in chosen.context["link"]

    form = browser.get(
        reverse("activities:plan-visit"), {"at": "2027-01-14T15:00", "company": company.pk}
    ).context["form"]
    assert form["starts_at"].value() == "2027-01-14T15:00"


@pytest.mark.parametrize("view", planner.VIEWS)
@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_costs_the_same_however_full(browser, rep, view, count, django_assert_num_queries):
    for n in range(count):
        factories.make_visit(rep, starts_at=at(13) + timedelta(hours=n))

    with django_assert_num_queries(13):
        browser.get(SHOW, {"on": "2027-01-13", "view": view, "who": "all"})
