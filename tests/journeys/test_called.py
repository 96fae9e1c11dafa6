"""On the phone: tap the number, come back, tap what came of it."""

from playwright.sync_api import expect

from apps.activities.models import Follow
from apps.tenancy.context import inside
from tests import factories
from tests.browser import PHONE, Window

GO_AWAY = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
STAY_HERE = "addEventListener('click', (event) => event.target.closest('a[href^=\"tel:\"]') && event.preventDefault())"


def test_two_taps_record_a_call(window: Window, alpha):
    with inside(alpha):
        company = factories.make_company("株式会社でんわ", phone="03-1234-5678")
    page, phone = window.page, window.page.viewport_size == PHONE
    window.go(company.get_absolute_url())
    page.evaluate(STAY_HERE)  # a desk has no telephone to go to

    page.locator('a[href^="tel:"]').locator("visible=true").first.click()
    for hidden in (True, False):
        page.evaluate(GO_AWAY, hidden)

    asked = page.get_by_role("dialog").get_by_role("button", name="つながった")
    if not phone:
        expect(asked).to_have_count(0)
        return
    asked.click()
    expect(page.get_by_text("株式会社でんわへの電話を記録しました。")).to_be_visible()
    with inside(alpha):
        assert Follow.objects.get(company=company).outcome == "connected"
