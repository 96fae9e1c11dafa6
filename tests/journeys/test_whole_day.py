"""A field rep's whole day on a phone, on real pages: every tap, key and decision is counted, and what they cost in seconds.

How it is counted stands in hands.py. The day: twenty follows as they come (eight calls of which five reach nobody, four
rows of Today, six lines, two whole forms), three visits reported with three expected issues each, three visits
prepared for the next working day, the daily report with a sentence. docs/day.md repeats the table and what it says.
"""

import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.accounts.vocabulary import Role
from apps.actions import queries
from apps.activities import operations
from apps.activities.models import DailyReport, Follow, PreVisitReport
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories
from tests.browser import PHONE
from tests.journeys.hands import Hands
from tests.journeys.test_called import GO_AWAY, STAY_HERE

REP = "whole-day@test.example"
MOST = {"log a call: back from the phone": 4, "log a call: one line": 4, "report on a visit, 3 issues": 9}
MOST_FOR_THE_DAILY, MOST_SECONDS = 2, 600
ISSUES = ("費用対効果", "切り替えの時期", "社内の承認")
LINES = (
    "若竹フーズ/わかたけふーず 佐藤さん/さとうさん 電話/でんわ 10分/10ぷん 見積に/みつもりに 前向き/まえむき 次は/つぎは 再来週/さらいしゅう",
    "北浜精機/きたはませいき 電話/でんわ つながった 予算は/よさんは 来期/らいき",
    "若松金属/わかまつきんぞく メール/めーる 資料を/しりょうを 送った/おくった",
    "白樺電機/しらかばでんき 電話/でんわ 5分/5ふん 稟議中/りんぎちゅう",
    "霧島商事/きりしましょうじ 電話/でんわ 不在/ふざい",
    "多摩川化成/たまがわかせい メール/めーる 返事が/へんじが 来た/きた",
)


@pytest.fixture
def day(base, alpha):
    """The rep as the day begins: what is due, who is to be called, where to go today and next."""
    with inside(alpha):
        rep = factories.make_user(Role.FIELD_SALES, name="石田 歩", email=REP)
        now = timezone.now()
        today, next_on = timezone.localdate(now), queries.next_day_of(rep, at=now)
        for number in range(10):
            company = factories.make_company(f"次の一手{number}商会", phone=f"03-1111-11{number:02}")
            deal = factories.make_deal(
                rep, company=company, next_action="様子を伺う", next_action_on=today, amount=900_000 - number
            )
            factories.make_follow(rep, company=company, deal=deal, happened_at=now - timedelta(days=3))
        for line in LINES:
            name = line.partition("/")[0]
            company = factories.make_company(name)
            factories.make_follow(rep, company=company, happened_at=now - timedelta(days=4))
            if name == "若竹フーズ":
                factories.make_contact(company, name="佐藤 健一")
        leads = factories.make_list(rep, "展示会")
        for number in range(4):
            company = factories.make_company(f"名刺{number}商店", phone=f"03-2222-22{number:02}")
            factories.make_entry(leads, company, on=today - timedelta(days=9))
        visited = [_visit(rep, f"訪問先{n}", at=now - timedelta(minutes=3 - n), now=now) for n in range(3)]
        for visit in visited:
            operations.prepare_visit(visit, goal="—", issues=ISSUES, by=rep, at=now)
        morning = timezone.localtime(now).replace(hour=9, minute=30) + (next_on - today)
        ahead = [
            _visit(rep, f"次の訪問先{n}", at=morning + timedelta(hours=2 * n), now=now) for n in range(3)
        ]
    return visited, ahead


