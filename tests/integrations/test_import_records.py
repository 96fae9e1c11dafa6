"""Every kind of record comes in through the operations that pages use."""

from datetime import UTC, date

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from apps.accounts.models import SYSTEM, Team, User
from apps.accounts.vocabulary import Role
from apps.activities.models import Follow, Visit
from apps.base.month import Month
from apps.customers import operations
from apps.customers.models import Company, Contact
from apps.deals.models import Deal, LostReason, Milestone
from apps.goals.models import MonthlyGoal
from tests.factories import make_company, make_user
from tests.integrations.imports import counted

pytestmark = pytest.mark.django_db


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
