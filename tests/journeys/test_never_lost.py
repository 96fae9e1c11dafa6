"""No word is lost: a killed tab, no network, an ended session, a log-out, a second person at the same browser."""

import pytest
from playwright.sync_api import Page, expect

from apps.activities.models import Follow
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories
from tests.browser import DESKTOP, Window
from tests.journeys.conftest import OTHER, REP
from tests.journeys.offline import findings, killed, open_again, remains, until

BODY = "textarea[name=body]"


@pytest.fixture
def window(kept_window: Window) -> Window:
    return kept_window


@pytest.fixture(scope="module")
def company(base, alpha):
    with inside(alpha):
        return factories.make_company("株式会社圏外")


@pytest.fixture
def form(window, company) -> str:
    return f"/follows/record/?company={company.pk}"


def write(page: Page, text: str) -> None:
    for label in ("電話", "つながった"):
        page.get_by_role("radio", name=label, exact=True).check(force=True)
    page.locator(BODY).press_sequentially(text)


def follows(alpha, text: str) -> int:
    with inside(alpha):
        return Follow.objects.filter(body=text).count()


def test_a_killed_tab_loses_nothing_that_was_typed_before(window: Window, network, form, alpha):
    page = window.page
    window.go(form)
    write(page, "見積に前向き。")
    page.wait_for_timeout(600)
    killed(window)
    open_again(window, form)
    page = window.page

    expect(page.get_by_text("下書きを開きました。")).to_be_visible()
    expect(page.locator(BODY)).to_have_value("見積に前向き。")
    expect(page.locator(BODY)).to_be_focused()
    expect(page.get_by_role("radio", name="電話", exact=True)).to_be_checked()
    page.keyboard.type("予算は来期")
    expect(page.locator(BODY)).to_have_value("見積に前向き。予算は来期")
    expect(page.get_by_text("下書き保存済み")).to_be_visible()
    assert findings(page) == []

    page.get_by_role("button", name="捨てる").click()
    expect(page.locator(BODY)).to_have_value("")
    page.get_by_role("button", name="元に戻す").click()
    expect(page.locator(BODY)).to_have_value("見積に前向き。予算は来期")
    page.get_by_role("button", name="捨てる").or_(page.get_by_text("下書き保存済み")).first.wait_for()
    page.locator(BODY).fill("")
    page.wait_for_timeout(1_500)


def test_what_was_written_here_goes_on_on_another_device(browser, through, window: Window, form):
    window.go(form)
    write(window.page, "続きは机で")
    expect(window.page.get_by_text("下書き保存済み")).to_be_visible()
    desk = browsers.opened(browser, through, DESKTOP, service_workers="allow")
    desk.log_in(REP, factories.PASSWORD)
    desk.go(form)

    expect(desk.page.locator(BODY)).to_have_value("続きは机で")
    desk.page.get_by_role("button", name="捨てる").click()
    expect(desk.page.locator(BODY)).to_have_value("")
    desk.page.wait_for_timeout(500)
    desk.context.close()
    assert desk.faults == []


def test_sent_without_network_it_goes_out_once_when_there_is_one(window: Window, network, form, alpha):
    page, text = window.page, f"圏外の{window.page.viewport_size['width']}"
    window.go(form)
    write(page, text)
    network.cut()
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("つながったら自動で送ります。")).to_be_visible()
    expect(page.get_by_text("送信待ち")).to_be_visible()
    assert findings(page) == []
    killed(window)
    network.mend()
    open_again(window, "/follows/")

    expect(window.page.locator(".toast")).to_contain_text("フォローを記録しました。")
    until(1, lambda: follows(alpha, text))
    window.go(form)
    expect(window.page.locator(BODY)).to_have_value("")
    expect(window.page.get_by_text("送信待ち")).to_have_count(0)
    window.faults.clear()  # the browser tells of requests without network


def test_what_waits_outlives_the_session_and_is_nobody_elses(window: Window, network, form, alpha):
    page, text = window.page, f"待つ{window.page.viewport_size['width']}"
    window.go(form)
    write(page, text)
    network.cut()
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("送信待ち")).to_be_visible()
    network.mend()
    window.context.clear_cookies(name="session")
    window.log_in(OTHER, factories.PASSWORD)
    window.go(form)
    expect(page.locator(BODY)).to_have_value("")
    expect(page.get_by_text("送信待ち")).to_have_count(0)
    assert follows(alpha, text) == 0

    window.context.clear_cookies(name="session")
    window.log_in(REP, factories.PASSWORD)
    until(1, lambda: follows(alpha, text))
    with inside(alpha):
        assert Follow.objects.get(body=text).owner.email == REP
    window.faults.clear()


def test_logging_out_leaves_nothing_and_asks_where_it_would_lose_something(
    window: Window, network, form, alpha
):
    page = window.page
    window.go(form)
    write(page, "ログアウトの前")
    network.cut()
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('[data-log-out]').requestSubmit()")
    dialog = page.get_by_role("dialog", name="まだ送れていない内容があります")
    expect(dialog).to_be_visible()
    assert findings(page) == []
    dialog.get_by_role("button", name="待つ").click()
    expect(page.locator(BODY)).to_have_value("ログアウトの前")

    network.mend()
    page.evaluate("document.querySelector('[data-log-out]').requestSubmit()")
    page.wait_for_url("**/login/**")
    assert remains(page) == []
    window.log_in(REP, factories.PASSWORD)
    window.go(form)
    expect(page.locator(BODY)).to_have_value("ログアウトの前")  # from the server
    page.get_by_role("button", name="捨てる").click()
    page.wait_for_timeout(500)
    window.faults.clear()


LAID_UP = """async (address) => {
    for (let tries = 0; tries < 100; tries++) {
        const kept = await caches.match(address, { ignoreVary: true });
        if (kept) return kept.text();
        await new Promise((next) => setTimeout(next, 100));
    }
    return "nothing";
}"""


def test_today_is_there_without_network_and_the_rest_says_why_not(window: Window, network, alpha):
    page = window.page
    window.go("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(LAID_UP, "/today/")
    assert [
        word for word in ("csrfmiddlewaretoken", "CSRF", "nonce", "data-in-use-since") if word in kept
    ] == []
    window.go("/today/")
    network.cut()
    window.go("/today/")
    expect(page.get_by_role("heading", name="今日の予定")).to_be_visible()
    window.go("/deals/")
    expect(page.get_by_role("heading", name="圏外です")).to_be_visible()
    assert findings(page) == []
    network.mend()
    window.faults.clear()
