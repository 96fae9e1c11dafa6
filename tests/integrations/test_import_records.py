"""Every kind of record comes in by command, through the operations that pages use."""

from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate

from apps.accounts.models import SYSTEM, Team, User
from apps.accounts.vocabulary import Role
from apps.activities.models import Follow, Visit
from apps.base.month import Month
from apps.customers import operations
from apps.customers import queries as customers
from apps.customers.models import Company, Contact
from apps.deals.models import Deal, LostReason, Milestone
from apps.goals.models import MonthlyGoal
from apps.integrations.imports import running
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests.factories import make_company, make_deal, make_user
from tests.integrations.imports import Importer, counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def import_rows(tmp_path):
    return Importer(tmp_path)


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


# ── users ──────────────────────────────────────────────────────────────────────────────────────────

USERS = [["name", "team", "parent_team"], ["佐藤", "一課", "東京"], ["鈴木", "二課", "東京"]]


def test_users_bring_their_teams(import_rows):
    outcome = import_rows("users", USERS)

    assert outcome.said == f"利用者 2行: {counted(added=2)}"
    assert outcome.more == ["チームを新しく作りました: 3件(一課、二課、東京)"]
    assert sorted(Team.objects.values_list("name", "parent__name")) == [
        ("一課", "東京"),
        ("二課", "東京"),
        ("東京", None),
    ]
    sato = User.objects.get(name="佐藤")
    assert (sato.email, sato.roles, sato.has_usable_password()) == (None, ["field_sales"], False)
    assert list(sato.memberships.values_list("team__name", "from_on", "until_on")) == [("一課", None, None)]
    assert import_rows("users", USERS).said == f"利用者 2行: {counted(same=2)}"


def test_a_user_who_moved_is_in_the_new_team_from_today(import_rows):
    import_rows("users", USERS)

    outcome = import_rows("users", [USERS[0], ["佐藤", "二課", "東京"]])

    assert outcome.said == f"利用者 1行: {counted(changed=1)}"
    held = User.objects.get(name="佐藤").memberships.order_by("from_on").values_list("team__name", "from_on")
    assert list(held) == [("二課", localdate()), ("一課", None)]


def test_a_file_takes_no_role_away(import_rows):
    admin = make_user(Role.ADMIN, name="社長", email="boss@x.example")

    outcome = import_rows("users", [["name", "email", "roles"], ["社長", "BOSS@x.example", "経営"]])

    admin.refresh_from_db()
    assert (outcome.code, admin.roles) == (0, [Role.ADMIN, Role.EXECUTIVE])


# ── deals ──────────────────────────────────────────────────────────────────────────────────────────

DEALS = """external_id,company,owner,plan,amount,expected_month,outcome,opened,closed,won_amount
1,山田商店,佐藤,標準,1000,2026-10,open,2026-09-01,,
2,山田商店,佐藤,標準,,,won,2026-09-01,2026-09-20,1200
3,,佐藤,標準,,,lost,2026-09-01,2026-09-21,0
4,山田商店,知らない人,,,,open,,,
"""


def test_deals_come_in_with_what_became_of_them(import_rows):
    sato = make_user(Role.FIELD_SALES, name="佐藤")

    outcome = import_rows("deals", DEALS)

    assert outcome.said == f"案件 4行: {counted(added=4)}"
    assert outcome.more == [
        "顧客を新しく作りました: 1件(山田商店)",
        "担当が利用者の中に見つからず、担当なしにした行: 1行(知らない人)",
        "顧客がわからず、顧客不明(取り込み)にした行: 1行",
    ]
    found = Deal.objects.order_by("external_id").values_list("stage", "owner", "amount", "company__name")
    assert list(found) == [
        ("deal", sato.pk, 1000, "山田商店"),
        ("won", sato.pk, 1200, "山田商店"),
        ("lost", sato.pk, None, "顧客不明(取り込み)"),
        ("prospect", None, None, "山田商店"),
    ]
    lost = Deal.objects.get(external_id="3")
    assert (lost.lost_reason.label, lost.lost_kind) == ("理由不明(取り込み)", "never")
    won = Milestone.objects.get(kind="won")
    assert (won.amount, localdate(won.at), won.at.astimezone(UTC).hour) == (1200, date(2026, 9, 20), 15 - 0)
    assert import_rows("deals", DEALS).said == f"案件 4行: {counted(same=4)}"


