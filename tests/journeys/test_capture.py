"""A call is logged on a phone by one line: taps are counted, a composing Enter keeps nothing, and all can be undone."""

import sys

import pytest
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.activities.models import Follow
from apps.customers.models import Company
from apps.tenancy.context import inside
from tests import axe, factories
from tests.browser import PHONE, Window
from tests.journeys.conftest import REP
from tests.journeys.hands import Hands, Words

AS_READ = (
    "青葉フーズ/あおばふーず 佐藤さん/さとうさん 電話/でんわ 10分/10ぷん 見積に前向き/みつもりにまえむき"
)
LINE = str(Words.read(AS_READ))
MOST_TAPS = 4


@pytest.fixture(autouse=True)
def given(base, alpha):
    """A company that the rep knows; the follows of the test before are none of this one's."""
    with inside(alpha):
        rep = User.objects.get(email=REP)
        Follow.objects.all().delete()
        company = Company.objects.filter(name="青葉フーズ").first() or factories.make_company("青葉フーズ")
        if not company.contacts.exists():
            factories.make_contact(company, name="佐藤 健一", title="営業部長")
        factories.make_follow(rep, company=company)


def follows(alpha) -> list[str]:
    with inside(alpha):
        return list(Follow.objects.kept().exclude(body="").values_list("body", flat=True))


@pytest.mark.parametrize("window", [PHONE], ids=["phone"], indirect=True)
def test_a_call_is_logged_on_a_phone_and_undone(alpha, window: Window, capsys):
    page, hands = window.page, Hands(window.page)
    window.go("/deals/")

    with hands.doing("log a call"):
        hands.tap(page.get_by_role("link", name="記録", exact=True))
        expect(page.locator("#capture-line")).to_be_focused()
        hands.write(AS_READ)
        expect(page.locator(".cap.sure").filter(has_text="青葉フーズ")).to_be_visible()
        page.emulate_media(reduced_motion="reduce")
        found = axe.serious(page)
        hands.tap(page.get_by_role("button", name="記録する"))
    expect(page.get_by_text("青葉フーズのフォローを記録しました。")).to_be_visible()

    with capsys.disabled():
        sys.stdout.write(hands.table("A line on a phone"))
    assert found == []
    assert hands.acts["log a call"].most_taps <= MOST_TAPS
    assert follows(alpha) == [LINE]

    page.get_by_role("button", name="元に戻す").click()
    expect(page.get_by_text("元に戻しました。")).to_be_visible()
    assert follows(alpha) == []


def test_an_enter_that_ends_a_conversion_keeps_nothing_and_the_next_does(alpha, window: Window):
    page = window.page
    window.go("/deals/")
    page.keyboard.press("n")
    line = page.locator("dialog #capture-line")
    expect(line).to_be_focused()
    page.keyboard.insert_text(LINE)
    expect(page.locator(".cap.sure").filter(has_text="青葉フーズ")).to_be_visible()

    line.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229, "bubbles": True})
    page.wait_for_timeout(500)
    assert follows(alpha) == []

    page.keyboard.press("Escape")
    expect(line).to_be_hidden()
    page.keyboard.press("n")
    expect(line).to_have_value(LINE)
    page.keyboard.press("Enter")
    expect(page.get_by_text("青葉フーズのフォローを記録しました。")).to_be_visible()
    assert page.url.endswith("/deals/")
    assert follows(alpha) == [LINE]


def test_pasted_lines_are_shown_before_those_that_are_sure_are_kept(alpha, window: Window):
    page = window.page
    window.go("/capture/")
    page.locator("#capture-line").fill("青葉フーズ 電話 不在\n誰かさん 電話 5分\n青葉フーズ メール送信")
    expect(page.get_by_text("2件を記録できます。")).to_be_visible()
    page.locator("#capture-line").press("Enter")

    expect(page.get_by_text("2件を記録しました。")).to_be_visible()
    expect(page.locator("#capture-line")).to_have_value("誰かさん 電話 5分")
    assert sorted(follows(alpha)) == ["青葉フーズ メール送信", "青葉フーズ 電話 不在"]
