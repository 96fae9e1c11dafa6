"""The Excel file, read back: every figure as on the page, formulas that say the same as their stored values."""

import io
from urllib.parse import unquote

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.month import Month
from apps.goals import operations as goals
from apps.goals.vocabulary import Row
from apps.reviews import periods
from tests import factories
from tests.reviews.worked_example import LATE, MAN, laid_down

pytestmark = pytest.mark.django_db
HALF = "from=2026-08&months=3"
VALUES = ("C", "E", "G", "I", "J")
"""Aug, Sep, Oct, 時期未定, total; between the months stand their gaps."""


@pytest.fixture
def example(db):
    return laid_down()


def downloaded(browser, asked: str):
    return browser.get(f"{reverse('reviews:table-xlsx')}?{asked}&{HALF}&as_of={LATE}")


def opened(response, *, formulas: bool = False):
    body = io.BytesIO(b"".join(response.streaming_content))
    return openpyxl.load_workbook(body, data_only=not formulas)


def rows_of(sheet) -> dict[str, list]:
    return {
        row[0].value: [sheet[f"{c}{row[0].row}"].value for c in VALUES] for row in sheet.iter_rows(min_row=5)
    }


def test_it_holds_every_row_in_its_order_with_exact_figures(logged_in, rep, example):
    sheet = opened(downloaded(logged_in(rep), f"rep={example.first.pk}")).active

    rows = rows_of(sheet)
    labels = [str(row.label) for row in Row if row != Row.PER_HEAD]
    assert [label for label in rows if label][: len(labels)] == labels
    assert rows["売上目標"] == [100 * MAN, "—", 200 * MAN, None, 300 * MAN]
    assert rows["売上"] == [0, 120 * MAN, 0, None, 120 * MAN]
    assert rows["売上達成率"] == [0, "—", 0, None, 0.4]
    assert rows["受注単価"] == ["—", 120 * MAN, "—", None, 120 * MAN]
    assert rows["商談△ 件数"] == [0, 0, 2, None, 2]
    assert rows["商談△ 案件"] == [None, None, "B 600000\nD 500000", None, None]
    assert rows["話題 金額"] == [0, 80 * MAN, 80 * MAN, 0, 160 * MAN]
    assert rows["時期が過ぎた案件"][0] == "F 300000"


def test_sums_and_rates_are_formulas_over_the_cells_they_come_from(logged_in, rep, example):
    sheet = opened(downloaded(logged_in(rep), f"rep={example.first.pk}"), formulas=True).active

    rows = rows_of(sheet)
    assert rows["売上"][4] == "=SUM(C6,E6,G6)"
    assert rows["話題 件数"][4] == "=SUM(C19,E19,G19,I19)"
    assert rows["売上達成率"][1] == '=IF(N(E5)=0,"—",E6/E5)'
    assert rows["受注単価"][4] == '=IF(N(J8)=0,"—",J6/J8)'


def test_the_gap_to_the_benchmark_is_a_folded_column(logged_in, rep, example):
    goals.set_monthly_goal(
        example.first, month=Month(2026, 9), benchmarks={"sales": 100 * MAN}, by=SYSTEM, at=timezone.now()
    )
    sheet = opened(downloaded(logged_in(rep), f"rep={example.first.pk}")).active

    assert (sheet["F4"].value, sheet["F6"].value, sheet["D6"].value) == ("ベンチマークとの差", 20 * MAN, None)
    gap, figure = sheet.column_dimensions["F"], sheet.column_dimensions["E"]
    assert (gap.hidden, gap.outlineLevel, figure.hidden) == (True, 1, False)


def test_it_is_set_up_for_one_page_of_a3_and_its_heads_stay(logged_in, rep, example):
    sheet = opened(downloaded(logged_in(rep), f"rep={example.first.pk}")).active

    assert sheet.freeze_panes == "C5"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 8)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet["C6"].number_format, sheet["C7"].number_format) == ("#,##0", "0.0%")


def test_a_team_and_the_organisation_have_a_sheet_per_person(logged_in, rep, example):
    browser = logged_in(rep)

    team = opened(downloaded(browser, f"team={example.team.pk}"))
    organisation = opened(downloaded(browser, "org=1"))

    assert (team.sheetnames[0], set(team.sheetnames[1:])) == ("例の課", {"甲", "乙"})
    assert rows_of(team["例の課"])["売上"][4] == 160 * MAN
    assert rows_of(team["例の課"])["頭数生産性"][4] == 80 * MAN
    assert [rows_of(team[name])["売上"][4] for name in ("甲", "乙")] == [120 * MAN, 40 * MAN]
    assert organisation.sheetnames[0] == "組織"
    assert set(organisation.sheetnames[1:]) == {"甲", "乙", rep.name}


def test_its_name_says_whose_which_months_and_which_day(logged_in, rep, example):
    given = {"by": SYSTEM, "at": timezone.now()}
    accounts.change_user(example.first, name="高橋 美/咲", email=None, roles=[Role.FIELD_SALES], **given)

    response = downloaded(logged_in(rep), f"rep={example.first.pk}")

    opened(response)
    name = unquote(response["Content-Disposition"].partition("''")[2])
    assert name == "目標プロセス管理表_高橋美咲_202608_202610_20261015.xlsx"


@pytest.mark.parametrize(
    ("first", "length", "name"),
    [
        ("2026-07", 6, "2026上期"),
        ("2027-01", 6, "2026下期"),
        ("2026-07", 12, "2026年度"),
        ("2026-08", 6, "202608_202701"),
    ],
)
def test_a_period_is_called_by_its_half_or_year(first, length, name):
    assert periods.in_file_name(list(Month.parse(first).range(length)), year_starts=7) == name


def test_names_that_a_spreadsheet_would_run_stay_text(logged_in, rep):
    company = factories.make_company(name='=HYPERLINK("http://x.example")')
    month = Month.of(timezone.localdate())
    factories.make_deal(rep, company=company, plan="基本", amount=MAN, expected_month=month)
    given = {"by": SYSTEM, "at": timezone.now()}
    accounts.change_user(rep, name="=1+1[history]:*?/'", email=rep.email, roles=rep.roles, **given)

    response = logged_in(rep).get(f"{reverse('reviews:table-xlsx')}?rep={rep.pk}&from={month}&months=1")
    sheet = opened(response, formulas=True).active

    texts = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert any("HYPERLINK" in cell.value for cell in texts)
    assert not [
        cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" and "HYPER" in cell.value
    ]
    assert not sheet._hyperlinks


def test_an_address_that_asks_for_nonsense_is_refused(logged_in, rep):
    assert logged_in(rep).get(f"{reverse('reviews:table-xlsx')}?months=99").status_code == 400
