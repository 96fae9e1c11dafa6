"""The hands stay on the keyboard: search, places, rows, records; single keys can be switched off."""

import pytest
from playwright.sync_api import expect

from tests.browser import DESKTOP, PHONE, Window

on_desk = pytest.mark.parametrize("window", [DESKTOP], ids=["desktop"], indirect=True)
"""A phone has no keyboard."""


def add_company(window: Window, name: str, reading: str) -> str:
    window.go("/companies/add/")
    window.page.get_by_label("会社名").fill(name)
    window.page.get_by_label("よみ").fill(reading)
    window.page.locator("[name=reading]").press("Control+Enter")
    window.page.wait_for_url(lambda url: "/add/" not in url)
    return window.page.url


@on_desk
def test_the_palette_goes_where_the_words_lead(window: Window):
    company = add_company(window, "株式会社鍵盤楽器", "けんばんがっき")
    page = window.page
    window.go("/table/")
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


@on_desk
def test_enter_that_ends_a_conversion_opens_nothing(window: Window):
    page = window.page
    window.go("/table/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()

    page.evaluate(
        """document.querySelector("#palette input").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    page.wait_for_timeout(200)

    assert page.url.endswith("/table/")


@on_desk
def test_single_keys_lead_to_places_rows_and_records(window: Window):
    company = add_company(window, "鍵盤商会", "けんばんしょうかい")
    page = window.page
    page.keyboard.press("e")
    page.wait_for_url(company + "change/")
    window.go("/companies/?q=鍵盤商会")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.startswith(company))
    page.keyboard.press("c")
    page.wait_for_url(lambda url: "/follows/record/?company=" in url)
    window.go("/table/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(lambda url: "/deals/" in url)
    window.go("/companies/")
    page.keyboard.press("/")
    page.keyboard.type("gd")

    expect(page.locator("main input[type=search]")).to_have_value("gd")


@on_desk
def test_single_keys_can_be_switched_off_here(window: Window):
    page = window.page
    window.go("/table/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("[data-single-keys]").uncheck(force=True)
    page.keyboard.press("Escape")

    window.go("/table/")
    page.keyboard.press("?")
    page.keyboard.press("n")
    page.wait_for_timeout(200)

    expect(page.locator("#keys")).not_to_be_visible()
    assert page.url.endswith("/table/")


@pytest.mark.parametrize("window", [PHONE], ids=["phone"], indirect=True)
def test_the_phone_searches_on_a_page(window: Window):
    window.go("/search/?q=管理")

    expect(window.page.locator("main").get_by_role("option")).to_contain_text(["管理表"])
    assert window.fits()
