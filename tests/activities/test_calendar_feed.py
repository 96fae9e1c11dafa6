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
from apps.journal.models import Entry
from apps.tenancy.context import inside
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


# ── as calendar programs ask, and as somebody asks who should not ──────────────────────────────────


def test_a_program_that_has_it_as_it_stands_is_told_so(client, visit, rep, path):
    known = client.get(path)["ETag"]
    same = client.get(path, headers={"If-None-Match": known})
    operations.change_visit(visit, starts_at=STARTS + timedelta(days=1), by=rep, at=timezone.now())
    new = client.get(path, headers={"If-None-Match": known})

    assert (same.status_code, same.content, new.status_code) == (304, b"", 200)
    assert new["Cache-Control"] == "private, no-cache"


def test_only_its_head_is_asked_for(client, visit, path):
    answer = client.head(path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"


@pytest.mark.parametrize("way", ["post", "put", "delete"])
def test_it_can_only_be_read(client, visit, path, way):
    assert getattr(client, way)(path).status_code == 405


def test_what_it_holds_is_a_calendar_of_its_own_kind(client, visit, path):
    """RFC 5545: what every event must have, moments as UTC, and lines of at most 75 bytes."""
    content = client.get(path).content
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")

    assert calendar.errors == event.errors == []
    assert {"PRODID", "VERSION"} <= set(calendar)
    assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS"} <= set(event)
    assert f"DTSTART:{STARTS.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode() in content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_an_event_keeps_its_name_when_it_moves(client, visit, rep, path):
    before = events(client, path)[0]["UID"]
    operations.change_visit(visit, starts_at=STARTS + timedelta(days=1), by=rep, at=timezone.now())

    assert events(client, path)[0]["UID"] == before


def test_to_whoever_goes_in_the_place_of_another_it_moves(
    client, logged_in, visit, rep, manager, colleague, path
):
    theirs = made(logged_in(colleague))
    operations.change_visit(visit, owner=colleague, by=manager, at=timezone.now())

    assert [len(events(client, one)) for one in (path, theirs)] == [0, 1]


@pytest.mark.parametrize("secret", ["x", "a" * 43, "%00", "../../settings/", "è" * 20])
def test_a_guess_finds_nothing(client, path, secret):
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_the_secret_stands_in_no_log_line_and_no_journal(client, visit, path, rep, caplog):
    client.get(path)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")

    assert secret not in caplog.text
    assert secret not in str(list(Entry.objects.values()))


def test_a_new_address_is_journaled(path, rep):
    assert Entry.objects.get(event="feed.renewed").subject_id == rep.pk


def test_an_address_of_another_tenants_person_is_none_here(beta, client, logged_in, rep, path):
    with inside(beta):
        theirs = accounts.renew_feed(factories.make_user(), by=SYSTEM, at=timezone.now())

    assert client.get(f"/calendar/{theirs}.ics").status_code == 404
    assert TenantClient(beta).get(f"/calendar/{theirs}.ics").status_code == 200
