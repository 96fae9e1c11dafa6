"""確認が必要な行: the same company, several of a name, rows that are mended together, alone or left out."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.customers.models import Company
from apps.deals.models import Deal
from apps.integrations import operations
from apps.integrations.imports import working
from apps.integrations.models import Import
from apps.integrations.vocabulary import State
from tests import factories
from tests.integrations.imports import HEADER, ROWS, at_work, brought_in, url


@pytest.mark.parametrize(
    ("same", "kept"),
    [
        ("fill", ("03-9999-9999", "展示会")),
        ("update", ("03-1111-2222", "展示会")),
        ("leave", ("03-9999-9999", "")),
    ],
)
def test_a_company_that_is_here_is_filled_updated_or_left(browser, admin, same, kept):
    company = factories.make_company("青葉フーズ㈱", phone="03-9999-9999")

    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]), same=same)
    company.refresh_from_db()

    assert (company.phone, company.note) == kept
    assert (import_.counts["added"], Company.objects.count()) == (1, 2)


def test_a_name_that_several_companies_have_is_asked_and_chosen(browser, admin):
    here = factories.make_company("多摩川化成株式会社", address="川崎市")
    factories.make_company("多摩川化成株式会社", address="厚木市")
    import_ = brought_in(
        browser, factories.make_import(admin, rows=[HEADER, ["多摩川化成株式会社", "", "名刺"]])
    )
    problem = import_.problems.get()
    assert (import_.counts["refused"], problem.reason) == (1, "同じ名前の顧客が2社あります。")
    assert "多摩川化成株式会社 川崎市" in browser.get(import_.get_absolute_url()).text

    browser.post(url("repair-rows", import_), {"problem": problem.pk, "deed": "put", "text": here.pk})
    browser.post(url("run-again", import_))
    at_work(import_)
    here.refresh_from_db()

    assert (here.note, import_.counts, import_.problems.count()) == (
        "名刺", {"changed": 1, "refused": 0, "noticed": 0}, 0,
    )  # fmt: skip


DEALS = [
    ["会社名", "案件名", "担当", "結果"],
    ["青葉フーズ", "在庫", "佐藤", "進行中"],
    ["北浜精機", "受発注", "佐藤", "進行中"],
    ["相模パッケージ", "梱包", "青木 健", "まぼろし"],
]


@pytest.fixture
def refused(browser, admin, rep) -> Import:
    """Two deals of somebody unknown, one with an unknown word."""
    import_ = factories.make_import(admin, name="案件.csv", rows=DEALS)
    columns = {"column-1": "company", "column-2": "name", "column-3": "owner", "column-4": "outcome"}
    operations.choose_columns(
        import_, kind="deals", mapping={"columns": {}, "header": True}, decided=[], same="update", by=admin,
        at=timezone.now(),
    )  # fmt: skip
    import_.refresh_from_db()
    return brought_in(browser, import_, **columns)


def test_rows_of_one_cause_are_mended_together_and_only_they_run_again(browser, refused, rep):
    assert (refused.counts["refused"], Deal.objects.count()) == (3, 0)
    page = browser.get(refused.get_absolute_url())
    assert [(cause.rows, cause.first.field) for cause in page.context["causes"]] == [
        (2, "owner"),
        (1, "outcome"),
    ]

    first = refused.problems.get(line=2)
    browser.post(url("repair-rows", refused), {"problem": first.pk, "deed": "put", "text": rep.email})
    assert "直した2行を取り込む" in browser.get(refused.get_absolute_url()).text
    browser.post(url("run-again", refused))
    at_work(refused)

    assert sorted(Deal.objects.values_list("name", "owner__name")) == [
        ("受発注", "青木 健"),
        ("在庫", "青木 健"),
    ]
    assert (refused.counts["added"], refused.counts["refused"], refused.state) == (2, 1, State.DONE)
    assert [problem.line for problem in refused.problems.all()] == [4]


def test_one_row_is_mended_alone(browser, refused):
    first = refused.problems.get(line=2)

    browser.post(url("repair-rows", refused), {"problem": first.pk, "deed": "clear", "alone": "1"})
    browser.post(url("run-again", refused))
    at_work(refused)

    assert list(Deal.objects.values_list("name", "owner")) == [("在庫", None)]
    assert [problem.line for problem in refused.problems.order_by("line")] == [3, 4]


def test_a_row_that_fails_again_says_why(browser, refused):
    last = refused.problems.get(line=4)

    browser.post(url("repair-rows", refused), {"problem": last.pk, "deed": "put", "text": "まだ変"})
    browser.post(url("run-again", refused))
    at_work(refused)
    last.refresh_from_db()

    assert (refused.counts["refused"], last.settled, "「まだ変」" in last.reason) == (3, "open", True)


def test_rows_can_be_left_out(browser, refused):
    first = refused.problems.get(line=2)

    browser.post(url("repair-rows", refused), {"problem": first.pk, "deed": "leave"})
    refused.refresh_from_db()

    assert (refused.counts["refused"], refused.counts["skipped"]) == (1, 2)
    assert "確認が必要な行" in browser.get(refused.get_absolute_url()).text


def test_what_did_not_go_in_leaves_alone_and_harmless(browser, admin):
    rows = [HEADER, ["", "03-1111-2222", "=HYPERLINK(1)"]]
    import_ = brought_in(browser, factories.make_import(admin, rows=rows))

    told = list(
        csv.reader(browser.get(url("import-problems", import_)).getvalue().decode("utf-8-sig").splitlines())
    )

    assert told == [
        ["行", "理由", *HEADER],
        ["2", "会社名: 入力してください。", "", "03-1111-2222", "'=HYPERLINK(1)"],
    ]


def test_a_problem_of_another_import_is_not_found(browser, admin, refused):
    other = brought_in(browser, factories.make_import(admin, rows=[HEADER, ["", "1", "2"]]))

    sent = {"problem": refused.problems.first().pk, "deed": "leave"}

    assert browser.post(url("repair-rows", other), sent).status_code == 404


def test_a_week_later_the_rows_go_with_the_file(browser, admin):
    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS, ["", "1", "2"]]))
    ended = import_.ended_at

    working.forget_files(now=ended + timedelta(days=7))
    assert (import_.problems.count(), import_.path.exists()) == (1, True)
    working.forget_files(now=ended + timedelta(days=7, seconds=1))
    page = browser.get(import_.get_absolute_url()).text

    assert (import_.problems.count(), import_.path.exists()) == (0, False)
    assert "入らなかった行は、もうここにありません" in page
    assert "すべての行が片付きました" not in page
