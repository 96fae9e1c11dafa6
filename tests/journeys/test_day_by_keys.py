"""At the desk, without a mouse: the keys that a call, a report and the daily report take. Counted as hands.py says."""

import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.vocabulary import Role
from apps.activities import operations
from apps.activities.models import DailyReport, Follow
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories
from tests.browser import DESKTOP
from tests.journeys.hands import Hands

REP = "by-keys@test.example"
ISSUES = ("費用", "時期", "承認")
LINE = "双葉食品/ふたばしょくひん 電話/でんわ 10分/10ぷん 見積に/みつもりに 前向き/まえむき"
MOST_KEYS = {
    "log a call: one line": 2,
    "a row of Today": 12,
    "report on a visit, 3 issues": 36,
    "daily report": 4,
}
"""Beside the text."""


@pytest.fixture
def visit(base, alpha):
    with inside(alpha):
        rep, now = factories.make_user(Role.FIELD_SALES, name="鍵 一", email=REP), timezone.now()
        factories.make_follow(
            rep, company=factories.make_company("双葉食品"), happened_at=now - timedelta(days=2)
        )
        due = {"next_action": "様子を伺う", "next_action_on": timezone.localdate(now)}
        factories.make_deal(rep, company=factories.make_company("南浜精機"), **due)
        deal = factories.make_deal(rep, company=factories.make_company("東雲ロジスティクス"), amount=500_000)
        visit = factories.make_visit(
            rep, company=deal.company, deal=deal, starts_at=now - timedelta(minutes=1)
        )
        operations.prepare_visit(visit, goal="—", issues=ISSUES, by=rep, at=now)
    return visit


@pytest.fixture
def window(browser, base, visit):
    window = browsers.opened(browser, base, DESKTOP)
    window.log_in(REP, factories.PASSWORD)
    yield window
    window.context.close()
    assert window.faults == []


def test_a_call_a_report_and_the_daily_report_by_keys(window, alpha, visit, capsys):
    page, hands = window.page, Hands(window.page)
    window.go("/today/")

    with hands.doing("log a call: one line"):
        hands.press("n")
        expect(page.locator("#capture-line")).to_be_focused()
        hands.write(LINE, by="strokes")
        expect(page.locator(".cap.sure").filter(has_text="双葉食品")).to_be_visible()
        hands.press("Enter")
    hands.told("双葉食品のフォローを記録しました。")

    with hands.doing("a row of Today"):
        hands.reach(".fcard a", by="j")
        hands.press("c")
        sheet = page.get_by_role("dialog")
        expect(sheet).to_be_visible()
        hands.reach("[value=call-again]", by="Shift+Tab")
        hands.press("Enter", decides=False)
    hands.told("南浜精機への電話を記録しました。")

    with hands.doing("report on a visit, 3 issues"):
        hands.reach(f"a[href$='{visit.pk}/report/']", by="j")
        hands.press("Enter", decides=False)
        page.wait_for_url("**/report/")
        page.wait_for_load_state()
        hands.press("Tab", "Enter")  # past the menu
        for number in range(len(ISSUES)):
            hands.reach(f"[name=turnout_{number}]")
            hands.press("Space", decides=False)
        hands.reach("[name=progress]")
        hands.press("Space", decides=False)
        hands.reach("[data-value=見積]")
        hands.press("Enter", decides=False)
        hands.reach(".pick > [data-value]:nth-child(2)", unlike="[data-value=見積], [data-value=電話]")
        hands.press("Enter", decides=False)
        hands.press("Control+Enter")
    hands.told("外出後報告を送りました。")

    with hands.doing("daily report"):
        hands.press("g", "r")
        page.wait_for_url("**/daily/")
        page.wait_for_load_state()
        hands.press("Control+Enter")
    hands.told("日報を送りました。")

    written = {"log a call: one line": hands.acts["log a call: one line"].written}
    keys = {name: act.keys - written.get(name, 0) for name, act in hands.acts.items()}
    with capsys.disabled():
        sys.stdout.write(hands.table("At the desk, by keys alone"))
        sys.stdout.write(f"keys beside the text: {keys}\n")
    assert {name: keys[name] for name in MOST_KEYS if keys[name] > MOST_KEYS[name]} == {}
    with inside(alpha):
        visit.refresh_from_db(), visit.deal.refresh_from_db()
        assert (visit.status, visit.deal.next_action) == ("done", "見積")
        assert [issue.turnout for issue in visit.issues.all()] == ["as_expected"] * 3
        assert set(
            Follow.objects.filter(owner=visit.owner, happened_on=timezone.localdate()).values_list(
                "outcome", flat=True
            )
        ) == {"connected", "absent"}
        assert DailyReport.objects.filter(user=visit.owner).count() == 1
