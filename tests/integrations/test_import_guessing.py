"""What a file is taken for: by the layouts of other systems, by what columns are called, by what stands in them."""

from itertools import islice
from pathlib import Path

import pytest

from apps.accounts.vocabulary import Role
from apps.integrations.imports import mapping as mappings
from apps.integrations.imports import reading
from apps.integrations.imports.guessing import NEVER_AHEAD, Why, guessed
from apps.integrations.imports.presets import presets
from apps.integrations.imports.running import KINDS
from tests.factories import make_user

LAYOUTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "crm_layouts"

pytestmark = pytest.mark.django_db


# ── layouts of other systems ───────────────────────────────────────────────────────────────────────

EXPECTED = {
    "eight_business_cards_header.csv": (
        "Eight(名刺)",
        "contacts",
        {
            "company": "会社名",
            "department": "部署名",
            "title": "役職",
            "name": ["姓", "名"],
            "email": "e-mail",
            "phone": ["TEL直通", "携帯電話"],
            "note": "名刺交換日",
        },
    ),
    "google_contacts_classic_header.csv": (
        "Googleコンタクト",
        "contacts",
        {
            "name": "Name",
            "reading": "Yomi Name",
            "company": "Organization 1 - Name",
            "department": "Organization 1 - Department",
            "title": "Organization 1 - Title",
            "email": "E-mail 1 - Value",
            "phone": "Phone 1 - Value",
            "note": "Notes",
        },
    ),
    "hubspot_ui_export_companies_header.csv": (
        "HubSpot(会社)",
        "companies",
        {"external_id": "Record ID", "name": "Company name", "website": "Domain", "industry": "Industry"},
    ),
    "hubspot_ui_export_contacts_header.csv": (
        "HubSpot(コンタクト)",
        "contacts",
        {"external_id": "Record ID", "email": "Email"},
    ),
    "hubspot_ui_export_deals_header.csv": (
        "HubSpot(取引)",
        "deals",
        {
            "external_id": "Record ID",
            "name": "Deal Name",
            "owner": "Deal owner",
            "amount": "Amount",
            "expected_month": "Close Date",
            "closed": "Close Date",
            "opened": "Create Date",
            "outcome": "Deal Stage",
        },
    ),
    "kintone_subtable_export.csv": (
        "kintone(テーブル付きアプリ)",
        "deals",
        {"external_id": "レコード番号", "company_id": "顧客コード", "plan": "品名"},
    ),
    "nta_houjin_bangou_zenken_row.csv": (
        "国税庁 法人番号",
        "companies",
        {"external_id": 2, "name": 7, "reading": 29, "postal_code": 16, "address": [10, 11, 12]},
    ),
    "pipedrive_activity_fields_header.csv": (
        "Pipedrive(活動)",
        "follows",
        {
            "external_id": "Activity - Pipedrive System ID",
            "company": "Organization",
            "contact": "Contact person",
            "owner": "Activity - Assigned to user",
            "kind": "Activity - Type",
            "happened_at": "Activity - Marked as done time",
            "body": ["Activity - Subject", "Activity - Note"],
        },
    ),
    "pipedrive_deal_fields_header.csv": (
        "Pipedrive(取引)",
        "deals",
        {
            "external_id": "Deal - Pipedrive System ID",
            "name": "Deal - Title",
            "company": "Organization",
            "owner": "Deal - Owner",
            "amount": "Deal - Value",
            "expected_month": "Deal - Expected close date",
            "opened": "Deal - Creation date",
            "closed": "Deal - Closed on",
            "outcome": "Deal - Status",
            "lost_reason": "Deal - Lost reason",
        },
    ),
    "pipedrive_sample_import_header.csv": (
        "Pipedrive(取り込み見本)",
        "contacts",
        {
            "name": "Person - Name*",
            "company": "Organization - Name*",
            "email": "Person - Email (Work)",
            "phone": "Person - Phone",
            "note": "Note - Content*",
        },
    ),
    "salesforce_ja_report_labels.csv": (
        "Salesforce(商談レポート)",
        "deals",
        {
            "name": "商談名",
            "company": "取引先名",
            "owner": "商談 所有者",
            "amount": "金額",
            "expected_month": "完了予定日",
            "closed": "完了予定日",
            "next_action": "次のステップ",
            "outcome": "フェーズ",
            "lost_reason": "失注理由",
        },
    ),
    "salesforce_report_opportunities_header.csv": (
        "Salesforce(商談レポート・英語)",
        "deals",
        {
            "name": "Opportunity Name",
            "company": "Account Name",
            "owner": "Opportunity Owner",
            "amount": "Total Amount",
            "expected_month": "Close Date",
            "closed": "Close Date",
            "next_action": "Opportunity Next Steps",
            "outcome": "Stage",
        },
    ),
}


