"""日報: two taps from Today; and a manager's J that marks what was looked at."""

from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.activities import operations
from apps.activities.models import DailyReport
from apps.conversations.models import Reaction, ReadMark
from apps.conversations.vocabulary import Sign
from apps.tenancy.context import inside
from tests import factories
from tests.browser import Window
from tests.journeys.conftest import REP
from tests.journeys.hands import Hands

MOST_TAPS = 2


def test_two_taps_from_today_send_the_report(window: Window, alpha):
    page, hands = window.page, Hands(window.page)
    with inside(alpha):
        DailyReport.objects.all().delete()  # the other window has sent one
    window.go("/today/")

    with hands.doing("daily report"):
        for role in ("link", "button"):
            hands.tap(page.get_by_role("main").get_by_role(role, name="日報を送る"))

    expect(page.get_by_text("日報を送りました。")).to_be_visible()
    assert hands.acts["daily report"].most_taps <= MOST_TAPS
    with inside(alpha):
        assert DailyReport.objects.count() == 1


def test_a_report_that_j_reached_is_read_after_a_moment_and_answered_by_a_key(window: Window, alpha):
    page = window.page
    with inside(alpha):
        other = factories.make_user("field_sales")
        report = operations.send_daily(
            day=timezone.localdate(), reflection="よい一日でした", by=other, at=timezone.now()
        )
    window.go("/daily/team/?who=all")
    with inside(alpha):
        assert not ReadMark.objects.filter(subject_id=report.pk).exists()

    card = page.locator(f"#talk-{report.pk}")
    expect(card.get_by_text("未読")).to_be_visible()
    for _ in range(page.locator("[data-row]").count()):
        page.keyboard.press("j")
    page.keyboard.press("k")  # passed over at once, nothing is read
    expect(card.get_by_text("未読")).to_be_visible()

    page.locator(f"#of-{other.pk} [data-row]").focus()
    expect(card.get_by_text("未読")).to_have_count(0)
    page.keyboard.press("2")
    expect(card.get_by_role("button", name="いいね 1")).to_be_visible()
    with inside(alpha):
        assert ReadMark.objects.filter(subject_id=report.pk).count() == 1
        assert Reaction.objects.get(subject_id=report.pk).sign == Sign.GOOD


def test_the_number_in_the_menu_is_true_again_when_one_comes_back(window: Window, alpha):
    page = window.page
    with inside(alpha):
        me = User.objects.get(email=REP)
        asker = factories.make_user("manager", name="土井 課長")
        day = timezone.localdate()
        report = DailyReport.objects.filter(user=me, day=day).first() or factories.make_daily(me, day=day)
    window.go("/settings/")
    on_a_phone = page.viewport_size["width"] < 761
    badge = page.locator("[data-count='menu']" if on_a_phone else ".rail [data-count='activities:daily']")
    before = int((badge.text_content() or "").removesuffix("件").strip() or 0)
    page.evaluate("Date.now = ((now) => () => now() + 10_000)(Date.now)")

    with inside(alpha):
        factories.make_comment(report, by=asker, text="誰に会いましたか", asks=True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(badge).to_have_text(f"{before + 1}件")

    window.go("/daily/question/")
    waiting = page.locator("#beside").get_by_text("返事待ち")
    expect(waiting.first).to_be_visible()
    page.locator("#beside textarea").first.fill("工場長の木村さんです")
    page.get_by_role("button", name="コメントする").first.click()
    expect(waiting).to_have_count(0)
    expect(badge).to_be_hidden()


def test_the_numbers_are_asked_for_again_after_the_server_was_away(window: Window):
    page, statuses = window.page, [503]
    page.clock.install()
    page.route(
        "**/counts/", lambda route: route.fulfill(status=statuses.pop()) if statuses else route.continue_()
    )
    window.go("/settings/")

    for status in (503, 200):
        with page.expect_response("**/counts/") as answer:
            page.clock.run_for(61_000)
        assert answer.value.status == status
    assert len(window.told()) == 1, "the browser itself tells of the 503"