def test_a_deal_follows_its_file_until_it_is_closed(import_rows):
    make_user(Role.FIELD_SALES, name="佐藤")
    import_rows("deals", DEALS)

    won = DEALS.replace("1000,2026-10,open,2026-09-01,,", "1000,2026-10,won,2026-09-01,2026-10-02,900")
    assert import_rows("deals", won).said == f"案件 4行: {counted(changed=1, same=3)}"
    assert Deal.objects.get(external_id="1").stage == "won"

    again = import_rows("deals", DEALS)
    assert again.result == [
        (2, "この案件は Baton では終了していて、結果がファイルと違います。画面で確かめてください。")
    ]
    assert Deal.objects.get(external_id="1").stage == "won"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("won,2026-09-10,,5", "終わりの日がありません。受注・ボツの案件には必要です。"),
        ("won,2026-09-10,2026-09-09,5", "終わりの日が始まりの日より前です。"),
        ("won,2026-09-10,2099-01-01,5", "終わり: これからの日付は入れられません。"),
        (
            "won,2026-13-10,2026-09-09,5",
            "始まり: 「2026-13-10」は日付として読めません。2026-10-31 か 2026-10-31 14:30 の形で入れてください。",
        ),
        ("won,2026-09-10,2026-09-11,five", "受注金額: 半角の数字で入れてください。例: 600000、60万"),
        ("gone,2026-09-10,,", "結果: 「gone」はわかりません。使える値: open(進行中)、won(受注)、lost(ボツ)"),
    ],
)
def test_a_deal_that_cannot_be_is_refused(import_rows, row, reason):
    outcome = import_rows("deals", f"outcome,opened,closed,won_amount\n{row}\n")

    assert outcome.result == [(2, reason)]
    assert Deal.objects.count() == 0


def test_the_words_of_the_api_say_when_a_deal_began_and_ended(import_rows):
    import_rows("deals", "outcome,opened_at,closed_at\nwon,2026-09-01,2026-10-02\n")

    deal = Deal.objects.get()
    assert [localdate(deal.opened_at), localdate(deal.closed_at)] == [date(2026, 9, 1), date(2026, 10, 2)]


def test_a_company_is_found_however_its_name_is_written(import_rows):
    known = make_company("株式会社山田商店")

    import_rows("deals", [["company", "name"], ["(株)山田商店", "a"], ["山田 商店", "b"]])

    assert set(Deal.objects.values_list("company", flat=True)) == {known.pk}


def test_a_name_that_two_companies_share_is_refused(import_rows):
    make_company("株式会社山田")
    make_company("有限会社山田")

    outcome = import_rows("deals", [["company"], ["山田"]])

    assert outcome.result == [(2, "「山田」にあたる顧客が2件以上あります。顧客の番号で指定してください。")]


def test_a_company_that_a_deal_named_first_gets_its_number_later(import_rows):
    import_rows("deals", [["company"], ["山田商店"]])

    outcome = import_rows("companies", [["external_id", "name"], ["77", "山田商店"]])

    assert outcome.said == f"顧客 1行: {counted(changed=1)}"
    assert list(Company.objects.values_list("external_id", "name")) == [("77", "山田商店")]


def test_a_lost_reason_of_its_own_is_added(import_rows):
    rows = "external_id,outcome,opened,closed,lost_reason,comes_back_on\n1,失注,2026/9/1,2026年9月2日,担当の異動,2027-04-01\n"

    outcome = import_rows("deals", rows)

    deal = Deal.objects.get()
    assert outcome.more[0] == "ボツの理由を加えました: 1件(担当の異動)"
    assert (deal.lost_reason.cause, deal.lost_kind, deal.comes_back_on) == (
        "customer",
        "not_now",
        date(2027, 4, 1),
    )
    assert import_rows("deals", rows).said == f"案件 1行: {counted(same=1)}"
    assert LostReason.objects.filter(label="担当の異動").count() == 1


# ── history ────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = """
[columns]
deal = "id"
at = "when"
property = "what"
value = "value"

[property]
price = "amount"
stage = "outcome"

