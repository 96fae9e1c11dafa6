"""What reaches whom: others' deeds that concern them, once each, and nothing of what may no longer be seen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts import privacy, settings_rows
from apps.accounts.models import SYSTEM
from apps.activities import operations as activities
from apps.activities.vocabulary import VisitStatus
from apps.conversations import operations as conversations
from apps.conversations import reactions
from apps.customers import operations as customers
from apps.deals import operations as deals
from apps.inbox import operations, wording
from apps.inbox.kinds import KINDS
from apps.inbox.models import Notification
from apps.journal.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
INBOX = "/inbox/"


def told(person) -> list[str]:
    return list(Notification.objects.filter(user_id=person.pk).order_by("pk").values_list("kind", flat=True))


def react(event: str) -> None:
    """What a worker does with the last entry of this event."""
    entry = Entry.objects.filter(event=event).latest("pk")
    {"comment.written": reactions.tell_of_comment, "comment.changed": reactions.tell_who_is_named_now}[event](
        entry
    )


def comment(about, *, by, text: str = "確認しました"):
    written = conversations.write_comment(about=about, text=text, by=by, at=timezone.now())
    react("comment.written")
    return written


# ── comments ───────────────────────────────────────────────────────────────────────────────────────


def test_who_is_named_is_told(rep, colleague):
    comment(factories.make_company(), by=rep, text="@馬場 優 お願いします")

    assert (told(colleague), told(rep)) == (["comment.mention"], [])


def test_whose_record_it_is_is_told_and_who_had_written_there_before(rep, colleague, manager):
    deal = factories.make_deal(rep)
    comment(deal, by=manager)
    comment(deal, by=colleague)

    assert told(rep) == ["comment.on_mine", "comment.on_mine"]
    assert told(manager) == ["comment.answer"]
    assert told(colleague) == []


def test_named_on_ones_own_record_one_is_told_once(rep, colleague):
    comment(factories.make_deal(rep), by=colleague, text="@青木 健 どうでしょう")

    assert told(rep) == ["comment.mention"]


def test_of_a_question_one_hears_that_it_is_one(rep, manager):
    report = factories.make_daily(rep)
    for text in ("誰に会いましたか", "@青木 健 いつですか"):
        factories.make_comment(report, by=manager, text=text, asks=True)
        react("comment.written")

    words = [line.words for line in wording.told(Notification.objects.filter(user_id=rep.pk))]
    assert words == ["土井 課長さんが、日報で質問しました"] * 2


def test_a_reaction_that_runs_twice_tells_once(rep, colleague):
    comment(factories.make_deal(rep), by=colleague)
    react("comment.written")

    assert told(rep) == ["comment.on_mine"]


def test_named_afterwards_one_is_told_then(rep, colleague):
    written = comment(factories.make_company(), by=rep)
    conversations.change_comment(written, text="@馬場 優 お願いします", by=rep, at=timezone.now())
    react("comment.changed")

    assert told(colleague) == ["comment.mention"]


def test_a_comment_that_was_taken_back_before_the_worker_came_tells_nobody(rep, colleague):
    deal = factories.make_deal(rep)
    written = conversations.write_comment(about=deal, text="まちがい", by=colleague, at=timezone.now())
    conversations.take_back_comment(written, by=colleague, at=timezone.now())
    react("comment.written")

    assert told(rep) == []


# ── visits and deals ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def planned(rep, manager):
    company = factories.make_company("株式会社あおば")
    starts_at = timezone.now() + timedelta(days=2)
    return activities.plan_visit(
        company=company, owner=rep, starts_at=starts_at, by=manager, at=timezone.now()
    )


def test_a_visit_that_another_plans_moves_and_calls_off(rep, manager, planned):
    later = planned.starts_at + timedelta(days=1)
    moved = activities.change_visit(planned, starts_at=later, by=manager, at=timezone.now())
    activities.change_visit(moved, status=VisitStatus.CANCELLED, by=manager, at=timezone.now())

    assert told(rep) == ["visit.planned", "visit.moved", "visit.cancelled"]
    assert told(manager) == []


def test_of_ones_own_visits_one_is_told_nothing(rep):
    visit = factories.make_visit(rep, starts_at=timezone.now() + timedelta(days=1))
    activities.change_visit(visit, starts_at=visit.starts_at + timedelta(days=1), by=rep, at=timezone.now())

    assert told(rep) == []


def test_who_goes_along_only_later_is_told_of_it(rep, colleague, manager, planned):
    activities.change_visit(planned, companions=[colleague], by=manager, at=timezone.now())
    activities.change_visit(planned, companions=[colleague, manager], by=manager, at=timezone.now())

    assert (told(rep), told(colleague), told(manager)) == (["visit.planned"], ["visit.planned"], [])


def test_another_change_of_the_visit_is_no_news(rep, manager, planned):
    deal = factories.make_deal(rep, company=planned.company)
    activities.change_visit(planned, deal=deal, by=manager, at=timezone.now())

    assert told(rep) == ["visit.planned"]


def test_a_deal_that_is_given_to_somebody(rep, colleague, manager):
    deal = factories.make_deal(rep)
    deals.change_deal(deal, owner=colleague, by=manager, at=timezone.now())
    deals.change_deal(deal, plan="標準", by=manager, at=timezone.now())

    assert (told(colleague), told(rep)) == (["deal.given"], [])


# ── choosing ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wish", "rows"),
    [((True, True), [(True, True)]), ((False, True), [(False, True)]), ((False, False), [])],
)
def test_each_kind_can_be_switched_off_by_either_way(rep, manager, wish, rows):
    operations.choose({"deal.given": wish}, by=rep)
    deal = factories.make_deal(manager)
    deals.change_deal(deal, owner=rep, by=manager, at=timezone.now())

    assert list(Notification.objects.values_list("in_app", "by_mail")) == rows


def test_the_page_keeps_what_one_chose(logged_in, rep):
    browser = logged_in(rep)
    number = list(KINDS).index("deal.given")

    browser.post(reverse("inbox:preferences"), {"chosen": "1", f"mail-{number}": "on"})

    form = browser.get(reverse("inbox:preferences")).context["form"]
    chosen = {str(label): (app.value(), mail.value()) for label, app, mail in form.rows()}
    assert chosen["案件の担当になったとき"] == (False, True)
    assert set(chosen.values()) == {(False, True), (False, False)}


# ── reading ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def given(rep, manager):
    """A deal that the manager gives to the rep."""
    deal = factories.make_deal(manager, company=factories.make_company("株式会社ひので"))
    return deals.change_deal(deal, owner=rep, by=manager, at=timezone.now())


def shown(browser) -> str:
    return browser.get(INBOX).content.decode()


def test_the_bell_counts_what_is_unread(logged_in, rep, given):
    browser = logged_in(rep)

    assert 'aria-label="通知 未読 1件"' in browser.get("/settings/").content.decode()
    browser.post(reverse("inbox:read-all"))
    assert 'aria-label="通知"' in browser.get("/settings/").content.decode()


def test_opening_one_leads_to_its_record_and_marks_it_read(logged_in, rep, given):
    one = Notification.objects.get(user_id=rep.pk)

    answer = logged_in(rep).post(reverse("inbox:open", args=[one.pk]))

    one.refresh_from_db()
    assert answer["Location"] == given.get_absolute_url()
    assert one.read_at is not None


def test_looking_at_the_page_marks_nothing(logged_in, rep, given):
    logged_in(rep).get(INBOX)

    assert Notification.objects.unread().count() == 1


def test_all_are_read_up_to_the_newest_shown_and_that_is_taken_back(logged_in, rep, manager, given):
    seen = Notification.objects.get(user_id=rep.pk)
    later = factories.make_deal(manager)
    deals.change_deal(later, owner=rep, by=manager, at=timezone.now())
    browser = logged_in(rep)

    marked = browser.post(reverse("inbox:read-all"), {"until": str(seen.pk)}, follow=True)
    left = Notification.objects.unread().count()
    undo = next(message.extra_tags for message in marked.context["messages"])
    browser.post(undo)

    assert (left, Notification.objects.unread().count()) == (1, 2)


def test_nobody_opens_or_reads_anothers(logged_in, rep, colleague, given):
    one = Notification.objects.get(user_id=rep.pk)
    browser = logged_in(colleague)

    answers = [browser.post(reverse(f"inbox:{way}", args=[one.pk])).status_code for way in ("open", "read")]
    browser.post(reverse("inbox:read-all"))

    assert answers == [404, 404]
    assert "ひので" not in shown(browser)
    assert Notification.objects.unread().count() == 1


def test_what_is_gone_is_not_named(logged_in, rep, manager, given):
    deals.trash_deal(given, by=manager, at=timezone.now())
    browser = logged_in(rep)
    one = Notification.objects.get(user_id=rep.pk)

    page = shown(browser)
    answer = browser.post(reverse("inbox:open", args=[one.pk]))

    assert "今は見られない記録" in page
    assert "ひので" not in page
    assert answer["Location"] == INBOX


def test_a_comment_is_quoted_as_it_stands_and_not_after_it_was_taken_back(logged_in, rep, colleague):
    written = comment(factories.make_deal(rep), by=colleague, text="@青木 健 見積は<b>明日</b>です")
    browser = logged_in(rep)

    before = shown(browser)
    conversations.take_back_comment(written, by=colleague, at=timezone.now())

    assert "@青木 健 見積は&lt;b&gt;明日&lt;/b&gt;です" in before
    assert "見積は" not in shown(browser)


def test_a_merged_company_is_not_named_by_its_old_name(logged_in, rep, colleague, manager):
    one, other = factories.make_company("残る会社"), factories.make_company("消える会社")
    comment(other, by=rep)
    comment(other, by=colleague, text="続き")
    customers.merge(one, other=other, by=manager, at=timezone.now())

    assert "消える会社" not in shown(logged_in(rep))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much(
    logged_in, rep, colleague, manager, count, django_assert_num_queries
):
    for _ in range(count):
        deal = factories.make_deal(manager)
        deals.change_deal(deal, owner=rep, by=manager, at=timezone.now())
        comment(deal, by=colleague, text="@青木 健 どうぞ")
    browser = logged_in(rep)
    browser.get(INBOX)

    with django_assert_num_queries(11):
        browser.get(INBOX)


# ── whose it is ────────────────────────────────────────────────────────────────────────────────────


def test_a_person_is_told_theirs_and_erased_with_them(rep, manager, given):
    operations.choose({"deal.given": (True, False)}, by=rep)
    disclosed = privacy.disclosed(rep)
    stopped = accounts.deactivate_user(rep, by=SYSTEM, at=timezone.now())
    accounts.erase_person(stopped, by=SYSTEM, at=timezone.now())

    assert [row["kind"] for row in disclosed["inbox.notification"]] == ["deal.given"]
    assert [row["kind"] for row in disclosed["inbox.preference"]] == ["deal.given"]
    assert Notification.objects.count() == 0


def test_who_did_it_is_called_as_they_are_called_now(logged_in, rep, manager, given):
    stopped = accounts.deactivate_user(manager, by=SYSTEM, at=timezone.now())
    accounts.erase_person(stopped, by=SYSTEM, at=timezone.now())

    page = shown(logged_in(rep))

    assert "土井" not in page
    assert "消去した人" in page


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, "すべて"),
        ({"deal.given": (True, False)}, "1種類を止めています"),
        ({"daily.reacted": (True, True)}, "すべて"),
    ],
)
def test_the_settings_say_what_was_switched_off_by_the_person(rep, wish, said):
    if wish:
        operations.choose(wish, by=rep)

    assert settings_rows.notifications(rep).value == said


# ── every kind ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_switched_off_by_either_way(rep, manager, kind):
    about, written = factories.make_deal(rep), factories.make_comment(factories.make_deal(rep), by=manager)
    facts = {
        "comment": written.pk,
        "starts_at": timezone.now().isoformat(),
        "was": timezone.now().isoformat(),
    }
    told_by = []
    for wish in ((True, True), (True, False), (False, True), (False, False)):
        operations.choose({kind: wish}, by=rep)
        operations.tell(
            [rep.pk], key=str(wish), kind=kind, about=about, by=manager.pk, at=timezone.now(), **facts
        )
        told_by += Notification.objects.filter(key=str(wish)).values_list("in_app", "by_mail")

    assert told_by == [(True, True), (True, False), (False, True)]
    assert all(line.words for line in wording.told(Notification.objects.all()))
