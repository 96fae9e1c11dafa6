"""What waits in the browser: daily report, visit's report and line; against another version, for its writer alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.actions.models import UnseenLine
from apps.activities import operations
from apps.activities.models import DailyReport, Follow, PostVisitReport
from apps.deals.models import Deal
from apps.tenancy.context import inside
from tests import factories
from tests.browser import Window
from tests.journeys.conftest import OTHER, REP
from tests.journeys.offline import findings, killed, open_again, remains, until

LINE = "#capture-line"
STORED = """async () => {
    const rows = {};
    for (const { name } of await indexedDB.databases()) {
        if (!name.startsWith("baton-")) continue;
        const database = await new Promise((done) => { indexedDB.open(name).onsuccess = ({ target }) => done(target.result); });
        for (const store of ["drafts", "queue"]) {
            rows[`${name} ${store}`] = await new Promise((done) => {
                database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => done(JSON.stringify(target.result));
            });
        }
        database.close();
    }
    return rows;
}"""
EVERYTHING = """async () => {
    const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const asked of await cache.keys()) found.push(asked.url, await (await cache.match(asked)).text());
    }
    return found.join("\\n");
}"""


@pytest.fixture
def window(kept_window: Window) -> Window:
    return kept_window


@pytest.fixture
def wide(window: Window) -> int:
    """Tells the runs at desk and phone apart."""
    return window.page.viewport_size["width"]


@pytest.fixture
def day(alpha, wide):
    """A day of the rep that nobody else's journey reports on."""
    on = timezone.localdate() - timedelta(days=60 + (wide < 1000))
    yield on
    with inside(alpha):
        DailyReport.objects.filter(day=on).delete()


def daily(on) -> str:
    return f"{reverse('activities:daily')}?on={on}"


def send_daily_away(window: Window, network, on, words: str) -> None:
    page = window.page
    window.go(daily(on))
    page.locator("[name=reflection]").fill(words)
    network.cut()
    page.get_by_role("button", name="日報を送る").click()
    expect(page.get_by_text("つながったら自動で送ります。")).to_be_visible()


def test_a_daily_report_waits_and_is_sent_once(window: Window, network, alpha, day):
    send_daily_away(window, network, day, "外で書いた振り返り")
    killed(window)
    network.mend()
    open_again(window, "/follows/")

    expect(window.page.locator(".toast")).to_contain_text("日報を送りました。")
    with inside(alpha):
        report = DailyReport.objects.get(day=day)
        assert (report.reflection, report.version) == ("外で書いた振り返り", 1)
    window.faults.clear()  # the browser tells of requests without network


def test_a_daily_report_that_was_sent_elsewhere_meanwhile_shows_both(window: Window, network, alpha, day):
    send_daily_away(window, network, day, "外で書いた")
    with inside(alpha):
        rep = User.objects.get(email=REP)
        operations.send_daily(day=day, reflection="机で書いた", by=rep, at=timezone.now())
    network.mend()
    window.go("/follows/")
    page = window.page
    page.get_by_role("button", name="見比べる").click()

    both = page.get_by_role("group", name="振り返り どちらを残しますか")
    expect(both.get_by_text("机で書いた")).to_be_visible()
    expect(both.get_by_text("外で書いた")).to_be_visible()
    assert findings(page) == []
    both.get_by_role("radio", name="両方").check()
    page.get_by_role("button", name="日報を送る").click()
    page.wait_for_url("**/daily/*-*/")
    with inside(alpha):
        assert DailyReport.objects.get(day=day).reflection == "机で書いた\n外で書いた"
    window.go("/follows/")
    expect(page.get_by_role("button", name="見比べる")).to_have_count(0)
    window.faults.clear()


def test_a_visits_report_that_was_written_elsewhere_meanwhile_shows_both(window: Window, network, alpha):
    with inside(alpha):
        rep, now = User.objects.get(email=REP), timezone.now()
        visit = factories.make_visit(rep, starts_at=now - timedelta(hours=2))
    page, address = window.page, reverse("activities:report", args=[visit.pk])
    window.go(address)
    page.get_by_role("radio", name="前に進んだ").check(force=True)
    page.locator("[name=result]").fill("外で書いた結果")
    network.cut()
    page.get_by_role("button", name="報告する").click()
    expect(page.get_by_text("つながったら自動で送ります。")).to_be_visible()
    with inside(alpha):
        operations.report_visit(visit, progress="forward", result="机で書いた結果", by=rep, at=timezone.now())
    network.mend()
    window.go("/follows/")
    page.get_by_role("button", name="見比べる").click()

    both = page.get_by_role("group", name="ひとこと どちらを残しますか")
    expect(both.get_by_text("机で書いた結果")).to_be_visible()
    assert findings(page) == []
    both.get_by_role("radio", name="あなたの内容").check()
    page.get_by_role("button", name="報告する").click()
    page.wait_for_url(f"**{visit.get_absolute_url()}")
    with inside(alpha):
        report = PostVisitReport.objects.get(visit=visit)
        assert (report.result, report.version) == ("外で書いた結果", 2)
    window.faults.clear()


