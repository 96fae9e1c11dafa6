"""Two devices write into the same form: each is shown what the other wrote, and neither's words go unasked."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from apps.activities.models import Follow
from apps.inbox.models import Draft
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories
from tests.browser import DESKTOP, PHONE, Window
from tests.journeys.conftest import REP
from tests.journeys.offline import findings, until

BODY = "textarea[name=body]"
DRAFTS = re.compile("/drafts/")
ASKED = "ほかの端末でも書いています"


@pytest.fixture
def devices(browser, base):
    """The same rep's phone and desk."""
    windows = [browsers.opened(browser, base, size) for size in (PHONE, DESKTOP)]
    for window in windows:
        window.log_in(REP, factories.PASSWORD)
    yield windows
    for window in windows:
        window.context.close()
        assert [fault for fault in window.faults if "409" not in fault] == []


@pytest.fixture
def form(base, alpha) -> str:
    with inside(alpha):
        return f"/follows/record/?company={factories.make_company('株式会社二台').pk}"


@contextmanager
def nothing_arrives(window: Window):
    """The device's drafts stay on it."""
    window.context.route(DRAFTS, lambda route: route.abort())
    yield
    window.context.unroute_all()
    window.faults.clear()


def write(page: Page, text: str) -> None:
    page.locator(BODY).press_sequentially(text)


def opened(window: Window, form: str) -> Page:
    with window.page.expect_response(DRAFTS):
        window.go(form)
    return window.page


def on_server(alpha) -> list[str]:
    with inside(alpha):
        return [draft.content["values"]["body"][0] for draft in Draft.objects.filter(closed=False)]


def choose(page: Page, which: str) -> None:
    page.get_by_role("group", name=ASKED).locator("label", has_text=which).click()


def test_who_began_before_the_other_ones_words_arrived_sees_both_and_takes_either_by_one_tap(
    devices, form, alpha
):
    phone, desk = (opened(window, form) for window in devices)
    write(phone, "電話で書いた")
    expect(phone.get_by_text("下書き保存済み")).to_be_visible()
    write(desk, "机で書いた")

    asked = desk.get_by_role("group", name=ASKED)
    expect(asked).to_contain_text("電話で書いた")
    expect(asked).to_contain_text("机で書いた")
    assert findings(desk) == []
    assert on_server(alpha) == ["電話で書いた"]

    choose(desk, "ほかの端末")
    expect(desk.locator(BODY)).to_have_value("電話で書いた")
    desk.get_by_role("button", name="選び直す").click()
    expect(desk.locator(BODY)).to_have_value("机で書いた")
    choose(desk, "両方")
    expect(desk.locator(BODY)).to_have_value("電話で書いた\n机で書いた")
    until(["電話で書いた\n机で書いた"], lambda: on_server(alpha))

    write(phone, "、続き")
    expect(phone.get_by_role("group", name=ASKED)).to_contain_text("机で書いた")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert findings(phone) == []
    choose(phone, "この端末")
    until(["電話で書いた、続き"], lambda: on_server(alpha))


def test_nothing_is_sent_before_one_is_chosen_and_then_it_is_one_record(devices, form, alpha):
    phone, desk = (opened(window, form) for window in devices)
    write(phone, "電話で書いた")
    expect(phone.get_by_text("下書き保存済み")).to_be_visible()
    for label in ("電話", "つながった"):
        desk.get_by_role("radio", name=label, exact=True).check(force=True)
    write(desk, "机で書いた")
    expect(desk.get_by_role("group", name=ASKED)).to_be_visible()

    desk.get_by_role("button", name="記録する").click()
    expect(desk.get_by_role("group", name=ASKED)).to_be_visible()
    choose(desk, "この端末")
    with desk.expect_navigation():
        desk.get_by_role("button", name="記録する").click()

    with inside(alpha):
        bodies = Follow.objects.filter(company__name="株式会社二台").order_by("-id")
        assert bodies.values_list("body", flat=True)[0] == "机で書いた"
    until([], lambda: on_server(alpha))
    write(phone, "、続き")  # it was never sent: it is a draft again
    until(["電話で書いた、続き"], lambda: on_server(alpha))


def test_words_that_only_one_device_has_are_shown_beside_the_servers_when_it_comes_back(devices, form, alpha):
    with nothing_arrives(devices[0]):
        phone = opened_without_drafts(devices[0], form)
        write(phone, "圏外で書いた")
        phone.wait_for_timeout(1_500)
    desk = opened(devices[1], form)
    write(desk, "机で書いた")
    until(["机で書いた"], lambda: on_server(alpha))
    expect(desk.get_by_text("下書き保存済み")).to_be_visible()

    phone = opened(devices[0], form)
    expect(phone.locator(BODY)).to_have_value("圏外で書いた")
    expect(phone.get_by_role("group", name=ASKED)).to_contain_text("机で書いた")
    choose(phone, "ほかの端末")
    expect(phone.locator(BODY)).to_have_value("机で書いた")
    write(desk, "続き")  # who was only read is not asked
    until(["机で書いた続き"], lambda: on_server(alpha))
    expect(desk.get_by_role("group", name=ASKED)).to_have_count(0)


def test_words_that_only_one_device_has_outlive_the_sending_from_the_other(devices, form, alpha):
    phone = opened(devices[0], form)
    write(phone, "電話で")
    expect(phone.get_by_text("下書き保存済み")).to_be_visible()
    with nothing_arrives(devices[0]):
        write(phone, "、あとから")
        phone.wait_for_timeout(1_500)
        desk = opened(devices[1], form)
        expect(desk.locator(BODY)).to_have_value("電話で")
        for label in ("電話", "つながった"):
            desk.get_by_role("radio", name=label, exact=True).check(force=True)
        with desk.expect_navigation():
            desk.get_by_role("button", name="記録する").click()
        phone.goto("about:blank")

    phone = opened(devices[0], form)
    expect(phone.locator(BODY)).to_have_value("電話で、あとから")
    until(["電話で、あとから"], lambda: on_server(alpha))


def opened_without_drafts(window: Window, form: str) -> Page:
    window.go(form)
    return window.page
