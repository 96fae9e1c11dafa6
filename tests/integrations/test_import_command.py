"""A file comes in by command: what it says of each row, running it again, its mapping."""

from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate

from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.customers import operations
from apps.customers import queries as customers
from apps.customers.models import Company, Contact
from apps.deals.models import Deal
from apps.integrations.imports import running
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests.factories import make_company, make_deal, make_user
from tests.integrations.imports import counted

pytestmark = pytest.mark.django_db


# ── files and their rows ───────────────────────────────────────────────────────────────────────────


def test_companies_come_in_under_their_japanese_headers(import_rows):
    outcome = import_rows(
        "companies",
        [
            ["番号", "会社名", "よみ", "電話", "知らない列"],
            ["A-1", " 株式会社 山田商店 ", "ﾔﾏﾀﾞｼｮｳﾃﾝ", "03-1234-5678", "x"],
        ],
        source="erp",
    )

    assert (outcome.code, outcome.said) == (0, f"顧客 1行: {counted(added=1)}")
    assert outcome.more == ["使わなかった列: 知らない列"]
    assert list(Company.objects.values_list("source", "external_id", "name", "reading", "phone")) == [
        ("erp", "A-1", "株式会社 山田商店", "ヤマダショウテン", "03-1234-5678")
    ]
    assert [company.external_id for company in customers.companies(words="やまだ 山田商店")] == ["A-1"]


def test_a_workbook_comes_in_like_a_csv(import_rows):
    book = import_rows.book(
        [["name", "external_id", "postal_code"], ["山田商店", 17, "100-0001"], ["鈴木商店", 18]]
    )

    assert import_rows("companies", book).said == f"顧客 2行: {counted(added=2)}"
    assert sorted(Company.objects.values_list("name", "external_id", "postal_code")) == [
        ("山田商店", "17", "100-0001"),
        ("鈴木商店", "18", ""),
    ]


def test_bad_rows_are_told_by_line_and_reason_and_good_ones_go_in(import_rows):
    outcome = import_rows(
        "companies",
        'name,note,website\n"良い会社","2行の\nメモ",\n,名前なし,\n長い,x\n変,,not a site\n別の会社,,\n悪い\x07字,,\n',
    )

    assert outcome.code == 1
    assert outcome.said == f"顧客 6行: {counted(added=2, refused=4)}"
    assert outcome.sentence == f"4行を取り込めませんでした。行と理由: {import_rows.folder / 'result.csv'}"
    assert [line for line, _reason in outcome.result] == [4, 5, 6, 8]
    assert outcome.result[0] == (4, "会社名: 入力してください。")
    assert outcome.result[1] == (5, "列の数が違います(見出しは3列、この行は2列)。")
    assert sorted(Company.objects.values_list("name", flat=True)) == ["別の会社", "良い会社"]


def test_the_result_file_can_be_corrected_and_imported(import_rows):
    import_rows("companies", [["name", "phone"], ["", "03-1"], ["良い", "03-2"]])
    result = import_rows.folder / "result.csv"
    corrected = result.with_name("corrected.csv")
    corrected.write_text(
        result.read_text(encoding="utf-8-sig").replace(",,", ",直した会社,"), encoding="utf-8"
    )

    assert import_rows("companies", corrected).code == 0
    assert Company.objects.filter(name="直した会社", phone="03-1").count() == 1


def test_a_cell_that_a_spreadsheet_would_calculate_stands_as_text_in_the_result(import_rows):
    import_rows("companies", [["name", "note", "phone"], ["", "=1+1", "-5"]])

    assert (
        (import_rows.folder / "result.csv")
        .read_text(encoding="utf-8-sig")
        .splitlines()[1]
        .endswith(",,'=1+1,-5")
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "ファイルが空です。"),
        ("\n\n", "ファイルが空です。"),
        ("qux,quux\n1,2\n", "必要な列がありません: name(会社名)。ファイルの見出し: qux、quux"),
        ('"open,name\n1,2\n', '1行目が読めません: 引用符(")が閉じていません。'),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_two(import_rows, content, sentence):
    outcome = import_rows("companies", content)

    assert (outcome.code, outcome.sentence) == (2, sentence)


