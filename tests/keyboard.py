"""A page walked with Tab alone: every control once, in order, seen, named, and out again at the end."""

import re
from pathlib import Path

from playwright.sync_api import ElementHandle, Page

from tests.database import ROOT

TURNS = 4
"""A field for a moment has a stop for each of its parts: so often some steps more are tried."""
WALK = Path(__file__).with_suffix(".js").read_text()
SCRIPTS = [path.read_text() for path in sorted(Path(ROOT, "static", "js").glob("*.js"))]
LISTENED = re.findall(
    r'(?:closest|matches)(?:\?\.)?\(\s*"([^":]*\[data-[^":]*)"',
    "".join(script for script in SCRIPTS if re.search(r'"(click|pointerdown)"', script)),
)
REACTING = ", ".join(sorted(set(LISTENED)))
"""What the scripts of the product look for when something is pressed."""

LISTENING = """{
    const add = EventTarget.prototype.addEventListener;
    window.pressable = new Set();
    EventTarget.prototype.addEventListener = function (type, ...rest) {
        if (this instanceof Element && /^(click|dblclick|pointerdown|mousedown)$/.test(type)) window.pressable.add(this);
        return add.call(this, type, ...rest);
    };
}"""
"""Remembers, from before the page's own scripts, what listens for a press by itself."""


def unfold(page: Page) -> None:
    page.locator("main").evaluate(
        "main => main.querySelectorAll('details').forEach((part) => (part.open = true))"
    )


def left_out(page: Page) -> list[str]:
    """What is wrong with the walk from the top of the page to its end, and with the way past the menu."""
    unfold(page)
    page.wait_for_function("!document.querySelector('.htmx-request')")
    page.evaluate(WALK)
    steps = page.evaluate("walk.begin()")
    for _ in range(TURNS):
        for _ in range(steps):
            page.keyboard.down("Tab")
        if page.evaluate("walk.ended"):
            break
        steps = 30
    page.keyboard.up("Tab")
    found = page.evaluate("listening => walk.faults(listening)", REACTING)
    return found + past_the_menu(page)


def past_the_menu(page: Page) -> list[str]:
    """The first step of all leads into the content."""
    page.evaluate("walk.top()")
    page.keyboard.press("Tab")
    if not page.evaluate("document.activeElement.matches('.skip')"):
        return ["the first step is not the way past the menu"]
    page.keyboard.press("Enter")
    there = page.evaluate("document.activeElement.matches('main#main')")
    return [] if there else ["the way past the menu does not lead past it"]


HOLDS = "opened => Boolean(opened) && opened.contains(document.activeElement)"
OPENED = """() => [...document.querySelectorAll("dialog[open], :popover-open")].at(-1) ?? null"""


def openers(page: Page) -> list[ElementHandle]:
    """What opens a part of the page's content."""
    page.evaluate(WALK)
    found = page.evaluate_handle("walk.openers()").get_properties().values()
    return [element for each in found if (element := each.as_element())]


def opened(page: Page, opener: ElementHandle) -> list[str]:
    """Opened from the keyboard it has the focus, or gives it with the next step; a dialog keeps it."""
    opener.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"({OPENED})()")
    part = page.evaluate_handle(OPENED)
    called = f"#{part.get_property('id').json_value()}"
    if part.evaluate("part => part.matches(':popover-open')") and not part.evaluate(HOLDS):
        page.keyboard.press("Tab")
    if not part.evaluate(HOLDS):
        return [f"{called} opens without the focus"]
    if part.evaluate("part => part.matches(':popover-open')"):
        return []
    page.evaluate(WALK)
    steps = part.evaluate("part => walk.begin(part)")
    for _ in range(steps):
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    away = page.evaluate("document.activeElement !== document.body") and not part.evaluate(HOLDS)
    return [f"{called} loses the focus"] * away + [
        f"{called}: {fault}" for fault in page.evaluate("walk.unseen()")
    ]


def left(page: Page, opener: ElementHandle) -> list[str]:
    """Escape closes it and leads back to where it was opened."""
    page.keyboard.press("Escape")
    open_still = page.evaluate(f"Boolean(({OPENED})())")
    back = opener.evaluate("opener => document.activeElement === opener")
    return ["Escape does not close it"] * open_still + [
        f"Escape does not lead back to {opener.evaluate('opener => opener.outerHTML.slice(0, 150)')}"
    ] * (not back)