def guess_of(path, **how):
    header, *sample = [line.values for line in islice(reading.opened(path).lines, 30)]
    if path.name.startswith("nta_"):  # the one without a header
        header, sample = (), [header, *sample]
    return header, guessed(header, sample, **how)


def by_headings(guess, header):
    """The mapping as a person would write it: a field, and what stands above its columns."""
    named = [None, *header] if header else range(31)
    return {
        name: [named[c] for c in column] if isinstance(column, list) else named[column]
        for name, column in guess.mapping.columns.items()
    }


@pytest.mark.skipif(not LAYOUTS.exists(), reason="../shared/data/crm_layouts is not here")
@pytest.mark.parametrize("file", EXPECTED)
def test_a_layout_of_another_system_is_recognised_by_its_header(file):
    name, kind, columns = EXPECTED[file]

    header, guess = guess_of(LAYOUTS / file)

    assert (guess.preset, guess.kind, guess.kind_is_sure) == (name, kind, True)
    assert by_headings(guess, header) == columns


@pytest.mark.skipif(not LAYOUTS.exists(), reason="../shared/data/crm_layouts is not here")
def test_every_layout_is_among_the_expected():
    assert {path.name for path in LAYOUTS.glob("*.csv")} == set(EXPECTED)


@pytest.mark.skipif(not LAYOUTS.exists(), reason="../shared/data/crm_layouts is not here")
def test_what_a_layout_lacks_is_an_open_question():
    _header, guess = guess_of(LAYOUTS / "hubspot_ui_export_contacts_header.csv")

    assert guess.is_open
    assert guess.missing == [("name",), ("company", "company_id")]


@pytest.mark.skipif(not LAYOUTS.exists(), reason="../shared/data/crm_layouts is not here")
def test_a_file_of_several_kinds_is_offered_as_each_of_them():
    path = LAYOUTS / "pipedrive_sample_import_header.csv"

    header, guess = guess_of(path)
    _header, as_deals = guess_of(path, kind="deals")

    assert guess.kinds == ["companies", "deals"]
    assert by_headings(as_deals, header) == {
        "name": "Deal - Title",
        "company": "Organization - Name*",
        "amount": "Deal - Value",
    }


def test_every_preset_names_fields_that_there_are():
    strange = {
        f"{preset.name} {kind} {name}"
        for preset in presets()
        for kind, mapping in preset.kinds.items()
        for part in (mapping.columns, mapping.join, mapping.values, mapping.defaults, mapping.identity)
        for name in part
        if name not in KINDS[kind](mapping, source="", at=NEVER_AHEAD).fields
    }

    assert strange == set()


# ── what columns are called ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "kind", "fields"),
    [
        ("会社名 ふりがな 住所1 TEL 業種 メモ", "companies", "name reading address phone industry note"),
        ("ご担当者名* 会社名 メール 役職", "contacts", "name company email title"),
        ("COMPANY name,Web site,ZIP code", "companies", "name website postal_code"),
        ("案件名 得意先名 営業担当 見積金額 受注予定月", "deals", "name company owner amount expected_month"),
        ("日時 会社名 種類 結果 担当", "follows", "happened_at company kind outcome owner"),
        ("担当 年月 売上目標", "goals", "rep month sales"),
        ("会社名 訪問日 同行者 担当", "visits", "company starts_at companions owner"),
    ],
)
def test_columns_are_told_by_their_names(header, kind, fields):
    header = header.split(",") if "," in header else header.split(" ")

    guess = guessed(header, [])

    assert guess.kind == kind
    assert [column.field for column in guess.columns] == fields.split()


def test_several_columns_make_one_field_in_their_own_order():
    people = guessed(["名", "姓", "会社名", "メール"], [["花子", "佐藤", "青葉", "h@aoba.example"]])
    companies = guessed(
        ["会社名", "番地", "市区町村", "都道府県"], [["青葉", "1-2", "仙台市青葉区", "宮城県"]]
    )

    assert people.mapping.columns == {"name": [2, 1], "company": 3, "email": 4}
    assert companies.mapping.columns == {"name": 1, "address": [4, 3, 2]}
    assert companies.mapping.join == {"address": ""}