[values.outcome]
Closed = "won"
"*" = "open"
"""


def test_the_properties_of_a_deal_come_in_with_their_own_times(import_rows):
    import_rows("deals", [["external_id", "opened", "amount"], ["1", "2026-08-01", "500"]])
    rows = [
        ["id", "when", "what", "value"],
        ["1", "2026-09-03 10:00", "price", "400"],
        ["1", "2026-09-10T03:00:00Z", "stage", "Closed"],
        ["1", "2026-08-01 09:00", "price", "300"],
        ["1", "2026-09-01", "color", "red"],
        ["9", "2026-09-01", "price", "1"],
    ]

    outcome = import_rows("deal-history", rows, mapping=PROPERTIES)

    assert outcome.said == f"案件の変化 5行: {counted(added=3, refused=1, skipped=1)}"
    deal = Deal.objects.get()
    assert (deal.stage, deal.amount) == ("won", 400)
    assert list(deal.states.order_by("valid_from").values_list("amount", "stage")) == [
        (None, "prospect"),
        (300, "prospect"),
        (400, "prospect"),
        (400, "won"),
    ]
    again = import_rows("deal-history", rows, mapping=PROPERTIES)
    assert again.said == f"案件の変化 5行: {counted(same=3, refused=1, skipped=1)}"


# ── contacts, activities, goals ────────────────────────────────────────────────────────────────────


def test_contacts_belong_to_a_company_by_name_or_number(import_rows):
    import_rows("companies", [["external_id", "name"], ["7", "山田"]])

    outcome = import_rows(
        "contacts",
        [
            ["company_id", "company", "name", "email"],
            ["7", "", "甲", "a@x.example"],
            ["8", "", "乙", ""],
            ["", "", "丙", ""],
        ],
    )

    assert outcome.said == f"担当者 3行: {counted(added=1, refused=2)}"
    assert list(Contact.objects.values_list("company__name", "name")) == [("山田", "甲")]


def test_follows_of_one_day_are_counted_one_by_one(import_rows):
    sato = make_user(Role.FIELD_SALES, name="佐藤")
    rows = [
        ["company", "owner", "kind", "outcome", "happened_at"],
        ["山田", "佐藤", "電話", "不在", "2026-10-01"],
        ["山田", "佐藤", "電話", "不在", "2026-10-01"],
        ["山田", "佐藤", "電話", "つながった", "2026-10-01 09:30"],
        ["山田", "佐藤", "電話", "不在", "2099-10-01"],
        ["山田", "佐藤", "手渡し", "不在", "2026-10-01"],
    ]

    outcome = import_rows("follows", rows)

    assert outcome.said == f"フォロー 5行: {counted(added=3, refused=2)}"
    assert Follow.objects.filter(owner=sato, happened_on=date(2026, 10, 1)).count() == 3
    assert import_rows("follows", rows).said == f"フォロー 5行: {counted(same=3, refused=2)}"


def test_visits_know_who_was_there(import_rows):
    sato, suzuki = make_user(Role.FIELD_SALES, name="佐藤"), make_user(Role.FIELD_SALES, name="鈴木")
    import_rows("contacts", [["company", "name"], ["山田", "甲"], ["山田", "乙"]])
    rows = [
        ["会社", "担当", "開始", "会う人", "同行者"],
        ["山田", "佐藤", "2026-10-01 10:00", "甲、乙", "鈴木"],
        ["山田", "佐藤", "2099-10-01 10:00", "", ""],
    ]

    outcome = import_rows("visits", rows)

    assert outcome.said == f"訪問 2行: {counted(added=2)}"
    done, planned = Visit.objects.order_by("starts_at")
    assert (done.status, planned.status) == ("done", "planned")
    assert sorted(contact.name for contact in done.contacts.all()) == ["乙", "甲"]
    assert [person.pk for person in done.companions.all()] == [suzuki.pk]
    assert done.owner_id == sato.pk
    assert import_rows("visits", rows).said == f"訪問 2行: {counted(same=2)}"


def test_an_activity_takes_the_company_of_its_deal(import_rows):
    import_rows("deals", [["external_id", "company"], ["D1", "山田"]])

    import_rows("follows", "deal,kind,outcome,happened_at\nD1,call,absent,2026-10-01\n")

    assert list(Follow.objects.values_list("company__name", "deal__external_id")) == [("山田", "D1")]


def test_goals_are_set_per_person_and_month(import_rows):
    sato = make_user(Role.FIELD_SALES, name="佐藤")
    rows = [
        ["担当", "月", "売上目標", "訪問件数", "benchmark_sure_count"],
        ["佐藤", "2026年10月", "500万", "20", "3"],
        ["佐藤", "2026-11", "600万", "", ""],
        ["知らない人", "2026-11", "1", "", ""],
    ]

    outcome = import_rows("goals", rows)

    assert outcome.said == f"月の目標 3行: {counted(added=2, refused=1)}"
    assert outcome.result == [(4, "担当「知らない人」が利用者の中に見つかりません。")]
    goal = MonthlyGoal.objects.get(rep=sato, month=Month(2026, 10))
    assert (goal.sales, goal.visits, goal.benchmarks) == (5_000_000, 20, {"sure_count": 3})
    assert import_rows("goals", rows).said == f"月の目標 3行: {counted(same=2, refused=1)}"
    rows[1][2] = "700万"
    assert import_rows("goals", rows).said == f"月の目標 3行: {counted(changed=1, same=1, refused=1)}"


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


# ── what was merged ────────────────────────────────────────────────────────────────────────────────


def test_a_file_in_which_a_merged_number_stands_brings_everything_to_the_survivor(import_rows):
    import_rows("companies", [["番号", "会社名"], ["C-1", "北浜精機"], ["C-2", "旧北浜"]], source="erp")
    survivor, other = Company.objects.order_by("external_id")
    operations.merge(survivor, other=other, by=SYSTEM, at=timezone.now())

    again = import_rows(
        "companies", [["番号", "会社名"], ["C-1", "北浜精機"], ["C-2", "旧北浜"], ["C-3", "別"]], source="erp"
    )
    people = import_rows("contacts", [["番号", "会社", "氏名"], ["P-1", "C-2", "佐藤"]], source="erp")

    assert (again.code, people.code) == (0, 0)
    assert list(Company.objects.kept().order_by("external_id").values_list("external_id", "name")) == [
        ("C-1", "北浜精機"),
        ("C-3", "別"),
    ]
    assert Contact.objects.get().company == survivor
