"""The import's pages: who sees them, each state, and what they cost."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.base.refusal import Forbidden
from apps.customers.models import Company
from apps.deals.models import Deal
from apps.integrations import operations
from apps.integrations.imports import working
from apps.integrations.models import Import, Layout
from apps.integrations.vocabulary import State
from apps.mail.models import Message
from tests import factories
from tests.client import TenantClient

HEADER = ["会社名", "電話", "メモ"]
ROWS = [["青葉フーズ株式会社", "03-1111-2222", "展示会"], ["北浜精機株式会社", "06-1111-2222", ""]]


@pytest.fixture
def browser(logged_in, admin) -> TenantClient:
    return logged_in(admin)


def file(rows, name="顧客.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


def url(name: str, import_: Import) -> str:
    return reverse(f"integrations:{name}", args=[import_.pk])


def at_work(import_: Import) -> Import:
    """What the worker does until nothing is left."""
    while working.work(str(import_.pk)):
        pass
    import_.refresh_from_db()
    return import_


def checked(browser, import_: Import, **chosen) -> Import:
    """Through the columns to the trial, as proposed unless chosen otherwise."""
    fields = {
        number: name
        for name, said in import_.mapping["columns"].items()
        for number in (said if isinstance(said, list) else [said])
    }
    sent = {f"column-{n}": fields.get(n, "-") for n in range(1, len(import_.sample[0]) + 1)}
    browser.post(url("map-import", import_), sent | {"same": import_.same} | chosen)
    return at_work(import_)


def brought_in(browser, import_: Import, **chosen) -> Import:
    checked(browser, import_, **chosen)
    browser.post(url("start-import", import_))
    return at_work(import_)


def test_a_whole_import_is_taken_away_from_its_page(browser, admin):
    factories.make_company("残る会社")
    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    assert "すべて取り消す" in browser.get(import_.get_absolute_url()).text

    browser.post(url("undo-import", import_))
    assert "取り消しています" in browser.get(import_.get_absolute_url()).text
    at_work(import_)

    assert (import_.state, [company.name for company in Company.objects.all()]) == (
        State.UNDONE,
        ["残る会社"],
    )
    assert "すべて取り消す" not in browser.get(import_.get_absolute_url()).text


def test_an_undone_import_tells_what_stayed_and_why(browser, admin, rep):
    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    followed = Company.objects.order_by("name").first()
    factories.make_follow(rep, company=followed)

    browser.post(url("undo-import", import_))
    at_work(import_)
    page = browser.get(import_.get_absolute_url())

    assert [(one.name, one.why) for one in page.context["kept"]] == [(followed.name, "フォローがあります")]
    assert (import_.counts["removed"], import_.counts["kept"]) == (import_.counts["added"] - 1, 1)
    assert followed.get_absolute_url() in page.text


def test_only_an_admin_sees_the_pages_and_does_the_deeds(logged_in, admin, rep):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS])
    client = logged_in(rep)

    asked = [client.get(reverse("integrations:imports")).status_code]
    asked += [
        client.get(url(name, import_)).status_code
        for name in ("import", "read-import", "map-import", "import-problems")
    ]
    asked += [
        client.post(url(name, import_)).status_code
        for name in (
            "start-import",
            "stop-import",
            "repair-rows",
            "run-again",
            "discard-import",
            "undo-import",
        )
    ]
    assert asked == [403] * 11
    with pytest.raises(Forbidden):
        operations.start_import(import_, by=rep, at=timezone.now())


def test_a_file_comes_in_from_the_first_page_to_the_last(browser, admin):
    form = browser.get(reverse("integrations:imports")).context["form"]
    sent = {"file": file([HEADER, *ROWS]), "key": form["key"].value()}
    response = browser.post(reverse("integrations:imports"), sent)
    import_ = Import.objects.get()
    assert (response["Location"], import_.state) == (import_.get_absolute_url(), State.READING)
    assert "ファイルを読んでいます" in browser.get(import_.get_absolute_url()).text

    at_work(import_)
    assert (import_.state, import_.rows, import_.encoding, import_.delimiter, import_.kind) == (
        State.MAPPING, 2, "utf-8-sig", ",", "companies",
    )  # fmt: skip
    assert import_.mapping["columns"] == {"name": 1, "phone": 2, "note": 3}

    checked(browser, import_)
    assert (import_.state, import_.checked["fates"], Company.objects.count()) == (
        State.CHECKED,
        {"added": 2},
        0,
    )
    assert "2行を取り込む" in browser.get(import_.get_absolute_url()).text

    browser.post(url("start-import", import_))
    at_work(import_)
    assert (import_.state, import_.counts["added"], import_.line) == (State.DONE, 2, 3)
    assert sorted(Company.objects.values_list("name", flat=True)) == sorted(row[0] for row in ROWS)
    assert "すべての行が片付きました" in browser.get(import_.get_absolute_url()).text


def test_two_clicks_make_one_import_and_begin_it_once(browser):
    key = str(new_id())
    for _click in range(2):
        browser.post(reverse("integrations:imports"), {"file": file([HEADER, *ROWS]), "key": key})
    import_ = at_work(Import.objects.get())
    checked(browser, import_)

    browser.post(url("start-import", import_))
    second = browser.post(url("start-import", import_), follow=True)

    assert "もう始まっています" in second.text
    assert at_work(import_).counts["added"] == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ファイルが空です。"),
        (b"%PDF-1.7 ...", "これは PDF のファイルです。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "古い形式(.xls)"),
        (b"\x1f\x8b\x08", "これは gzip のファイルです。"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(browser, content, said):
    sent = {"file": SimpleUploadedFile("顧客.csv", content), "key": str(new_id())}

    assert said in browser.post(reverse("integrations:imports"), sent).text
    assert not Import.objects.exists()


def test_what_is_too_large_is_refused_in_words(browser, monkeypatch):
    monkeypatch.setattr(operations, "MOST_BYTES", 100)
    sent = {"file": SimpleUploadedFile("顧客.csv", b"a,b\n" * 1_000), "key": str(new_id())}

    assert "ファイルが大きすぎます" in browser.post(reverse("integrations:imports"), sent).text
    assert not Import.objects.exists()


@pytest.mark.parametrize("name", ["顧客.csv", "=cmd.csv", "../../x.csv"])
def test_a_file_lies_under_a_name_of_ours(browser, admin, name, settings):
    import_ = factories.make_import(admin, name=name, rows=[HEADER, *ROWS])

    assert import_.path.name == str(import_.pk)
    assert import_.path.is_file()
    assert str(import_.path).startswith(settings.MEDIA_ROOT)


def test_an_encoding_that_is_not_told_apart_can_be_chosen(browser, admin):
    text = "会社名,電話\n青葉フーズ株式会社,03-1111-2222\n"
    sent = {"file": SimpleUploadedFile("顧客.csv", text.encode("euc_jp")), "key": str(new_id())}
    browser.post(reverse("integrations:imports"), sent)
    import_ = at_work(Import.objects.get())
    assert import_.state == State.UNREADABLE
    assert "EUC-JP" in browser.get(import_.get_absolute_url()).text

    browser.post(url("read-import", import_), {"encoding": "euc_jp", "delimiter": ""})
    at_work(import_)

    assert (import_.state, import_.sample[1][0]) == (State.MAPPING, "青葉フーズ株式会社")


def test_a_wrong_encoding_is_answered_and_harms_nothing(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS])

    sent = {"kind": "companies", "encoding": "utf-16", "delimiter": ",", "header": "on"}
    browser.post(url("read-import", import_), sent)
    at_work(import_)

    assert import_.state == State.UNREADABLE
    assert "UTF-16 では読めない文字" in browser.get(import_.get_absolute_url()).text


def test_an_open_column_keeps_from_going_on(browser, admin):
    import_ = factories.make_import(admin, rows=[[*HEADER, "ランク"], [*ROWS[0], "B"]])

    sent = {"column-1": "name", "column-2": "phone", "column-3": "-", "column-4": ""}
    page = browser.post(url("map-import", import_), sent).text
    import_.refresh_from_db()

    assert import_.state == State.MAPPING
    assert "確認へ(あと1列)" in page
    assert "対応先を選ぶか「取り込まない」に" in page


def test_a_missing_field_keeps_from_going_on(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS])

    page = browser.post(url("map-import", import_), {f"column-{n}": "-" for n in (1, 2, 3)}).text
    import_.refresh_from_db()

    assert (import_.state, "まだ決まっていない項目: 会社名" in page) == (State.MAPPING, True)


def test_what_is_chosen_is_shown_before_it_is_kept(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS])
    before = import_.mapping

    asked = {"column-1": "name", "column-2": "-", "column-3": "reading", "row": "0"}
    page = browser.get(
        url("map-import", import_), asked, headers={"HX-Request": "true", "HX-Target": "import-columns"}
    )
    import_.refresh_from_db()

    assert list(page.context["preview"]["facts"]) == []
    assert page.context["preview"]["under"] == "展示会"
    assert import_.mapping == before


def test_a_mapping_that_was_kept_is_proposed_for_the_next_file(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS])
    sent = {
        "column-1": "name",
        "column-2": "-",
        "column-3": "address",
        "same": "update",
        "layout": "代理店の名簿",
    }
    browser.post(url("map-import", import_), sent)
    assert Layout.objects.get().name == "代理店の名簿"

    again = factories.make_import(admin, rows=[HEADER, *ROWS])

    assert again.mapping["columns"] == {"name": 1, "address": 3}
    assert (again.decided, again.same) == ([2], "update")


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


def test_who_waits_is_asked_only_for_what_is_new(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS], read=False)
    seen = f"{import_.get_absolute_url()}?seen=reading-0-0"
    htmx = {"HX-Request": "true", "HX-Target": "import-progress"}

    assert browser.get(seen, headers=htmx).status_code == 204
    at_work(import_)
    moved = browser.get(seen, headers=htmx)

    assert (moved.status_code, moved["HX-Redirect"]) == (204, import_.get_absolute_url())


def test_without_a_script_the_page_asks_again_by_itself(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS], read=False)

    assert (
        '<noscript><meta http-equiv="refresh" content="4"></noscript>'
        in browser.get(import_.get_absolute_url()).text
    )


def test_what_was_read_can_be_forgotten_before_it_came_in(browser, admin):
    import_ = factories.make_import(admin, rows=[HEADER, *ROWS])

    browser.post(url("discard-import", import_))

    assert not Import.objects.exists()


def test_what_came_in_cannot_be_forgotten(browser, admin):
    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))

    browser.post(url("discard-import", import_))

    assert Import.objects.get().state == State.DONE


def test_whoever_began_is_told_by_mail(browser, admin):
    from apps.journal import operations as journal
    from apps.journal.models import Delivery

    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    owed = Delivery.objects.get(entry__event="import.finished")
    journal.deliver(str(owed.pk), now=timezone.now())

    message = Message.objects.get(to=admin.email)
    assert import_.file_name in message.subject
    assert "新しい 2件、変わった 0件、確認が必要な行 0行" in message.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_however_much_there_is(browser, admin, count, django_assert_num_queries):
    rows = [["会社名", "案件名", "担当"], *([f"会社{n}", f"案件{n}", f"誰か{n}"] for n in range(count))]
    for _other in range(count):
        import_ = factories.make_import(admin, name="案件.csv", rows=rows)
    operations.choose_columns(
        import_, kind="deals", mapping={"columns": {}, "header": True}, decided=[], same="update", by=admin,
        at=timezone.now(),
    )  # fmt: skip
    import_.refresh_from_db()
    brought_in(browser, import_, **{"column-1": "company", "column-2": "name", "column-3": "owner"})
    assert import_.problems.count() == count

    with django_assert_num_queries(LIST):
        browser.get(reverse("integrations:imports"))
    with django_assert_num_queries(RESULT):
        browser.get(import_.get_absolute_url())


LIST, RESULT = 6, 11


def test_whoever_may_no_longer_import_stops_what_they_began(browser, admin):
    import_ = checked(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    browser.post(url("start-import", import_))
    type(admin).objects.filter(pk=admin.pk).update(roles=[Role.FIELD_SALES])

    at_work(import_)

    assert (import_.state, Company.objects.count()) == (State.STOPPED, 0)
