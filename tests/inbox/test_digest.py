"""One mail with what is unread: in working hours, in the person's language, once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from apps.accounts import digest
from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.rules import WorkingTime
from apps.inbox import operations
from apps.inbox.models import Notification
from apps.mail import operations as mail
from apps.mail.models import Message
from tests import factories
from tests.tenancy.served import as_owner

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


def test_while_another_run_writes_to_a_person_nothing_is_taken_for_written(own_database, alpha):
    """What comes in between is in no mail yet; taken for a part of the other's, it would be lost."""
    by, person = factories.make_user("field_sales"), factories.make_user()
    deal = factories.make_deal(by)
    operations.tell([person.pk], key="a", kind="deal.given", about=deal, by=by.pk, at=at(8))
    with as_owner(own_database) as owner, owner.transaction():
        owner.execute("SELECT FROM t_alpha.accounts_user WHERE id = %s FOR NO KEY UPDATE", [person.pk])
        meanwhile = digest.post_digests(at=at(9))

    assert (meanwhile, Notification.objects.filter(mailed_at__isnull=False).count()) == (0, 0)
    assert digest.post_digests(at=at(9)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_costs_the_same_however_much_each_has_to_read(tell, count, django_assert_num_queries):
    for number in range(count):
        tell(str(number), at(8))

    with django_assert_num_queries(18):
        digest.post_digests(at=at(9))


# ── at the edges of working time ───────────────────────────────────────────────────────────────────

GOLDEN_WEEK = [date(2026, 5, day) for day in range(2, 7)]
"""Saturday to the holidays of Monday, Tuesday and Wednesday."""


def run_all_day(day: date) -> int:
    return sum(digest.post_digests(at=at(hour, minute, day=day)) for hour in range(24) for minute in (0, 59))


def test_after_the_long_holidays_there_is_one_mail_not_five(rep, tell):
    for day in GOLDEN_WEEK:
        tell(str(day), at(10, day=day))

    posted = [run_all_day(day) for day in GOLDEN_WEEK]
    back = [digest.post_digests(at=at(hour, day=date(2026, 5, 7))) for hour in (8, 9, 10, 13, 17)]

    assert (posted, back) == ([0, 0, 0, 0, 0], [0, 1, 0, 0, 0])
    assert mails() == [(rep.email, "未読の通知が5件あります")]


def test_at_opening_time_of_a_holiday_nothing_leaves(tell):
    tell("a", at(8, day=GOLDEN_WEEK[2]))

    assert digest.post_digests(at=at(9, day=GOLDEN_WEEK[2])) == 0


def test_on_the_companys_own_holiday_nothing_leaves(tell, deal):
    accounts.set_working_time(
        team=None,
        weekdays=[0, 1, 2, 3, 4],
        opens_at=time(9),
        closes_at=time(18),
        keeps_public_holidays=True,
        own_holidays=[(THURSDAY, "創立記念日")],
        by=SYSTEM,
        at=at(0),
    )
    tell("a", at(8))

    assert (run_all_day(THURSDAY), digest.post_digests(at=at(9, day=date(2026, 10, 16)))) == (0, 1)


def test_to_the_minute(tell):
    tell("before opening", at(8, 59))
    tell("at opening", at(9))

    assert [digest.post_digests(at=at(8, 59)), digest.post_digests(at=at(9))] == [0, 1]
    assert mails()[0][1] == "未読の通知が1件あります"
    assert [digest.post_digests(at=at(hour, minute)) for hour, minute in ((12, 59), (13, 0), (17, 59))] == [
        0,
        1,
        0,
    ]


def test_who_was_down_at_opening_writes_later_the_same_day_and_never_after_closing(tell):
    tell("a", at(8))

    assert [digest.post_digests(at=at(hour)) for hour in (18, 20, 23)] == [0, 0, 0]
    assert digest.post_digests(at=at(15, 20, day=date(2026, 10, 16))) == 1


def test_hours_are_those_of_the_tenants_zone_wherever_the_server_stands(tell):
    """Nine in Tokyo is midnight by the server's clock."""
    tell("a", at(8))
    utc = datetime(2026, 10, 15, tzinfo=ZoneInfo("UTC"))

    assert [digest.post_digests(at=utc - timedelta(minutes=1)), digest.post_digests(at=utc)] == [0, 1]


# ── the mail itself ────────────────────────────────────────────────────────────────────────────────


def test_the_mail_says_where_one_chooses_less_and_that_no_person_wrote_it(rep, tell, mailoutbox):
    tell("a", at(8))
    digest.post_digests(at=at(9))
    mail.send(str(Message.objects.get(key__startswith="digest:").pk), now=at(9))

    (left,) = mailoutbox
    choose = "http://alpha.localhost:8000/settings/me/notifications/"
    assert left.extra_headers["List-Unsubscribe"] == f"<{choose}>"
    assert left.extra_headers["Auto-Submitted"] == "auto-generated"
    assert f"通知を選ぶ: {choose}" in left.body


def test_whoever_comes_from_the_mail_has_read_it(rep, tell, deal, logged_in):
    tell("a", at(8))
    digest.post_digests(at=at(9))
    told = Notification.objects.get()

    text = Message.objects.get(key__startswith="digest:").text
    assert f"http://alpha.localhost:8000{deal.get_absolute_url()}?told={told.pk}\n" in text
    answer = logged_in(rep).post(reverse("inbox:seen", args=[told.pk]))

    told.refresh_from_db()
    assert (answer.status_code, told.read_at is not None) == (204, True)


def test_the_whole_mail(rep, tell, deal):
    tell("a", at(8))
    digest.post_digests(at=at(9))

    told = Notification.objects.get()
    here = "http://alpha.localhost:8000"
    assert Message.objects.get(key__startswith="digest:").text.splitlines() == [
        "青木 健 さん",
        "",
        "- 土井 課長さんが、あなたを案件の担当にしました",
        f"  {deal}",
        f"  {here}{deal.get_absolute_url()}?told={told.pk}",
        "",
        f"すべての通知: {here}/inbox/",
        f"通知を選ぶ: {here}/settings/me/notifications/",
    ]
