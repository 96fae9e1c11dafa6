"""The main roads with the keyboard alone: nothing here touches a mouse, and the focus is always seen."""

import pytest
from playwright.sync_api import Page, expect

from apps.deals.models import Deal
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories
from tests.journeys.conftest import REP

SEEN = """() => {
    const focused = document.activeElement;
    if (focused === document.body) return false;
    const ring = (part) => part && (getComputedStyle(part).outlineStyle !== "none" || getComputedStyle(part).boxShadow !== "none");
    return focused.checkVisibility() && [focused, focused.closest("label"), focused.closest(".field, .axis, .q"), focused.nextElementSibling].some(ring);
}"""
MOST = 90
"""Steps with Tab after which something counts as out of reach."""


@pytest.fixture
def page(browser, base):
    """A rep's desk before the login."""
    window = browsers.opened(browser, base, browsers.DESKTOP)
    window.go("/login/")
    yield window.page
    window.context.close()
    assert window.faults == []


def reach(page: Page, selector: str) -> None:
    """Tab until it has the focus; every step on the way has to be seen."""
    page.wait_for_load_state()
    for _ in range(MOST):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"{selector} is out of reach")


def log_in(page: Page) -> None:
    reach(page, "[name=username]")
    page.keyboard.type(REP)
    reach(page, "[name=password]")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def test_from_the_login_to_the_logout(page: Page, alpha):
    log_in(page)

    # a company and its deal, each written and sent by keys
    page.keyboard.press("Control+k")
    page.keyboard.type("指だけ商会")
    expect(page.locator("#palette [data-found]")).to_have_attribute("data-words", "指だけ商会")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("顧客に加える")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/companies/add/" in url)
    reach(page, "[name=reading]")
    page.keyboard.type("ゆびだけしょうかい")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("指だけ商会")
    reach(page, "main a[href*='/deals/open/']")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/deals/open/" in url)
    reach(page, "[name=plan]")
    page.keyboard.type("基本プラン")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/open/" not in url)

    # list, open, edit, save
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/companies/")
    page.keyboard.press("/")
    page.keyboard.type("ゆびだけ")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "q=" in url)
    expect(page.locator(".tbl tbody th a")).to_have_count(1)
    reach(page, ".tbl tbody th a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("指だけ商会")
    page.keyboard.press("e")
    page.wait_for_url("**/change/")
    reach(page, "[name=note]")
    page.keyboard.type("鍵盤から")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/change/" not in url)
    expect(page.locator("main")).to_contain_text("鍵盤から")

    # the board moves on without a drag, and the dialog gives the focus back
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/deals/")
    with inside(alpha):
        deal = Deal.objects.get(company__name="指だけ商会")
    reach(page, f".kcard:has([href*='{deal.pk}']) footer :is(a, button)")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#advance")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#advance")).not_to_be_visible()
    assert page.evaluate("Boolean(document.activeElement.closest('.kcard'))")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#advance")).to_be_visible()
    reach(page, "dialog#advance [name=amount]")
    page.keyboard.type("60万")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("話題")

    # the table's cells and what stands behind one
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/table/")
    reach(page, "[data-board]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#records")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#records")).not_to_be_visible()
    assert page.evaluate("Boolean(document.activeElement.closest('[data-board] td'))")

    # out by the menu
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/companies/")
    reach(page, "[popovertarget=me-menu]")
    page.keyboard.press("Enter")
    reach(page, "#me-menu form button")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" in url)


def test_the_first_step_leads_past_the_menu(page: Page):
    log_in(page)
    page.goto(page.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main#main")).to_be_focused()


def test_the_list_of_keys_tells_of_those_that_there_are(page: Page):
    log_in(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()

    told = page.locator("#keys kbd").all_inner_texts()

    assert {"/", "N", "C", "E", "J", "K", "Enter", "Z", "?", "Esc", "←", "→", "↑", "↓"} <= set(told)
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
