"""What axe-core finds on a page that would keep somebody out."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

from tests import keyboard

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WORST = ("serious", "critical")

FINDINGS = """async ([scheme, worst]) => {
    const rules = scheme === "dark" ? { runOnly: ["color-contrast"] } : {};
    const found = await axe.run(document, { resultTypes: ["violations"], preload: false, ...rules });
    return found.violations.filter((rule) => worst.includes(rule.impact)).flatMap((rule) =>
        rule.nodes.map((node) => `${scheme} ${rule.id}: ${node.target} ${node.html.slice(0, 120)} ${(node.any[0]?.message ?? "").slice(0, 120)}`));
}"""


def serious(page: Page) -> list[str]:
    """Findings by light and by dark, once all parts are there; what differs between the two is colour."""
    page.wait_for_function("!document.querySelector('.htmx-request')")
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(FINDINGS, [scheme, WORST])
    return found


def serious_when_open(page: Page) -> list[str]:
    """The page with all that unfolds unfolded, then with each menu and dialog of its own open."""
    keyboard.unfold(page)
    found = serious(page)
    for opener in keyboard.openers(page):
        found += keyboard.opened(page, opener)
        found += serious(page)
        found += keyboard.left(page, opener)
    return found
