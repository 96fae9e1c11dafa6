"""A deed done to many records tells each person once, with their number and the way to the list."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations as activities
from apps.bulk import operations as bulk
from apps.deals import operations as deals
from apps.inbox import operations as inbox
from apps.inbox import wording
from apps.inbox.models import Notification
from tests import factories


def hand_over(rows, *, to, by):
    given = f"owner={to.pk}"
    begun = bulk.begin(key=uuid4(), deed="deal-owner", given=given, rows=[row.pk for row in rows], by=by, at=timezone.now())  # fmt: skip
    return to_the_end(begun, by)


def to_the_end(deed, by):
    while deed.is_running:
        deed = bulk.go_on(deed, by=by, at=timezone.now())
    return deed


def told(person) -> list[tuple[str, str, str]]:
    lines = wording.told(Notification.objects.filter(user_id=person.pk).order_by("pk"))
    return [(line.words, line.record, line.address) for line in lines]


@pytest.fixture
def many(rep):
    company = factories.make_company()
    return [factories.make_deal(rep, company=company) for _ in range(bulk.SLICE + 5)]


OWN_DEALS = "/deals/?view=list&sort=-changed"


def test_two_hundred_deals_handed_over_are_one_line_that_leads_to_the_list(
    logged_in, rep, colleague, manager, many
):
    done = hand_over(many, to=colleague, by=manager)

    assert len(done.done) == 30
    assert told(colleague) == [
        ("土井 課長さんが、あなたを30件の案件の担当にしました", "自分の案件", OWN_DEALS)
    ]
    answer = logged_in(colleague).post(
        reverse("inbox:open", args=[Notification.objects.get().pk]), follow=True
    )
    assert answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"] == OWN_DEALS
    assert many[0].company.name in answer.content.decode()


def test_one_deal_among_them_is_told_as_one(rep, colleague, manager, many):
    hand_over(many[:1], to=colleague, by=manager)

    assert told(colleague) == [
        ("土井 課長さんが、あなたを案件の担当にしました", str(many[0]), many[0].get_absolute_url())
    ]


def test_it_leads_on_though_the_first_of_them_went_to_the_trash(colleague, manager, many):
    hand_over(many[:2], to=colleague, by=manager)
    many[0].refresh_from_db()
    deals.trash_deal(many[0], by=manager, at=timezone.now())

    assert [line[0] for line in told(colleague)] == ["土井 課長さんが、あなたを2件の案件の担当にしました"]


def test_two_deeds_are_two_lines(rep, colleague, manager, many):
    hand_over(many[:2], to=colleague, by=manager)
    hand_over(many[2:5], to=colleague, by=manager)

    assert list(Notification.objects.order_by("pk").values_list("count", flat=True)) == [2, 3]


def test_a_row_that_was_refused_is_not_counted(colleague, manager, many):
    deals.trash_deal(many[0], by=manager, at=timezone.now())
    hand_over(many[:3], to=colleague, by=manager)

    assert Notification.objects.get().count == 2


def test_taken_back_it_is_told_no_more_unless_it_was_read(rep, colleague, manager, many):
    for read in (False, True):
        done = hand_over(many[:3], to=colleague, by=manager)
        if read:
            inbox.mark_read(colleague.pk, at=timezone.now())
        to_the_end(bulk.undo(done, by=manager, at=timezone.now()), manager)
        assert len(told(colleague)) == int(read)


def test_visits_that_are_called_off_together(rep, manager):
    with inbox.told_together("a deed"):
        for day in range(3):
            visit = factories.make_visit(rep, starts_at=timezone.now() + timedelta(days=1 + day))
            activities.change_visit(visit, status="cancelled", by=manager, at=timezone.now())

    assert [line[0] for line in told(rep)] == ["土井 課長さんが、あなたの訪問を3件取りやめました"]


def test_what_cannot_be_counted_is_told_one_by_one(rep, manager, many):
    with inbox.told_together("a deed"):
        for number in range(3):
            inbox.tell(
                [rep.pk],
                key=str(number),
                kind="daily.reacted",
                about=many[0],
                by=manager.pk,
                at=timezone.now(),
            )

    assert Notification.objects.count() == 3
