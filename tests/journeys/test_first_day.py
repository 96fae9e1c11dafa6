"""A rep's thread: a new company, a call, a visit with its reports, a deal, and what the table says of it."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import PHONE, Window

SCREENS = ["/deals/", "/companies/", "/follows/", "/visits/", "/goals/", "/table/", "/trash/", "/settings/"]


def choose(page: Page, label: str) -> None:
    """Tap the chip; its native input lies over it."""
    page.get_by_role("radio", name=label, exact=True).check(force=True)


def test_from_the_first_call_to_the_table(window: Window):
    page, name = window.page, f"日の出印刷 {window.page.viewport_size['width']}"

    window.go("/companies/add/")
    page.get_by_label("会社名").fill(f"株式会社{name}")
    page.get_by_label("よみ").fill("ひのでいんさつ")
    page.get_by_role("button", name="加える").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    company = page.url

    page.get_by_role("link", name="フォローを記録").click()
    choose(page, "電話")
    choose(page, "つながった")
    page.get_by_label("聞いたこと・伝えたこと").fill("刷版の待ち時間を減らしたいとのこと")
    page.get_by_role("button", name="記録する").click()
    page.wait_for_url(lambda url: "/record/" not in url)
    page.goto(company)
    expect(page.locator("#timeline")).to_contain_text("刷版の待ち時間を減らしたいとのこと")

    page.locator("main .acts").get_by_role("link", name="案件").click()
    page.locator("[name=plan]").fill("基本プラン")
    page.locator("[name=amount]").fill("60万")
    page.get_by_role("button", name="記録する").click()
    expect(page.locator("main")).to_contain_text("話題")
    deal = page.url

    page.goto(company)
    page.get_by_role("link", name="訪問を予定").click()
    started = timezone.localtime() - timedelta(minutes=5)
    page.locator("[name=starts_at]").fill(f"{started:%Y-%m-%dT%H:%M}")
    page.locator("[name=deal]").select_option(index=1)
    page.get_by_role("button", name="予定する").click()

    page.get_by_role("link", name="外出後報告").locator("visible=true").first.click()
    choose(page, "前に進んだ")
    page.locator("[name=result]").fill("来月の刷新に間に合わせたいとのこと")
    page.get_by_role("button", name="時期").click()
    page.locator("[data-axis=timing]").fill(f"{started:%Y-%m}")
    page.get_by_role("button", name="報告する").click()
    page.wait_for_url(lambda url: "/report/" not in url)
    page.goto(deal)
    expect(page.locator("main")).to_contain_text("商談")
    expect(page.locator("main")).to_contain_text("来月の刷新に間に合わせたいとのこと")

    window.go("/table/")
    expect(page.locator("tr[data-row=likely_names] td.now")).to_contain_text(name)
    expect(page.locator("tr[data-row=visit_count] td.now")).not_to_have_text("0")
    expect(page.locator("tr[data-row=follow_count] td.now")).not_to_have_text("0")
    page.locator("tr[data-row=likely_count] td.now a").click()
    expect(page.locator("#records")).to_contain_text(name)


def test_every_screen_fits_and_is_quiet(window: Window):
    for screen in SCREENS:
        window.go(screen)
        expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        assert window.fits(), screen


def test_a_company_is_found_by_kana_and_without_its_legal_form(window: Window):
    window.go("/companies/add/")
    window.page.get_by_label("会社名").fill("有限会社みずほ運輸")
    window.page.get_by_label("よみ").fill("みずほうんゆ")
    window.page.get_by_role("button", name="加える").click()
    window.page.wait_for_load_state()

    for words in ("ﾐｽﾞﾎ", "みずほ運輸", "㈲みずほ"):
        window.go(f"/companies/?q={words}")
        expect(window.page.locator("main")).to_contain_text("みずほ運輸")


def test_the_phone_has_tabs_and_the_desk_a_rail(window: Window):
    window.go("/table/")

    on_phone = window.page.viewport_size == PHONE
    assert window.page.locator(".tabbar").is_visible() == on_phone
    assert window.page.locator(".rail").is_visible() != on_phone


def test_two_clicks_make_one_company(window: Window):
    name = f"二度押し商会 {window.page.viewport_size['width']}"
    window.go("/companies/add/")
    window.page.get_by_label("会社名").fill(name)
    window.page.get_by_role("button", name="加える").dblclick()
    window.page.wait_for_url(lambda url: "/add/" not in url)

    window.go(f"/companies/?q={name}")
    assert window.page.get_by_role("link", name=name, exact=True).count() == 1
