"""What journeys without network have in common."""

from __future__ import annotations

import time
from contextlib import suppress

from playwright.sync_api import Error, Page

from tests.axe import serious
from tests.browser import Window


def killed(window: Window) -> None:
    """The renderer dies, without a word to the page; the same browser opens another tab."""
    with suppress(Error):
        window.page.goto("chrome://crash", timeout=2_000)
    fresh_tab(window)


def fresh_tab(window: Window) -> None:
    old, window.page = window.page, window.context.new_page()
    window.watch()
    with suppress(Error):
        old.close()


def open_again(window: Window, path: str) -> None:
    """After a crash chromium may ask the service worker that died with the page, and wait: one opens another tab."""
    try:
        window.page.goto(window.base + path, timeout=15_000)
    except Error:
        window.page = window.context.new_page()
        window.watch().go(path)


def until(wanted, asked) -> None:
    end = time.monotonic() + 10
    while asked() != wanted and time.monotonic() < end:
        time.sleep(0.1)
    assert asked() == wanted


def findings(page: Page) -> list[str]:
    page.emulate_media(reduced_motion="reduce")  # colours do not glide from light to dark
    return serious(page)


def remains(page: Page) -> list:
    return page.evaluate(
        "async () => [...(await indexedDB.databases()).map(({name}) => name), ...(await caches.keys())]"
        ".filter((name) => name.startsWith('baton-') && !name.startsWith('baton-static'))"
    )
