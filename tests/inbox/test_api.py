"""Notifications by API: what the token's owner is told, in their words, and marked as read."""

import pytest
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.inbox import operations
from apps.inbox.models import Notification
from tests import factories
from tests.integrations.api import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


def tell(rep, manager, number: int = 0):
    """A deal was given to the rep."""
    deal = factories.make_deal(rep, company=factories.make_company(f"北浜精機{number}"))
    operations.tell(
        [rep.pk], key=f"given:{deal.pk}", kind="deal.given", about=deal, by=manager.pk, at=timezone.now()
    )
    return deal


def unread(program) -> list[dict]:
    return program.get("notifications/?unread=true").json()["results"]


def test_a_notification_reads_as_on_the_page_and_leads_to_its_record(program, logged_in, rep, manager):
    deal = tell(rep, manager)

    (told,) = program.get("notifications/").json()["results"]

    one = Notification.objects.get()
    assert told == {
        "id": str(one.pk), "kind": "deal.given", "words": told["words"], "quote": "", "record": "北浜精機0",
        "page": deal.get_absolute_url(), "about_kind": "deal", "about": str(deal.pk), "by": str(manager.pk),
        "count": 1, "at": told["at"], "read_at": None,
    }  # fmt: skip
    assert told["words"] in logged_in(rep).get("/inbox/").content.decode()
    assert manager.name in told["words"]
    assert program.get(f"notifications/{one.pk}/").json() == told


def test_one_is_marked_as_read_once(program, rep, manager):
    tell(rep, manager)
    (told,) = unread(program)

    first, again = (program.post(f"notifications/{told['id']}/read/").json() for _ in range(2))

    assert (first, first["read_at"] is None) == (again, False)
    assert unread(program) == []
    assert [one["id"] for one in program.get("notifications/?unread=false").json()["results"]] == [told["id"]]


def test_all_are_marked_up_to_the_newest_that_was_shown(program, rep, manager):
    for number in range(3):
        tell(rep, manager, number)
    newest, shown, oldest = (told["id"] for told in unread(program))

    first = program.post("notifications/read-all/", {"until": shown}).json()
    left = [told["id"] for told in unread(program)]
    then = program.post("notifications/read-all/", {}).json()

    assert (first, left, then, oldest < shown) == ({"count": 2}, [newest], {"count": 1}, True)


def test_each_sees_only_their_own(alpha, program, rep, manager, colleague):
    tell(rep, manager)
    path, other = f"notifications/{unread(program)[0]['id']}/", Program(alpha, colleague)

    assert other.get("notifications/").json()["results"] == []
    assert [other.get(path).status_code, other.post(f"{path}read/").status_code] == [404, 404]
    assert other.post("notifications/read-all/", {}).json() == {"count": 0}
    assert len(unread(program)) == 1


def test_of_what_can_be_seen_no_more_nothing_is_said(alpha, program, rep, manager):
    deal = tell(rep, manager)
    Program(alpha, factories.make_user(Role.ADMIN)).delete(f"deals/{deal.pk}/")

    (told,) = unread(program)

    assert (told["record"], told["page"], "北浜精機" in str(told)) == ("", "", False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(program, rep, manager, count, django_assert_num_queries):
    for number in range(count):
        tell(rep, manager, number)

    with django_assert_num_queries(7):
        assert len(unread(program)) == count