def test_a_line_sent_without_network_waits_for_a_look(window: Window, network, alpha, wide):
    text = f"株式会社知らない{wide} 電話 5分 不在"
    page = window.page
    window.go("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(1_500)
    network.cut()
    window.go("/capture/")
    page.locator(LINE).press_sequentially(text)
    expect(page.get_by_text("つながったときに読み取りを確かめられます。")).to_be_visible()
    assert findings(page) == []
    page.locator(LINE).press("Enter")
    expect(page.locator(LINE)).to_have_value("")
    expect(page.get_by_text("送信待ち")).to_be_visible()
    killed(window)
    network.mend()
    open_again(window, "/today/")
    page = window.page

    expect(page.locator(".toast")).to_contain_text("確かめて記録してください。")
    window.go("/today/")
    card = page.get_by_role("region", name="確かめる行")
    expect(card.get_by_text(text)).to_be_visible()
    assert findings(page) == []
    with inside(alpha):
        assert Follow.objects.filter(body=text).count() == 0
        waiting = UnseenLine.objects.get(line=text)
    card.get_by_role("listitem").filter(has_text=text).get_by_role("link", name="確かめる").click()
    expect(page.locator(LINE)).to_have_value(text)
    expect(page.get_by_text("顧客を選んでください。")).to_be_visible()
    window.go("/today/")
    card.get_by_role("listitem").filter(has_text=text).get_by_role("button", name="捨てる").click()
    expect(page.get_by_text("行を捨てました。")).to_be_visible()
    with inside(alpha):
        assert UnseenLine.objects.get(pk=waiting.pk).done_at
    window.faults.clear()


def test_a_line_that_was_only_partly_kept_comes_back_as_what_is_left(window: Window, network, alpha, wide):
    with inside(alpha):
        name = f"株式会社残り{wide}"
        factories.make_company(name)
    kept, left = f"{name} 電話 不在", f"誰か{wide}さん 電話 5分"
    page = window.page
    window.go("/capture/")
    page.locator(LINE).fill(f"{kept}\n{left}")
    expect(page.get_by_text("1件を記録できます。")).to_be_visible()
    page.wait_for_timeout(1_200)  # the draft of both is on the server
    page.locator(LINE).press("Enter")
    expect(page.locator(LINE)).to_have_value(left)
    page.wait_for_timeout(2_000)  # as long as may be lost
    killed(window)
    open_again(window, "/capture/")

    expect(window.page.locator(LINE)).to_have_value(left)
    window.page.get_by_role("button", name="捨てる").click()
    expect(window.page.locator(LINE)).to_have_value("")
    until(1, lambda: follows(alpha, kept))
    window.page.wait_for_timeout(500)


def follows(alpha, text: str) -> int:
    with inside(alpha):
        return Follow.objects.filter(body=text).count()


def test_what_was_corrected_in_a_line_comes_back_with_it(window: Window, network, alpha, wide):
    with inside(alpha):
        name = "株式会社直す甲" if wide > 1000 else "株式会社直す乙"
        factories.make_company(name)
    page, text = window.page, f"{name} 電話 10分 前向き"
    window.go("/capture/")
    page.wait_for_timeout(800)  # for what another journey left there
    page.locator(LINE).fill(text)
    page.locator("summary", has_text="時間10分").click()
    page.locator("[name=minutes]").fill("25")
    page.locator("[name=minutes]").press("Tab")
    expect(page.locator("summary", has_text="時間25分")).to_be_visible()
    page.wait_for_timeout(600)
    killed(window)
    open_again(window, "/capture/")

    expect(window.page.locator(LINE)).to_have_value(text)
    expect(window.page.locator("summary", has_text="時間25分")).to_be_visible()
    window.page.get_by_role("button", name="記録する").click()
    window.page.wait_for_url("**/today/**")
    with inside(alpha):
        assert Follow.objects.get(body=text).talk_seconds == 1500


def test_what_waits_goes_out_with_every_tab_closed(window: Window, network, alpha, day):
    """Background Sync, where the browser has it; asked for here as the browser does when the network is back."""
    page = window.page
    window.go("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    send_daily_away(window, network, day, "タブを閉じたあとに")
    empty = window.context.new_page()
    tools = window.context.new_cdp_session(empty)
    registrations: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    empty.wait_for_timeout(500)
    page.close()
    network.mend()
    for registration in set(registrations):
        asked = {"origin": window.base, "registrationId": registration, "tag": "baton-queue"}
        tools.send("ServiceWorker.dispatchSyncEvent", asked | {"lastChance": False})

    with inside(alpha):
        until(1, lambda: DailyReport.objects.filter(day=day, reflection="タブを閉じたあとに").count())
    window.page = empty
    window.go("/follows/")
    empty.wait_for_timeout(1_000)
    assert all(rows == "[]" for name, rows in empty.evaluate(STORED).items() if name.endswith("queue"))
    with inside(alpha):
        assert DailyReport.objects.get(day=day).version == 1
    window.faults.clear()


def log_out(page: Page) -> None:
    page.evaluate("document.querySelector('[data-log-out]').requestSubmit()")


def test_logging_out_sends_what_waits_first(window: Window, network, alpha, day):
    send_daily_away(window, network, day, "ログアウトの前に")
    network.mend()
    window.go("/follows/")
    log_out(window.page)
    window.page.wait_for_url("**/login/**")

    assert remains(window.page) == []
    with inside(alpha):
        assert DailyReport.objects.get(day=day).reflection == "ログアウトの前に"
    window.faults.clear()


def test_another_person_sees_nothing_of_it_and_their_log_out_does_not_throw_it_away(
    window: Window, network, alpha, day
):
    """An ended session is no log-out: the words wait for their writer, and nothing else of theirs remains."""
    page, words = window.page, "席を外した人の振り返り"
    window.go("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(1_000)
    send_daily_away(window, network, day, words)
    network.mend()
    window.context.clear_cookies(name="session")
    window.log_in(OTHER, factories.PASSWORD)
    window.go("/today/")
    page.wait_for_timeout(1_500)
    with inside(alpha):
        rep, other = (User.objects.get(email=email) for email in (REP, OTHER))
    stored = page.evaluate(STORED)
    assert [name for name, rows in stored.items() if words in rows] == [f"baton-{rep.pk} queue"]
    everything = page.evaluate(EVERYTHING)
    assert [word for word in (words, rep.name, str(rep.pk)) if word in everything] == []
    assert words not in page.content()

    log_out(page)
    page.wait_for_url("**/login/**")
    assert remains(page) == [f"baton-{rep.pk}"]
    assert not any(str(other.pk) in name for name in page.evaluate(STORED))

    window.log_in(REP, factories.PASSWORD)
    with inside(alpha):
        until(1, lambda: DailyReport.objects.filter(day=day, reflection=words, user=rep).count())
    window.go("/follows/")
    log_out(page)
    page.wait_for_url("**/login/**")
    left = page.evaluate("Object.keys({ ...localStorage, ...sessionStorage })")
    assert (remains(page), set(left) - {"htmx-current-path-for-history"}) == ([], set())
    window.faults.clear()


def test_cached_pages_hold_no_token_and_no_nonce(window: Window, network, alpha):
    page = window.page
    with inside(alpha):
        DailyReport.objects.all().delete()  # a day that was sent leads on to its report
    window.go("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    cached = """async () => {
        const found = {};
        for (const name of (await caches.keys()).filter((name) => name.startsWith("baton-pages:"))) {
            const cache = await caches.open(name);
            for (const asked of await cache.keys()) found[new URL(asked.url).pathname] = await (await cache.match(asked)).text();
        }
        return found;
    }"""
    shell = {"/", "/today/", "/capture/", "/daily/"}
    until(True, lambda: shell <= page.evaluate(cached).keys())
    kept = page.evaluate(cached)
    words = ("csrfmiddlewaretoken", "CSRF", "nonce", "data-in-use-since")
    assert [(path, word) for path, text in kept.items() for word in words if word in text] == []
    network.cut()
    window.go("/today/")
    expect(page.get_by_text("に読み込んだ内容です。")).to_be_visible()
    assert findings(page) == []
    network.mend()
    window.faults.clear()


def test_what_cannot_wait_says_so_and_stays(window: Window, alpha):
    with inside(alpha):
        deal = factories.make_deal(User.objects.get(email=REP))
    page = window.page
    window.go(deal.get_absolute_url())
    page.locator("#id_plan").fill("基本プラン")
    save = page.get_by_role("button", name="わかったことを保存")

    page.context.set_offline(True)
    save.click()
    expect(page.get_by_text("圏外です。つながってから、もう一度押してください。")).to_be_visible()
    expect(page.locator("#id_plan")).to_have_value("基本プラン")

    page.context.set_offline(False)
    save.click()
    until("基本プラン", lambda: planned(alpha, deal))
    window.faults.clear()  # the browser tells of requests without network


def planned(alpha, deal) -> str:
    with inside(alpha):
        return Deal.objects.get(pk=deal.pk).plan
