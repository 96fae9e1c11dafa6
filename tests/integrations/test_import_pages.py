"""The import's pages: who sees them, each state, and what they cost."""

from dataclasses import asdict

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.base.refusal import Forbidden
from apps.customers.models import Company
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.integrations import operations
from apps.integrations.models import Import, Layout
from apps.integrations.vocabulary import State
from apps.mail.models import Message
from tests import factories
from tests.integrations.imports import HEADER, ROWS, at_work, brought_in, checked, file, url


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


def test_before_an_undo_its_page_says_what_would_go_and_what_would_stay(browser, admin, rep):
    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    followed, _goes = Company.objects.order_by("name")
    factories.make_follow(rep, company=followed)

    page = browser.get(url("undo-import", import_))
    told = page.context["foreseen"]

    assert (told.undone.removed, told.undone.kept) == (1, 1)
    assert [(one.name, one.why) for one in told.kept] == [(followed.name, "フォローがあります")]
    assert (import_.ledger.exclude(kept="").count(), Company.objects.count()) == (0, 2)
    browser.post(url("undo-import", import_))
    assert {**at_work(import_).counts, **asdict(told.undone)} == import_.counts


def test_what_cannot_be_undone_says_so_instead(browser, admin):
    import_ = brought_in(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    brought_in(browser, factories.make_import(admin, rows=[HEADER, [ROWS[0][0], "090-1", ""]]), same="update")

    page = browser.get(url("undo-import", import_)).text

    assert "先にそちらを取り消してください" in page
    assert "消える記録" not in page


def test_foreseeing_an_undo_costs_the_same_however_much_stays(browser, admin):
    """Most of its questions ask of one column each whether anything leans on what would go: no fixed number."""
    asked = {}
    for count in (1, 3):
        rows = [["会社名", "案件名"], *([f"会社{count}{n}", f"案件{n}"] for n in range(count))]
        import_ = factories.make_import(admin, name="案件.csv", rows=rows)
        operations.choose_columns(
            import_, kind="deals", mapping={"columns": {"company": 1, "name": 2}}, decided=[], same="update",
            by=admin, at=timezone.now(),
        )  # fmt: skip
        import_.refresh_from_db()
        brought_in(browser, import_)
        for deal in Deal.objects.filter(company__name__startswith=f"会社{count}"):
            deals.change_deal(deal, amount=500, by=admin, at=timezone.now())

        with CaptureQueriesContext(connection) as captured:
            page = browser.get(url("undo-import", import_))

        assert len(page.context["foreseen"].kept) == 2 * count  # the deals, and the companies that have them
        asked[count] = len(captured)

    assert asked[3] == asked[1]


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