def test_the_end_of_an_open_deal_is_not_looked_at(import_rows):
    outcome = import_rows(
        "deals",
        [["name", "company", "outcome", "closed"], ["更新", "青葉", "open", "2199-01-01"]],
    )

    assert outcome.said == f"案件 1行: {counted(added=1)}"
    assert Deal.objects.get().closed_at is None


def test_the_result_never_overwrites_the_file(import_rows):
    path = import_rows.file([["name"], ["山田"]], "utf-8")
    path = path.rename(path.with_name("result.csv"))

    assert import_rows("companies", path).code == 2
    assert path.read_text() == "name\n山田\n"


def test_an_unknown_tenant_ends_with_two(import_rows):
    outcome = import_rows("companies", [["name"], ["山田"]], tenant="nobody")

    assert (outcome.code, outcome.sentence) == (2, "there is no tenant 'nobody'")


# ── running again ──────────────────────────────────────────────────────────────────────────────────


def test_the_same_file_again_changes_nothing(import_rows):
    rows = [["name", "phone"], ["山田商店", "03-1"], ["鈴木商店", ""]]
    import_rows("companies", rows)
    before = [*Company.objects.order_by("pk").values(), Entry.objects.count()]

    assert import_rows("companies", rows).said == f"顧客 2行: {counted(same=2)}"
    assert [*Company.objects.order_by("pk").values(), Entry.objects.count()] == before


def test_a_row_that_says_something_else_changes_its_record(import_rows):
    import_rows("companies", [["external_id", "name", "phone"], ["1", "山田", "03-1"]])

    outcome = import_rows("companies", [["external_id", "name", "phone"], ["1", "山田商店", ""]])

    assert outcome.said == f"顧客 1行: {counted(changed=1)}"
    company = Company.objects.get()
    assert (company.name, company.phone) == ("山田商店", "03-1")  # an empty cell takes nothing away
    assert Entry.objects.filter(event="company.changed", subject_id=company.pk).count() == 1


def test_a_number_that_comes_twice_is_refused_unless_the_rows_are_equal(import_rows):
    outcome = import_rows("companies", [["external_id", "name"], ["1", "山田"], ["1", "山田"], ["1", "別"]])

    assert outcome.said == f"顧客 3行: {counted(added=1, same=1, refused=1)}"
    assert outcome.result == [(4, "2行目と同じ番号(番号がなければ同じ見分け方)の行です。")]


def test_two_sources_keep_their_own_numbers(import_rows):
    import_rows("companies", [["external_id", "name"], ["1", "山田"]], source="a")
    import_rows("companies", [["external_id", "name"], ["1", "鈴木"]], source="b")

    assert sorted(Company.objects.values_list("source", "name")) == [("a", "山田"), ("b", "鈴木")]


def test_a_dry_run_counts_the_same_and_writes_nothing(import_rows):
    rows = [["name", "company"], ["", "x"], ["担当 一郎", "新しい会社"]]

    tried = import_rows("contacts", rows, dry_run=True)
    entries = Entry.objects.count()

    assert tried.said == f"担当者 2行: {counted(added=1, refused=1)}"
    assert tried.more == [
        "顧客を新しく作りました: 1件(新しい会社)",
        "試しただけで、何も書き込んでいません。",
    ]
    assert (Company.objects.count(), Contact.objects.count(), entries) == (0, 0, 0)
    assert import_rows("contacts", rows).said == tried.said


def test_what_an_operation_refuses_costs_its_own_row_only(import_rows):
    rows = [["external_id", "name", "email"], *([n, f"人{n}", f"p{n % 8}@x.example"] for n in range(9))]

    outcome = import_rows("users", rows)

    assert outcome.said == f"利用者 9行: {counted(added=8, refused=1)}"
    assert outcome.result == [(10, "このメールアドレスはすでに使われています。")]
    assert import_rows("users", rows).said == f"利用者 9行: {counted(same=8, refused=1)}"