def test_two_columns_of_one_name_are_asked_about():
    guess = guessed(["会社名", "電話", "電話"], [["青葉", "03-1234-5678", "03-1234-5679"]])

    assert [(c.field, c.open, c.maybe) for c in guess.columns] == [
        ("name", False, ()),
        ("phone", False, ()),
        ("", True, ("phone",)),
    ]


# ── what stands in them ────────────────────────────────────────────────────────────────────────────

ROWS = [
    ["㈱青葉フーズ", "980-0811", "宮城県仙台市青葉区一番町1-2", "022-123-4567", "https://aoba.example"],
    ["(有)山田商店", "160-0022", "東京都新宿区新宿3-4", "03(1234)5678", "yamada.co.jp"],
]


def test_columns_without_a_header_are_told_by_their_values():
    guess = guessed([], ROWS)

    assert guess.kind == "companies"
    assert [(c.field, c.why) for c in guess.columns] == [
        (name, Why.VALUES) for name in ("name", "postal_code", "address", "phone", "website")
    ]
    assert guess.mapping.header is False


def test_columns_with_names_that_say_nothing_are_told_by_their_values():
    guess = guessed(["A", "B", "C", "D", "E"], ROWS)

    assert [c.field for c in guess.columns] == ["name", "postal_code", "address", "phone", "website"]


def test_a_column_whose_values_speak_against_its_name_is_asked_about():
    guess = guessed(["会社名", "電話", "従業員数"], [["青葉", "info@aoba.example", "多い"]])

    assert [(c.field, c.open) for c in guess.columns] == [
        ("name", False),
        ("phone", True),
        ("employees", True),
    ]


def test_a_person_of_this_tenant_is_known(rep):
    make_user(Role.FIELD_SALES, name="高橋 美咲")

    guess = guessed(
        ["件名", "取引先", "X"], [["更新", "青葉", rep.name], ["新規", "山田", "高橋美咲"]], kind="deals"
    )

    assert [c.field for c in guess.columns] == ["name", "company", "owner"]


def test_foreign_dates_bring_their_format_and_doubtful_ones_a_question():
    sure = guessed(["案件名", "会社名", "受注予定日"], [["更新", "青葉", "10/31/2026"]])
    doubtful = guessed(["案件名", "会社名", "受注予定日"], [["更新", "青葉", "03/04/2026"]])
    ours = guessed(["案件名", "会社名", "受注予定日"], [["更新", "青葉", "2026年3月4日"]])

    assert [(guess.mapping.date_formats, guess.columns[2].open) for guess in (sure, doubtful, ours)] == [
        (["%m/%d/%Y"], False),
        (["%m/%d/%Y"], True),
        ([], False),
    ]


def test_foreign_words_for_the_end_of_a_deal_are_said_in_ours():
    guess = guessed(
        ["案件名", "会社名", "フェーズ"],
        [["a", "青葉", "9.成約"], ["b", "青葉", "失注(価格)"], ["c", "青葉", "提案中"]],
    )

    assert guess.mapping.values["outcome"] == {
        "9.成約": "won",
        "失注(価格)": "lost",
        "提案中": "open",
        "*": "open",
    }


def test_a_file_that_says_nothing_is_all_open():
    guess = guessed(["foo", "bar"], [["1", "x"]])

    assert not guess.kind_is_sure
    assert [column.fields for column in guess.columns] == [(), ()]


@pytest.mark.parametrize(("header", "sample"), [([], []), ([""], [[]]), (["a"], [[], ["1", "2", "3"]])])
def test_odd_shapes_are_no_surprise(header, sample):
    assert guessed(header, sample).is_open


def test_what_is_guessed_can_be_bound(rep):
    header = ["会社名", "ふりがな", "住所1", "TEL"]
    guess = guessed(header, [])
    taker = KINDS[guess.kind](guess.mapping, source="", at=NEVER_AHEAD)

    bound = mappings.bind(guess.mapping, taker.fields, taker.aliases, header)

    assert bound.said(["青葉", "あおば", "仙台市", "022"]) == {
        "name": "青葉",
        "reading": "あおば",
        "address": "仙台市",
        "phone": "022",
    }