def _visit(rep: User, name: str, *, at, now):
    """To a company where two issues of an earlier visit are still open, about a deal with something to come."""
    company = factories.make_company(name)
    deal = factories.make_deal(
        rep, company=company, plan="基本プラン", amount=500_000,
        next_action="提案を説明する", next_action_on=at.date() + timedelta(days=20),
    )  # fmt: skip
    earlier = factories.make_visit(rep, company=company, deal=deal, starts_at=now - timedelta(days=8))
    operations.prepare_visit(
        earlier, goal="初めての訪問", issues=["導入の手間", "競合との違い"], by=rep, at=now
    )
    operations.report_visit(earlier, progress="forward", result="話を聞けた", by=rep, at=now)
    return factories.make_visit(rep, company=company, deal=deal, starts_at=at)


@pytest.fixture
def window(browser, base, day):
    window = browsers.opened(browser, base, PHONE)
    window.log_in(REP, factories.PASSWORD)
    yield window
    window.context.close()
    assert window.faults == []


def test_a_whole_day_takes_less_than_ten_minutes(window, alpha, day, capsys):
    hands, (visited, ahead), began = Hands(window.page), day, timezone.now() - timedelta(minutes=1)
    window.go("/today/")

    for came in ("不在、", "つながった", "不在、", "つながった", "不在、"):
        call_back(hands, ".fcard", came, next_step=came == "つながった")
    for came in ("不在", "つながった", "不在"):
        call_back(hands, ".slips", came)
    for came, note in (
        ("メールを送った", ""),
        ("メールを送った", ""),
        ("電話がつながった", "資料は/しりょうは 明日/あす"),
        ("不在、", ""),
    ):
        by_the_row(hands, came, note)
    for line in LINES:
        by_the_line(hands, line)
    for _ in range(2):
        by_the_form(hands)
    for number, visit in enumerate(visited):
        report(hands, visit, learns=number == 0, differs=number == 1)
    for visit in ahead:
        prepare(hands, visit)
    send_the_daily(hands)

    with capsys.disabled():
        sys.stdout.write(hands.table("A field rep's day on a phone"))
    assert {
        name: hands.acts[name].most_taps for name in MOST if hands.acts[name].most_taps > MOST[name]
    } == {}
    assert hands.acts["daily report"].most_taps <= MOST_FOR_THE_DAILY
    assert hands.seconds < MOST_SECONDS
    with inside(alpha):
        rep = User.objects.get(email=REP)
        made = Follow.objects.kept().filter(owner=rep, happened_at__gte=began)  # midnight may pass meanwhile
        assert made.count() == 20
        assert made.filter(outcome="absent").count() == 7
        assert PreVisitReport.objects.filter(visit__in=ahead).count() == 3
        for visit in (*visited, *ahead):
            visit.refresh_from_db()
        assert [visit.status for visit in (*visited, *ahead)] == ["done"] * 3 + ["planned"] * 3
        assert all(visit.issues.exclude(turnout="").count() == 3 for visit in visited)
        assert DailyReport.objects.get(user=rep).reflection == "承認の 段取りを 早めに 聞く"


def call_back(hands: Hands, row: str, came: str, *, next_step: bool = False) -> None:
    """The number on the row, the call itself, and what came of it."""
    page = hands.page
    page.evaluate(STAY_HERE)
    with hands.doing("log a call: back from the phone"):
        hands.tap(page.locator(f'{row} a[href^="tel:"]'))
        for hidden in (True, False):
            page.evaluate(GO_AWAY, hidden)
        sheet = page.get_by_role("dialog")
        if next_step:
            hands.tap(sheet.get_by_role("button", name="見積"))
            hands.tap(sheet.get_by_role("button", name="明日", exact=True))
        hands.tap(sheet.get_by_role("button", name=came))
    hands.told("電話を記録しました。")


def by_the_row(hands: Hands, came: str, note: str) -> None:
    page = hands.page
    with hands.doing("a row of Today"):
        hands.tap(page.locator(".fcard").get_by_role("link", name="記録する"))
        sheet = page.get_by_role("dialog")
        if note:
            hands.tap(sheet.get_by_label("ひとこと"), in_view=True)
            hands.write(note)
        if not came.startswith("不在"):
            hands.tap(sheet.get_by_role("button", name="再訪"))
        hands.tap(sheet.get_by_role("button", name=came))
    hands.told("を記録しました。")


