"""The goal/process table under the hands: arrows from figure to figure, a swipe from month to month."""

import pytest
from playwright.sync_api import expect

from tests.browser import DESKTOP, PHONE, Window

HERE = "(() => { const cell = document.activeElement.closest('td'); return cell && [cell.parentElement.dataset.row, cell.classList.contains('on')]; })()"
SWIPE = """across => {
    const board = document.querySelector("[data-board]");
    const touch = x => new Touch({identifier: 1, target: board, clientX: x, clientY: 400});
    board.dispatchEvent(new TouchEvent("touchstart", {touches: [touch(200)], changedTouches: [touch(200)]}));
    board.dispatchEvent(new TouchEvent("touchend", {touches: [], changedTouches: [touch(200 + across)]}));
}"""


@pytest.mark.parametrize("window", [DESKTOP], ids=["desktop"], indirect=True)
def test_arrows_move_from_figure_to_figure_and_enter_opens_the_records(window: Window):
    page = window.page
    window.go("/table/")
    page.locator("[data-board]").focus()

    places = []
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        places.append(page.evaluate(HERE))
    page.keyboard.press("Enter")

    assert places == [["sales", True], ["orders", True], ["orders", False], ["sales", False]]
    expect(page.locator("#records")).to_be_visible()


@pytest.mark.parametrize("window", [PHONE], ids=["phone"], indirect=True)
def test_a_swipe_on_a_phone_leads_to_the_month_before_and_back(window: Window):
    page = window.page
    window.go("/table/")
    name = page.locator(".months b")
    running = name.inner_text()

    page.evaluate(SWIPE, 120)
    expect(name).not_to_have_text(running)
    page.wait_for_load_state()
    page.evaluate(SWIPE, -120)

    expect(name).to_have_text(running)
