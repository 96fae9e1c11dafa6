"""One mail with what is unread: in working hours, in the person's language, once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from apps.accounts import digest
from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.rules import WorkingTime
from apps.inbox import operations
from apps.inbox.models import Notification
from apps.mail.models import Message
from tests import factories

TOKYO = ZoneInfo("Asia/Tokyo")
THURSDAY = date(2026, 10, 15)


def at(hour: int, minute: int = 0, *, day: date = THURSDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), TOKYO)


# ── when ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(8, 59), None),
        (at(9), at(9)),
        (at(12, 59), at(9)),
        (at(13), at(13)),
        (at(17, 59), at(13)),
        (at(18), None),
        (at(23), None),
        (at(10, day=date(2026, 10, 17)), None),
        (at(10, day=date(2026, 10, 14)), None),
    ],
    ids=["early", "opening", "before 13", "13", "late", "closing", "night", "saturday", "a holiday"],
)
def test_mail_is_due_at_opening_and_at_thirteen(moment, due):
    hours = WorkingTime(closed_on=frozenset({date(2026, 10, 14)}))

    assert hours.mail_due(moment) == due


def test_who_opens_in_the_afternoon_is_written_to_once_a_day():
    hours = WorkingTime(opens_at=time(14), closes_at=time(22))

    assert [hours.mail_due(at(hour)) for hour in (13, 14, 21)] == [None, at(14), at(14)]


# ── what ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def deal(manager):
    return factories.make_deal(manager, company=factories.make_company("株式会社ひので"))


@pytest.fixture
def tell(rep, manager, deal):
    def tell(key: str, moment: datetime, person=rep) -> None:
        operations.tell([person.pk], key=key, kind="deal.given", about=deal, by=manager.pk, at=moment)

    return tell


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.filter(key__startswith="digest:").order_by("pk").values_list("to", "subject"))


def test_what_came_overnight_comes_at_opening_and_once(rep, tell, deal):
    tell("a", at(20, day=date(2026, 10, 14)))
    tell("b", at(8))

    early = digest.post_digests(at=at(8, 55))
    posted = [digest.post_digests(at=at(9, minute)) for minute in (0, 5, 10)]

    assert (early, posted) == (0, [1, 0, 0])
    assert mails() == [(rep.email, "未読の通知が2件あります")]
    text = Message.objects.get(key__startswith="digest:").text
    assert text.count("土井 課長さんが、あなたを案件の担当にしました") == 2
    assert f"http://alpha.localhost:8000{deal.get_absolute_url()}" in text


def test_what_comes_after_opening_waits_until_thirteen(tell):
    tell("a", at(8))
    digest.post_digests(at=at(9))
    tell("b", at(9, 30))

    posted = [digest.post_digests(at=at(hour)) for hour in (10, 12, 13, 14, 17)]

    assert posted == [0, 0, 1, 0, 0]


def test_what_a_slow_worker_told_after_the_mail_comes_with_the_next(tell):
    tell("a", at(8))
    digest.post_digests(at=at(9))
    tell("told late of a deed before opening", at(8, 59))

    assert digest.post_digests(at=at(9, 5)) == 0
    assert Notification.objects.filter(mailed_at__isnull=True).count() == 1
    assert digest.post_digests(at=at(13)) == 1


def test_what_was_read_meanwhile_is_not_mailed(rep, tell):
    tell("a", at(8))
    operations.mark_read(rep.pk, at=at(8, 30))

    assert digest.post_digests(at=at(9)) == 0


def test_who_wants_no_mail_gets_none(rep, tell):
    operations.choose({"deal.given": (True, False)}, by=rep)
    tell("a", at(8))

    assert digest.post_digests(at=at(9)) == 0


def test_after_a_holiday_it_comes_on_the_next_working_day(tell):
    tell("a", at(18, 30, day=date(2026, 10, 16)))  # Friday, after closing

    days = [date(2026, 10, 16) + timedelta(days=n) for n in range(4)]
    assert [digest.post_digests(at=at(20 if n == 0 else 10, day=day)) for n, day in enumerate(days)] == [
        0,
        0,
        0,
        1,
    ]


def test_each_by_the_hours_of_their_own_team(rep, stranger, team, tell):
    accounts.set_working_time(
        team=team,
        weekdays=[0, 1, 2, 3, 4],
        opens_at=time(11),
        closes_at=time(20),
        keeps_public_holidays=True,
        own_holidays=[],
        by=SYSTEM,
        at=at(0),
    )
    tell("a", at(8))
    tell("a", at(8), stranger)

    first = digest.post_digests(at=at(9))
    assert (first, mails()) == (1, [(stranger.email, "未読の通知が1件あります")])
    assert digest.post_digests(at=at(11)) == 1


def test_in_the_language_of_the_person(rep, tell, monkeypatch):
    monkeypatch.setattr(digest, "_subject", lambda count: translation.get_language())
    accounts.choose_language(rep, language="en", by=rep, at=at(0))
    tell("a", at(8))

    digest.post_digests(at=at(9))

    assert mails() == [(rep.email, "en")]


def test_who_left_is_not_written_to(rep, tell):
    tell("a", at(8))
    accounts.deactivate_user(rep, by=SYSTEM, at=at(8))

    assert digest.post_digests(at=at(9)) == 0


def test_a_long_list_is_cut_and_says_so(tell):
    for number in range(25):
        tell(str(number), at(8))

    digest.post_digests(at=at(9))

    text = Message.objects.get(key__startswith="digest:").text
    assert text.count("あなたを案件の担当にしました") == 20
    assert "ほかに5件あります。" in text


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_costs_the_same_however_much_each_has_to_read(tell, count, django_assert_num_queries):
    for number in range(count):
        tell(str(number), at(8))

    with django_assert_num_queries(17):
        digest.post_digests(at=at(9))
