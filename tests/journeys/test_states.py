"""When something goes wrong: it is said, it can be tried again, and no word is lost."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser import DESKTOP, Window
from tests.journeys.conftest import REP

pytestmark = pytest.mark.parametrize("window", [DESKTOP], ids=["desktop"], indirect=True)


def test_what_was_written_survives_the_end_of_the_session(window: Window):
    page = window.page
    window.go("/companies/add/")
    page.get_by_label("会社名").fill("株式会社書きかけ")
    page.locator("[name=note]").fill("長い覚え書き")
    window.context.clear_cookies(name="session")
    page.get_by_role("button", name="加える").click()
    page.locator("input[name=username]").fill(REP)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("input[name=password]").press("Enter")

    page.wait_for_url("**/companies/add/")
    expect(page.get_by_label("会社名")).to_have_value("株式会社書きかけ")
    expect(page.locator("[name=note]")).to_have_value("長い覚え書き")
    expect(page.get_by_text("下書きを開きました。")).to_be_visible()
    page.get_by_role("button", name="加える").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("書きかけ")
    window.go("/companies/add/")
    expect(page.get_by_label("会社名")).to_have_value("")


def test_what_could_not_be_asked_can_be_asked_again(window: Window):
    page = window.page
    window.go("/table/")
    page.route("**/search/**", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.keyboard.type("管理")
    expect(page.locator(".toast").first).to_contain_text("つながっていません")
    page.unroute("**/search/**")
    page.keyboard.press("Escape")
    page.locator(".toast").last.get_by_role("button", name="もう一度").click()

    expect(page.locator("#palette [data-found]")).to_be_attached()
    window.faults.clear()  # the browser tells of the request that was cut off


def test_a_refusal_is_told_in_its_own_words(window: Window):
    page = window.page
    window.go("/table/")
    page.route(
        "**/search/**",
        lambda route: route.fulfill(
            status=409, body="<main><div class='empty'><p>9月は閉じられています。</p></div></main>"
        ),
    )
    page.keyboard.press("Control+k")

    expect(page.locator(".toast").first).to_contain_text("9月は閉じられています。")
    expect(page.locator(".toast").first.get_by_role("button", name="もう一度")).to_have_count(0)
    window.faults.clear()  # the browser tells of the status


def test_the_chosen_brightness_stays_until_the_system_is_asked_again(window: Window):
    page = window.page
    theme = "document.documentElement.dataset.theme ?? ''"
    window.go("/settings/me/language/")
    page.get_by_role("button", name="暗い").click()
    window.go("/table/")
    chosen = page.evaluate(theme)
    window.go("/settings/me/language/")
    pressed = page.locator("[data-theme-choice][aria-pressed=true]").inner_text()
    page.get_by_role("button", name="端末に合わせる").click()
    window.go("/table/")

    assert (chosen, pressed, page.evaluate(theme)) == ("dark", "暗い", "")
