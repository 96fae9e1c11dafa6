"""By keys alone: the bell says 1, Enter on the line opens the record, and the bell is silent."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.accounts.vocabulary import Role
from apps.deals import operations as deals
from apps.tenancy.context import inside
from tests import factories
from tests.browser import Window
from tests.journeys.conftest import REP


@pytest.fixture
def given(base, alpha):
    """Two deals that a manager gives to the rep."""
    with inside(alpha):
        rep, manager = User.objects.get(email=REP), factories.make_user(Role.ADMIN, name="土井 課長")
        for name in ("先の案件", "後の案件"):
            deal = factories.make_deal(manager, company=factories.make_company(name))
            deals.change_deal(deal, owner=rep, by=manager, at=timezone.now())


def test_a_notification_is_read_by_keys(given, window: Window):
    page = window.page
    window.go("/settings/")
    page.get_by_role("link", name="通知 未読 2件").and_(page.locator(":visible")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("通知")
    page.wait_for_load_state()

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("button:focus")).to_contain_text("先の案件")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("先の案件")
    page.get_by_role("link", name="通知 未読 1件").and_(page.locator(":visible")).click()

    page.get_by_role("button", name="すべて既読にする").click()
    expect(page.get_by_text("1件を既読にしました。")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("未読に戻しました。")).to_be_visible()
    page.get_by_role("button", name="すべて既読にする").click()
    expect(page.get_by_role("link", name="通知", exact=True).and_(page.locator(":visible"))).to_have_count(1)
