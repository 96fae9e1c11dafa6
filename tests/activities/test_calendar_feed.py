"""A calendar program reads one's visits at a secret address, which can be renewed and stopped."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, CalendarFeed
from apps.activities import operations
from apps.activities.vocabulary import VisitStatus
from tests import factories
from tests.client import TenantClient

pytestmark = pytest.mark.django_db
PAGE = "/settings/me/calendar-feed/"
STARTS = timezone.now().replace(microsecond=0) + timedelta(days=2)


def made(browser) -> str:
    """The path of the address that the page shows."""
    return re.search(r'value="http://[^/]+(/calendar/[^"]+)"', browser.post(PAGE).content.decode())[1]


def events(client, path) -> list:
    return list(Calendar.from_ical(client.get(path).content).walk("VEVENT"))


@pytest.fixture
def visit(rep):
    company = factories.make_company("株式会社あおば; 本社, \\東京")
    contact = factories.make_contact(company, name="佐藤 花")
    return factories.make_visit(rep, company=company, contacts=[contact], starts_at=STARTS)


@pytest.fixture
def path(logged_in, rep):
    return made(logged_in(rep))


def test_the_visit_is_read_without_a_login(client, visit, path):
    (event,) = events(client, path)

    assert event["summary"] == f"訪問 {visit.company.name}"
    assert event.start == STARTS.astimezone(UTC)
    assert event.end - event.start == timedelta(hours=1)
    assert "佐藤 花" in event["description"]
    assert event["url"].endswith(visit.get_absolute_url())
    assert event["status"] == "CONFIRMED"


def test_who_comes_along_reads_it_too_and_nobody_else(client, logged_in, visit, rep, colleague, stranger):
    operations.change_visit(visit, companions=[colleague], by=rep, at=timezone.now())

    read = [len(events(client, made(logged_in(person)))) for person in (colleague, stranger)]

    assert read == [1, 0]


def test_a_move_and_a_cancellation_reach_the_calendar(client, visit, rep, path):
    before = events(client, path)[0]["sequence"]
    moved = operations.change_visit(visit, starts_at=STARTS + timedelta(days=1), by=rep, at=timezone.now())
    operations.change_visit(moved, status=VisitStatus.CANCELLED, by=rep, at=timezone.now())

    (event,) = events(client, path)

    assert (event["status"], event["sequence"] - before) == ("CANCELLED", 2)
    assert event.start == (STARTS + timedelta(days=1)).astimezone(UTC)


def test_what_lies_in_the_trash_is_not_read(client, visit, rep, path):
    operations.trash_activity(visit, by=rep, at=timezone.now())

    assert events(client, path) == []


def test_renewed_the_former_address_ends(client, logged_in, rep, visit, path):
    renewed = made(logged_in(rep))

    assert [client.get(address).status_code for address in (path, renewed)] == [404, 200]


def test_stopped_it_ends(client, logged_in, rep, path):
    logged_in(rep).post(f"{PAGE}stop/")

    assert client.get(path).status_code == 404


def test_who_was_stopped_is_read_no_more(client, rep, path):
    stopped = accounts.deactivate_user(rep, by=SYSTEM, at=timezone.now())
    gone = client.get(path).status_code
    accounts.erase_person(stopped, by=SYSTEM, at=timezone.now())

    assert (gone, CalendarFeed.objects.count()) == (404, 0)


def test_another_companys_host_knows_nothing_of_it(beta, path):
    assert TenantClient(beta).get(path).status_code == 404


def test_the_secret_is_kept_nowhere(path, rep):
    secret = path.removeprefix("/calendar/").removesuffix(".ics")

    assert CalendarFeed.objects.get(user=rep).digest != secret
    assert len(secret) >= 43


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_much(client, rep, path, count, django_assert_num_queries):
    for day in range(count):
        factories.make_visit(rep, starts_at=datetime.now(UTC) + timedelta(days=1 + day))

    with django_assert_num_queries(6):
        client.get(path)
