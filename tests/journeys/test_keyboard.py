"""The hands stay on the keyboard: search, places, rows, records; single keys can be switched off."""

import pytest
from playwright.sync_api import expect

from tests.browser import DESKTOP, Window


@pytest.fixture
def desk(window: Window):
    if window.page.viewport_size != DESKTOP:
        pytest.skip("a phone has no keyboard")
    return window


def add_company(window: Window, name: str, reading: str) -> str:
    window.go("/companies/add/")
    window.page.get_by_label("会社名").fill(name)
    window.page.get_by_label("よみ").fill(reading)
    window.page.locator("[name=reading]").press("Control+Enter")
    window.page.wait_for_url(lambda url: "/add/" not in url)
    return window.page.url


def test_the_palette_goes_where_the_words_lead(desk):
    company = add_company(desk, "株式会社鍵盤楽器", "けんばんがっき")
    page = desk.page
    desk.go("/table/")
    page.keyboard.press("Control+k")
    page.keyboard.type("kenban")
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("鍵盤楽器")

    page.keyboard.press("Enter")
    page.wait_for_url(company)

    page.keyboard.press("Control+k")
    page.keyboard.type("kenban")
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("鍵盤楽器")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("フォローを記録")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_enter_that_ends_a_conversion_opens_nothing(desk):
    page = desk.page
    desk.go("/table/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()

    page.evaluate(
        """document.querySelector("#palette input").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    page.wait_for_timeout(200)

    assert page.url.endswith("/table/")


def test_single_keys_lead_to_places_rows_and_records(desk):
    company = add_company(desk, "鍵盤商会", "けんばんしょうかい")
    page = desk.page
    page.keyboard.press("e")
    page.wait_for_url(company + "change/")
    desk.go("/companies/?q=鍵盤商会")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(company)
    page.keyboard.press("c")
    page.wait_for_url(lambda url: "/follows/record/?company=" in url)
    desk.go("/table/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(lambda url: "/deals/" in url)
    desk.go("/companies/")
    page.keyboard.press("/")
    page.keyboard.type("gd")

    expect(page.locator("main input[type=search]")).to_have_value("gd")


def test_single_keys_can_be_switched_off_here(desk):
    page = desk.page
    desk.go("/table/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("[data-single-keys]").uncheck(force=True)
    page.keyboard.press("Escape")

    desk.go("/table/")
    page.keyboard.press("?")
    page.keyboard.press("n")
    page.wait_for_timeout(200)

    expect(page.locator("#keys")).not_to_be_visible()
    assert page.url.endswith("/table/")


def test_the_phone_searches_on_a_page(window: Window):
    window.go("/search/?q=管理")

    expect(window.page.locator("main").get_by_role("option")).to_contain_text(["管理表"])
    assert window.fits()
