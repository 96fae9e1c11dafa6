"""The minutes of a form are those in which hands were in it: not the reading before, not the phone call between."""

from playwright.sync_api import Page, expect

from apps.inbox.models import FormUse
from apps.tenancy.context import inside
from tests import factories
from tests.browser import Window

TYPED = "刷版の待ち時間を減らしたいとのこと"


def sent_time(request) -> float:
    """What the browser says, in seconds."""
    for line in request.post_data.replace("&", "\n").splitlines():
        if line.startswith("in_use="):
            return int(line.removeprefix("in_use=").split(".")[0]) / 1000
    raise AssertionError("the form sent no time along")


def write(page: Page, text: str) -> None:
    page.locator("textarea[name=body]").press_sequentially(text, delay=150)


def test_what_was_typed_counts_and_what_was_waited_does_not(window: Window, alpha):
    page = window.page
    page.clock.install()
    window.go("/companies/add/")
    page.get_by_label("会社名").fill(f"株式会社入力{page.viewport_size['width']}")
    page.get_by_role("button", name="加える").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("入力")

    page.get_by_role("link", name="フォローを記録").click()
    page.wait_for_timeout(3_000)  # reading, before the hands are in it
    for label in ("電話", "つながった"):
        page.get_by_role("radio", name=label, exact=True).check(force=True)
    write(page, TYPED)  # 17 signs, 2.5 s
    page.clock.fast_forward(120_000)
    page.wait_for_timeout(4_000)  # another call; the server's clock went on too
    write(page, "。")
    with page.expect_request(
        lambda request: "/follows/record/" in request.url and request.method == "POST"
    ) as sent:
        page.get_by_role("button", name="記録する").click()

    said = sent_time(sent.value)
    assert 2.5 <= said <= 6
    page.wait_for_url(lambda url: "/record/" not in url)
    window.go("/settings/me/input-time/")
    expect(page.locator("main")).to_contain_text("今日")
    with inside(alpha):
        use = FormUse.objects.filter(form="activities:record-follow").latest("pk")
    assert use.milliseconds == round(said * 1000)
    assert use.offline is False


def test_a_form_that_htmx_brought_in_and_sends_is_measured_too(window: Window, alpha):
    with inside(alpha):
        company = factories.make_company(f"株式会社追記{window.page.viewport_size['width']}")
    page = window.page
    window.go(company.get_absolute_url())
    for number, text in enumerate(("一つめの連絡です", "二つめの連絡です"), start=1):
        page.locator("#beside textarea[name=text]").press_sequentially(text, delay=100)
        page.locator("#beside").get_by_role("button", name="コメントする").click()
        expect(page.locator("#beside")).to_contain_text(text)
        with inside(alpha):
            uses = FormUse.objects.filter(form="conversations:write", subject_id=company.pk).order_by("pk")
            times = [use.milliseconds / 1000 for use in uses]
        assert len(times) == number
        assert 0.7 <= times[-1] <= 6, times
