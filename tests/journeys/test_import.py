"""A file on its way in: chosen, its columns, a trial, the rows that need a word, and away again."""

import csv
import io

import pytest
from playwright.sync_api import expect

from apps.accounts.vocabulary import Role
from apps.customers.models import Company
from apps.integrations.imports import working
from apps.integrations.models import Import
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories

TAKEN_BACK = ("console: htmx:afterRequest", "console: htmx:sendAbort")
ADMIN = "imports@test.example"
ROWS = [
    ["会社名", "電話", "業種"],
    ["取込青葉フーズ株式会社", "03-1111-2222", ""],
    ["取込北浜物流株式会社", "06-1111-2222", "3PL"],
    ["取込東雲ロジ株式会社", "03-2222-3333", "3PL"],
]


@pytest.fixture
def window(browser, base, alpha):
    with inside(alpha):
        factories.make_user(Role.ADMIN, name="岡田 誠", email=ADMIN)
    window = browsers.opened(browser, base, browsers.DESKTOP)
    window.log_in(ADMIN, factories.PASSWORD)
    yield window
    window.context.close()
    # A choice takes back what was asked for the one before it, which htmx calls an error.
    assert [fault for fault in window.faults if not fault.startswith(TAKEN_BACK)] == []


def at_work(alpha) -> None:
    """What the worker does with what the page handed over."""
    with inside(alpha):
        import_ = Import.objects.get(by__email=ADMIN)
        while working.work(str(import_.pk)):
            pass


def names(alpha) -> list[str]:
    with inside(alpha):
        return sorted(Company.objects.filter(name__startswith="取込").values_list("name", flat=True))


def test_a_file_comes_in_is_mended_and_taken_away_again(window, alpha):
    page = window.page
    text = io.StringIO()
    csv.writer(text).writerows(ROWS)
    file = {"name": "顧客.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode("cp932")}

    window.go("/settings/import/")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", name="ファイルを読んでいます")).to_be_visible()
    at_work(alpha)
    expect(page.locator("main")).to_contain_text("3行・Shift_JIS(CP932)")
    page.get_by_role("button", name="次へ").click()

    expect(page.locator("#column-1")).to_have_value("name")
    expect(page.locator("#column-2")).to_have_value("phone")
    page.locator("#column-2").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#column-3")).to_be_focused()
    for _choice in page.locator("#column-3 option").all():
        if page.locator("#column-3").input_value() == "industry":
            break
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="確認へ", exact=True).click()
    at_work(alpha)
    expect(page.get_by_role("heading", name="こうなります")).to_be_visible()
    assert names(alpha) == []

    page.get_by_role("button", name="3行を取り込む").click()
    expect(page.get_by_role("heading", name="取り込んでいます")).to_be_visible()
    at_work(alpha)
    expect(page.get_by_role("heading", name="取り込みました")).to_be_visible()
    assert names(alpha) == [ROWS[1][0]]

    page.get_by_label("3行目の直し方").select_option(index=1)
    page.get_by_role("button", name="2行まとめて直す").click()
    page.get_by_role("button", name="直した2行を取り込む").click()
    at_work(alpha)
    expect(page.locator("main")).to_contain_text("すべての行が片付きました")
    assert names(alpha) == sorted(row[0] for row in ROWS[1:])

    page.get_by_role("link", name="すべて取り消す").click()
    expect(page.locator("dl").get_by_text("消える記録").locator("..")).to_contain_text("3")
    page.get_by_role("button", name="取り消す", exact=True).click()
    at_work(alpha)
    expect(page.get_by_role("heading", name="取り消しました")).to_be_visible()
    assert names(alpha) == []