def test_killed_in_the_middle_it_is_completed_by_running_again(import_rows, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    rows = [["name"], *([f"会社{n}"] for n in range(7))]
    batches = []

    def killed_at_the_third(line, size):
        batches.append(line)
        if len(batches) == 2:
            raise KeyboardInterrupt

    path = import_rows.file(rows, "utf-8")
    with pytest.raises(KeyboardInterrupt):
        running.import_file(
            path,
            kind="companies",
            result=path.with_name("r.csv"),
            at=datetime(2026, 11, 1, tzinfo=UTC),
            progress=killed_at_the_third,
        )

    assert Company.objects.count() == 4
    assert import_rows("companies", rows).said == f"顧客 7行: {counted(added=3, same=4)}"


def test_two_imports_at_once_are_refused(import_rows):
    lock = f"pg_advisory_lock(hashtext('import'), hashtext('{connection.schema_name}'))"
    with closing(connection.copy()) as other:
        other.cursor().execute(f"SELECT {lock}")
        outcome = import_rows("companies", [["name"], ["山田"]])

    assert (outcome.code, outcome.sentence) == (
        2,
        "別の取り込みが動いています。終わってからもう一度実行してください。",
    )


def test_nothing_is_brought_to_a_company_in_the_trash(import_rows):
    import_rows("companies", [["external_id", "name"], ["7", "山田"]])
    operations.trash_company(Company.objects.get(), by=SYSTEM, at=timezone.now())

    outcome = import_rows("contacts", [["company_id", "name"], ["7", "甲"]])

    assert outcome.result == [(2, "ごみ箱にある顧客には加えられません。")]


# ── mapping ────────────────────────────────────────────────────────────────────────────────────────


def test_a_mapping_says_columns_words_defaults_and_what_to_skip(import_rows):
    mapping = """
source = "old crm"
header = false
date_formats = ["%d.%m.%Y"]
[columns]
external_id = 1
name = [2, 3]
plan = 4
opened = 5
[join]
name = "/"
[values.plan]
"GTXPro" = "GTX Pro"
[defaults]
amount = 5
[skip_if]
6 = ["deleted"]
"""

    outcome = import_rows(
        "deals", "1,a,b,GTXPro,31.10.2025,\n2,c,,GTX Pro,01.11.2025,deleted\n", mapping=mapping
    )

    assert outcome.said == f"案件 2行: {counted(added=1, skipped=1)}"
    deal = Deal.objects.get()
    assert (deal.source, deal.external_id, deal.name, deal.plan, deal.amount) == (
        "old crm",
        "1",
        "a/b",
        "GTX Pro",
        5,
    )
    assert localdate(deal.opened_at) == date(2025, 10, 31)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("[columns", "対応表を TOML として読めません"),
        ('colums = "x"', "対応表の「colums」がわかりません。"),
        ('[columns]\nnmae = "name"', "対応表の「nmae」という項目はありません。"),
        (
            '[columns]\nname = "Name"',
            "見出しに「Name」がありません。ファイルの見出し: name、name2、twice、twice",
        ),
        ('[columns]\nname = "twice"', "見出し「twice」が2列あります。列の番号で指定してください。"),
        ("[columns]\nname = 9", "9列目がありません(4列のファイルです)。"),
        ('time_zone = "Mars"', "対応表の time_zone「Mars」がわかりません。"),
        ('[columns]\nphone = "name"', "必要な列がありません: name(会社名)。"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(import_rows, mapping, sentence):
    outcome = import_rows(
        "companies", [["name", "name2", "twice", "twice"], ["a", "b", "c", "d"]], mapping=mapping
    )

    assert outcome.code == 2
    assert outcome.sentence.startswith(sentence)


def test_another_tenants_records_are_not_found(import_rows, beta):
    with inside(beta):
        make_deal(make_user(Role.FIELD_SALES, name="佐藤"), company=make_company("山田商店"))

    outcome = import_rows("deals", [["company", "owner"], ["山田商店", "佐藤"]])

    assert outcome.more == [
        "顧客を新しく作りました: 1件(山田商店)",
        "担当が利用者の中に見つからず、担当なしにした行: 1行(佐藤)",
    ]
