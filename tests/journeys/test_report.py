"""The report after a visit, from Today and back, by taps; and visits moved in the planner."""

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.activities import operations
from apps.base.forms import YenField
from apps.base.month import Month
from apps.base.templatetags.baton import stage_with_rank
from apps.deals import rules
from apps.tenancy.context import inside
from tests import factories
from tests.browser import PHONE, Window
from tests.journeys.conftest import REP
from tests.journeys.hands import Hands

ALLOWED = 9
TOKYO = ZoneInfo("Asia/Tokyo")


def test_a_report_on_three_issues_takes_nine_taps_at_most(window: Window, alpha):
    with inside(alpha):
        rep, now = User.objects.get(email=REP), timezone.now()
        company = factories.make_company("東雲ロジスティクス")
        deal = factories.make_deal(rep, company=company, amount=500_000)
        visit = factories.make_visit(rep, company=company, deal=deal, starts_at=now - timedelta(hours=1))
        operations.prepare_visit(visit, goal="—", issues=["費用", "時期", "承認"], by=rep, at=now)
    page, hands = window.page, Hands(window.page)
    window.go(reverse("actions:today"))

    with hands.doing("report on a visit"):
        hands.tap(page.locator(f'a[href="{reverse("activities:report", args=[visit.pk])}"]'))
        page.wait_for_url("**/report/")
        for issue, turnout in {"費用": "想定通り", "時期": "違った", "承認": "出なかった"}.items():
            hands.tap(page.get_by_role("group", name=issue).locator("label", has_text=turnout))
        hands.tap(page.locator("label", has_text="前に進んだ"))
        hands.tap(page.get_by_role("button", name="見積"))
        hands.tap(page.get_by_role("button", name="明日"))
        hands.tap(page.get_by_role("button", name="報告する"))

    page.wait_for_url("**/today/**")
    assert hands.acts["report on a visit"].most_taps <= ALLOWED
    with inside(alpha):
        visit.refresh_from_db(), deal.refresh_from_db()
        assert (visit.status, visit.post_report.progress, deal.next_action) == ("done", "forward", "見積")
        assert [issue.turnout for issue in visit.issues.all()] == [
            "as_expected",
            "different",
            "did_not_come_up",
        ]

    page.get_by_role("button", name="元に戻す").click()
    expect(page.get_by_text("外出後報告を元に戻しました。")).to_be_visible()
    with inside(alpha):
        visit.refresh_from_db()
        assert visit.status == "planned"
        operations.change_visit(visit, status="cancelled", by=rep, at=timezone.now())


def test_the_tiles_fill_the_stage_live_and_an_answer_is_taken_back(window: Window, alpha):
    with inside(alpha):
        rep, now = User.objects.get(email=REP), timezone.now()
        company = factories.make_company("東雲ロジスティクス")
        deal = factories.make_deal(rep, company=company, plan="拡張プラン", amount=500_000)
        visit = factories.make_visit(rep, company=company, deal=deal, starts_at=now - timedelta(hours=1))
        operations.prepare_visit(visit, goal="—", issues=["費用"], by=rep, at=now)
    page = window.page
    window.go(reverse("activities:report", args=[visit.pk]))
    expect(page.get_by_text("時期がわかると商談")).to_be_visible()

    page.get_by_role("button", name="時期").click()
    page.locator("#choose-expected_month").get_by_role("button").first.click()

    expect(page.get_by_text("3つそろいました")).to_be_visible()
    expect(page.locator("[data-stage]")).to_have_text("商談△")
    expect(page.get_by_role("button", name="時期")).to_be_focused()
    answer = page.locator("label", has_text="違った")
    answer.click()
    expect(page.get_by_label("どう違いましたか")).to_be_visible()
    answer.click()
    expect(page.get_by_label("どう違いましたか")).to_be_hidden()
    with inside(alpha):
        operations.change_visit(visit, status="cancelled", by=rep, at=timezone.now())