def by_the_line(hands: Hands, line: str) -> None:
    page = hands.page
    with hands.doing("log a call: one line"):
        hands.tap(page.get_by_role("link", name="記録", exact=True))
        expect(page.locator("#capture-line")).to_be_focused()
        words = hands.write(line)
        expect(page.locator(".cap.sure").filter(has_text=words.phrases[0][0])).to_be_visible()
        hands.tap(page.get_by_role("button", name="記録する"))
    hands.told("のフォローを記録しました。")


def by_the_form(hands: Hands) -> None:
    """A chat that is told at length, with whom and how long, by the whole form of the row."""
    page = hands.page
    with hands.doing("the whole form"):
        hands.tap(page.locator(".fcard").get_by_role("link", name="記録する"))
        hands.tap(page.get_by_role("dialog").get_by_role("link", name="くわしく記録"))
        page.wait_for_url("**/follows/record/**")
        hands.tap(page.locator("label", has_text="チャット"))
        hands.tap(page.locator("label", has_text="返事があった"))
        hands.tap(page.locator("[name=body]"), in_view=True)
        hands.write("競合の/きょうごうの 提案と/ていあんと 比べて/くらべて いる")
        hands.tap(page.get_by_role("button", name="記録する"))
        hands.told("フォローを記録しました。")
        hands.tap(page.get_by_role("link", name="今日", exact=True))
    page.wait_for_url("**/today/")


def report(hands: Hands, visit, *, learns: bool, differs: bool) -> None:
    page = hands.page
    with hands.doing("report on a visit, 3 issues"):
        hands.tap(page.locator(f'a[href$="{visit.pk}/report/"]'))
        page.wait_for_url("**/report/")
        for number, issue in enumerate(ISSUES):
            turnout = "違った" if differs and not number else "想定通り"
            hands.tap(page.get_by_role("group", name=issue).locator("label", has_text=turnout))
        hands.tap(page.locator("label", has_text="前に進んだ"))
        hands.tap(page.get_by_role("button", name="見積"))
        hands.tap(page.get_by_role("button", name="明日", exact=True))
    if differs:
        with hands.doing("how an issue differed, in words"):
            hands.tap(page.get_by_label("どう違いましたか"), in_view=True)
            hands.write("時期より/じきより 手間/てま")
    if learns:
        with hands.doing("a month that became known"):
            hands.tap(page.get_by_role("button", name="時期"))
            hands.tap(page.locator("#choose-expected_month").get_by_role("button"))
    with hands.doing("report on a visit, 3 issues", goes_on=True):
        hands.tap(page.get_by_role("button", name="報告する"))
    page.wait_for_url("**/today/**")


def prepare(hands: Hands, visit) -> None:
    """Situation and goal as they were drafted; the issues by their chips."""
    page = hands.page
    with hands.doing("prepare a visit, 3 issues"):
        hands.tap(page.locator(f'a[href*="{visit.pk}/prepare/"]'))
        page.wait_for_url("**/prepare/**")
        for issue in (*ISSUES[:1], "導入の手間", "競合との違い"):
            hands.tap(page.get_by_role("group", name="課題を加える").get_by_role("button", name=issue))
        hands.tap(page.get_by_role("button", name="保存する"))
    hands.told("外出前報告を保存しました。")


def send_the_daily(hands: Hands) -> None:
    page = hands.page
    with hands.doing("daily report"):
        hands.tap(page.get_by_role("main").get_by_role("link", name="日報を送る"))
        page.wait_for_url("**/daily/")
    with hands.doing("a sentence in it"):
        hands.tap(page.locator("[name=reflection]"), in_view=True)
        hands.write("承認の/しょうにんの 段取りを/だんどりを 早めに/はやめに 聞く/きく")
    with hands.doing("daily report", goes_on=True):
        hands.tap(page.get_by_role("button", name="日報を送る"))
    hands.told("日報を送りました。")
