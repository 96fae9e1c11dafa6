from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.accounts import operations, queries
from apps.accounts.models import SYSTEM
from apps.integrations.models import Import
from apps.integrations.vocabulary import State
from apps.mail import operations as mail
from apps.mail.models import Message
from tests import factories

SETTINGS = "/settings/"


def rows(response):
    return {row.name: row.value for _section, rows in response.context["sections"] for row in rows}


def test_an_admin_sees_every_setting_with_its_present_value(logged_in, admin, team):
    operations.deactivate_user(factories.make_user(), by=SYSTEM, at=timezone.now())
    factories.make_team("下の班", parent=team)

    assert rows(logged_in(admin).get(SETTINGS)) == {
        "氏名": admin.name,
        "言語と明るさ": "会社の言語",
        "パスワード": "変える",
        "2段階認証": "使っていません",
        "ログイン中の端末": "0台",
        "通知": "すべて",
        "入力の時間": "今日はまだありません",
        "予定の配信": "配信していません",
        "利用者": "1名・停止中 1名",
        "チーム": "営業一課",
        "会計年度": "4月はじまり",
        "営業カレンダー": "月〜金 9:00〜18:00・祝日は休み",
        "流入元": "7種類",
        "施策": "実施中のものはありません",
        "プランと価格": "まだありません",
        "ボツの理由": "10個",
        "想定課題の種類": "7個",
        "重複の整理": "名前・電話・ウェブサイトが同じ会社",
        "取り込み": "CSV・XLSX",
        "送ったメール": "すべて送りました",
        "APIトークン": "まだありません",
        "2段階認証の決まり": "本人が決める",
    }


def test_a_rep_sees_what_is_theirs(logged_in, rep):
    shown = rows(logged_in(rep).get(SETTINGS))

    assert list(shown) == [
        "氏名",
        "言語と明るさ",
        "パスワード",
        "2段階認証",
        "ログイン中の端末",
        "通知",
        "入力の時間",
        "予定の配信",
        "営業カレンダー",
        "APIトークン",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("やすみ", []),
        ("休み", ["営業カレンダー"]),
        ("スマホ", ["ログイン中の端末"]),
        ("ﾛｸﾞｲﾝ 方法", ["2段階認証の決まり"]),
        ("商品", ["プランと価格"]),
        ("自分 パスワード", ["パスワード"]),
    ],
)
def test_a_setting_is_found_by_what_one_may_call_it(logged_in, admin, words, found):
    assert list(rows(logged_in(admin).get(SETTINGS, {"q": words}))) == found


def test_a_word_finds_no_setting_that_one_may_not_see(logged_in, rep):
    response = logged_in(rep).get(SETTINGS, {"q": "商品"})

    assert rows(response) == {}
    assert "見つかりませんでした" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(logged_in, admin, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_user(team=factories.make_team())
    browser = logged_in(admin)

    with django_assert_num_queries(24):  # the tenant 3, session, user, one per row and the own holidays
        browser.get(SETTINGS)


def test_the_fiscal_year_begins_when_the_admin_says(logged_in, admin):
    logged_in(admin).post("/settings/fiscal-year/", {"month": "7"})

    assert queries.organisation().fiscal_year_starts == 7


@pytest.mark.parametrize("month", ["0", "13", "七", ""])
def test_a_month_that_is_none_is_refused(logged_in, admin, month):
    response = logged_in(admin).post("/settings/fiscal-year/", {"month": month})

    assert list(response.context["form"].errors) == ["month"]


def test_only_an_admin_moves_the_fiscal_year(logged_in, manager):
    response = logged_in(manager).post("/settings/fiscal-year/", {"month": "7"})

    assert (response.status_code, queries.organisation().fiscal_year_starts) == (403, 4)


def tags(response):
    return {row.name: row.tag for _section, rows in response.context["sections"] for row in rows if row.tag}


def test_who_has_not_followed_the_invitation_yet_is_counted(logged_in, admin):
    operations.add_user(
        name="新人",
        email="new@test.example",
        roles=(),
        team=None,
        password=None,
        by=SYSTEM,
        at=timezone.now(),
    )

    assert rows(logged_in(admin).get(SETTINGS))["利用者"] == "2名・招待中 1名"


def test_what_waits_for_somebody_says_so_in_its_row(logged_in, admin):
    mail.post(key="one", to="a@test.example", subject="件名", text="本文")
    Message.objects.update(last_error="451")
    imported = factories.make_import(admin, rows=[["会社名"], ["青葉"]])
    Import.objects.filter(pk=imported.pk).update(state=State.CHECKED)

    response = logged_in(admin).get(SETTINGS)

    assert tags(response) == {"送ったメール": "送り直します", "取り込み": "確認待ち"}
    assert rows(response)["送ったメール"] == "送信待ち 1通"


def test_the_last_import_is_told_with_its_day(logged_in, admin):
    imported = factories.make_import(admin, rows=[["会社名"], ["青葉"]])
    ended = datetime(2026, 10, 2, 3, tzinfo=UTC)
    Import.objects.filter(pk=imported.pk).update(state=State.DONE, ended_at=ended)

    response = logged_in(admin).get(SETTINGS)

    assert (rows(response)["取り込み"], tags(response)) == ("前回 2026/10/2", {})