def test_the_live_stage_is_the_one_that_the_server_computes(window: Window, alpha):
    with inside(alpha):
        rep, now = User.objects.get(email=REP), timezone.now()
        company = factories.make_company("東雲ロジスティクス")
        known = {"plan": "拡張プラン", "amount": 500_000, "expected_month": Month.of(timezone.localdate())}
        deal = factories.make_deal(rep, company=company, rank="sure", **known)
        visit = factories.make_visit(rep, company=company, deal=deal, starts_at=now - timedelta(hours=1))
    page = window.page
    window.go(reverse("activities:report", args=[visit.pk]))
    was = rules.Change(
        now, {"plan": "拡張プラン", "amount": 500_000, "expected_month": "2026-11", "rank": "sure"}
    )

    said, computed = {}, {}
    for typed in product(("", "  ", "標準"), ("", "0", "０円", "1", "７０万"), ("", "2027-01")):
        for name, value in zip(("plan", "amount", "expected_month"), typed, strict=True):
            page.locator(f"[name={name}]").evaluate(
                "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})) }",
                value,
            )
        said[typed] = page.locator("[data-stage]").text_content()
        plan, amount, month = typed
        learned = {
            "plan": plan.strip(),
            "amount": YenField(required=False).clean(amount),
            "expected_month": month or None,
        }
        state = rules.fold([was, rules.Change(timezone.now(), learned)]).present
        computed[typed] = stage_with_rank(state.stage, state.rank)

    assert said == computed
    with inside(alpha):
        operations.change_visit(visit, status="cancelled", by=rep, at=timezone.now())


def test_a_kind_is_proposed_while_a_line_is_written_and_corrected_by_one_tap(window: Window, alpha):
    with inside(alpha):
        rep, now = User.objects.get(email=REP), timezone.now()
        visit = factories.make_visit(rep, starts_at=now + timedelta(days=1))
    page = window.page
    window.go(reverse("activities:prepare", args=[visit.pk]))
    page.get_by_label("訪問の目的").fill("プランを決める")

    page.get_by_label("想定する課題").press_sequentially("月額の費用\n担当の交代")
    expect(page.get_by_role("group", name="月額の費用").get_by_label("価格")).to_be_checked()
    changed = page.get_by_role("group", name="担当の交代")
    expect(changed.locator("input:checked")).to_have_count(0)
    changed.locator("label", has_text="決裁").click()
    page.get_by_label("想定する課題").press_sequentially("が近い")
    changed = page.get_by_role("group", name="担当の交代が近い")
    expect(changed.get_by_label("決裁")).to_be_checked()
    page.get_by_role("button", name="保存する").click()

    page.wait_for_url(f"**{visit.get_absolute_url()}")
    with inside(alpha):
        assert {issue.text: issue.kind.label for issue in visit.issues.select_related("kind")} == {
            "月額の費用": "価格",
            "担当の交代が近い": "決裁",
        }
        operations.change_visit(visit, status="cancelled", by=rep, at=timezone.now())


def test_a_visit_is_moved_by_drag_and_by_key_and_moved_back(window: Window, alpha):
    page = window.page
    if page.viewport_size == PHONE:
        return  # the phone moves a visit by its form
    with inside(alpha):
        rep = User.objects.get(email=REP)
        starts_at = datetime(2027, 1, 12, 10, 30, tzinfo=TOKYO)
        visit = factories.make_visit(rep, starts_at=starts_at)
    window.go(reverse("activities:planner") + "?on=2027-01-12")

    def stands(day: int, hour: int) -> None:
        card = page.locator(f"article:has(#visit-{visit.pk})")
        expect(card).to_have_attribute("data-at", f"2027-01-{day}T{hour}:30")
        with inside(alpha):
            visit.refresh_from_db()
            assert visit.starts_at == datetime(2027, 1, day, hour, 30, tzinfo=TOKYO)

    page.locator(f"article:has(#visit-{visit.pk})").drag_to(page.locator('[data-drop="2027-01-14T15"]'))
    stands(14, 15)
    expect(page.locator(f"#visit-{visit.pk}")).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    stands(13, 15)
    page.get_by_role("button", name="元に戻す").click()
    stands(14, 15)
