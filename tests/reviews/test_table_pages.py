import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.month import Month
from tests import factories
from tests.reviews.worked_example import EARLY, LATE, laid_down

HALF = "from=2026-08&months=3"


@pytest.fixture
def example(db):
    return laid_down()


def test_a_rep_sees_the_own_table_first(logged_in, rep):
    response = logged_in(rep).get(reverse("reviews:table"))

    assert response.context["board"].scope.rep == rep


def test_a_manager_sees_the_own_team_first(logged_in, manager, team):
    response = logged_in(manager).get(reverse("reviews:table"))

    assert response.context["board"].scope.team == team


def test_an_executive_sees_the_organisation_first(logged_in, executive):
    response = logged_in(executive).get(reverse("reviews:table"))

    assert (response.context["board"].scope.rep, response.context["board"].scope.team) == (None, None)


def test_the_running_fiscal_half_is_shown_first(logged_in, executive):
    response = logged_in(executive).get(reverse("reviews:table"))

    months = response.context["board"].months
    assert (len(months), months[0].month in (4, 10)) == (6, True)
    assert Month.of(timezone.localdate()) in months


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_it_shows(logged_in, rep, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_deal(rep, plan="基本", amount=600_000, expected_month=Month.of(timezone.localdate()))
        factories.make_follow(rep)
    browser = logged_in(rep)

    with django_assert_num_queries(17):
        browser.get(reverse("reviews:table"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_teams_page_costs_the_same_however_many_sell(
    logged_in, rep, team, count, django_assert_num_queries
):
    now = Month.of(timezone.localdate())
    for _ in range(count):
        seller = factories.make_user(team=team)
        factories.make_deal(seller, plan="基本", amount=600_000, expected_month=now)
        factories.make_deal(seller, plan="基本", amount=600_000, expected_month=now - 1)
        factories.make_follow(seller)
    browser = logged_in(rep)

    with django_assert_num_queries(18):
        browser.get(reverse("reviews:table"), {"team": team.pk})


def test_the_table_as_of_a_moment_names_what_was_open_then(logged_in, rep, example):
    early = logged_in(rep).get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={EARLY}")
    late = logged_in(rep).get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={LATE}")

    assert "時期が過ぎた案件" not in early.content.decode()
    assert "時期が過ぎた案件 1件 30万円" in late.content.decode()


@pytest.mark.parametrize(
    "asked",
    ["rep=nobody", "team=1", "from=2026-13", "months=25", "months=0", "as_of=yesterday", "as_of=0001-01-01T00:00Z",
     "as_of=9999-12-31", "from=0000-01", "months=9999999999999999999", "org=1&rep={rep}"],
)  # fmt: skip
def test_an_address_that_asks_for_nonsense_is_answered_clearly(logged_in, rep, asked):
    response = logged_in(rep).get(f"{reverse('reviews:table')}?{asked.format(rep=rep.pk)}")

    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert response.templates[0].name == "errors/400.html"


def test_an_earlier_moment_dots_what_is_different_now(logged_in, rep, example):
    page = logged_in(rep).get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={EARLY}")

    rows = {row.code: [cell.changed for cell in row.cells] for row in page.context["rows"]}
    assert rows["sales"] == [False, True, True, False, False, True]
    assert rows["sales_target"] == [False] * 6
    assert rows["topic_names"] == [False, False, False, True, True, False]


def test_the_present_table_dots_nothing(logged_in, rep, example):
    page = logged_in(rep).get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}")

    assert not [cell for row in page.context["rows"] for cell in row.cells if cell.changed]


def test_the_marks_say_what_became_of_former_names(logged_in, rep, example):
    page = logged_in(rep).get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={LATE}")

    row = next(row for row in page.context["rows"] if row.code == "topic_names")
    assert [[(m.name.company, m.mark) for m in cell.names] for cell in row.cells] == [
        [], [], [("C", "→10月")], [("C", "")], [], []
    ]  # fmt: skip
    assert "<em>→10月</em>" in page.content.decode()


def test_the_printed_table_says_whose_and_of_which_company(logged_in, rep, example, alpha):
    page = (
        logged_in(rep)
        .get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={LATE}")
        .content.decode()
    )

    assert f"<span>{alpha.name}・{example.team}・甲</span>" in page
    assert "<span>2026/10/15 11:20 現在</span>" in page


@pytest.mark.parametrize(
    ("asked", "shown", "before", "after"),
    [
        ("", "2026-10", "month=2026-09", "from=2026-11&amp;months=3&amp;as_of=2026-10-15T11%3A20&amp;month=2026-11"),
        ("&month=2026-08", "2026-08", "from=2026-05&amp;months=3&amp;as_of=2026-10-15T11%3A20&amp;month=2026-07", "month=2026-09"),
        ("&month=2027-08", "2026-10", "month=2026-09", "month=2026-11"),
    ],
)  # fmt: skip
def test_a_phone_shows_one_month_and_leads_to_the_next(logged_in, rep, example, asked, shown, before, after):
    url = f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={LATE}{asked}"
    page = logged_in(rep).get(url)

    links = re.findall(r'rel="(prev|next)" href="([^"]*)"', page.content.decode())
    assert str(page.context["on"]) == shown
    assert [(rel, href.endswith(end)) for (rel, href), end in zip(links, (before, after), strict=True)] == [
        ("prev", True), ("next", True)
    ]  # fmt: skip


def test_every_column_has_one_head(logged_in, rep, example):
    page = logged_in(rep).get(f"{reverse('reviews:table')}?rep={example.first.pk}&{HALF}&as_of={LATE}")

    head = page.content.decode().rsplit("<thead>", 1)[1].split("</thead>")[0]
    assert head.count('scope="col"') == len(
        ["benchmark", "August", "September", "October", "undated", "total"]
    )


def test_the_answer_to_nonsense_says_what_would_be_right(logged_in, rep):
    response = logged_in(rep).get(f"{reverse('reviews:table')}?as_of=yesterday")

    assert "時点は 2026-10-15 や 2026-10-15T11:20 の形で書いてください。" in response.content.decode()


def test_a_figure_opens_its_records_as_page_and_as_dialog(logged_in, rep, example):
    url = f"{reverse('reviews:records')}?rep={example.first.pk}&{HALF}&as_of={LATE}&row=sales&cell=2026-09"
    browser = logged_in(rep)

    whole = browser.get(url)
    part = browser.get(url, headers={"HX-Request": "true", "HX-Target": "records"})

    assert [closing.company for closing in whole.context["found"].rows] == ["A"]
    assert "<html" not in part.content.decode()


def test_a_figure_tells_plan_last_touch_and_the_moves_since_the_month_began(logged_in, rep):
    month = Month.of(timezone.localdate())
    deal = factories.make_deal(rep, plan="基本プラン", amount=600_000, expected_month=month)
    factories.make_follow(rep, company=deal.company, deal=deal)

    url = f"{reverse('reviews:records')}?rep={rep.pk}&row=likely_amount&cell={month}"
    page = logged_in(rep).get(url)

    [(name, detail)] = page.context["details"]
    assert (name.deal, detail.plan, timezone.localdate(detail.touched_at)) == (
        deal.pk, "基本プラン", timezone.localdate()
    )  # fmt: skip
    assert [(told.words, told.gained) for told in page.context["moves"]] == [("新しい案件", "+60")]
    assert "からの動き" in page.content.decode()


def test_a_figure_of_nonsense_is_answered_clearly(logged_in, rep):
    response = logged_in(rep).get(f"{reverse('reviews:records')}?row=nothing&cell=2026-99")

    assert response.status_code == 400


def test_the_csv_holds_exact_yen_and_no_formula(logged_in, rep, example):
    given = {"by": SYSTEM, "at": timezone.now()}
    accounts.change_user(example.first, name="=甲", email=None, roles=[Role.FIELD_SALES], **given)
    response = logged_in(rep).get(
        f"{reverse('reviews:table-csv')}?rep={example.first.pk}&{HALF}&as_of={LATE}"
    )

    text = b"".join(response.streaming_content).decode()
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if row}
    assert rows["売上"] == ["", "0", "1200000", "0", "", "1200000"]
    assert rows["商談△ 案件"] == ["", "", "", "B 600000\nD 500000", "", ""]
    assert rows["時期が過ぎた案件"] == ["F 300000"]


def test_names_that_a_spreadsheet_would_run_are_made_harmless():
    from apps.base.spreadsheet import harmless

    assert [harmless(v) for v in ("=1+1", "+1", "-1", "@x", "\tx", "社名", -5, None)] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "社名", -5, None
    ]  # fmt: skip


def test_the_strip_gives_css_a_share_without_separators(logged_in, rep):
    factories.make_deal(rep, plan="基本", amount=11_360_000, expected_month=Month.of(timezone.localdate()))

    content = logged_in(rep).get(reverse("reviews:table")).content.decode()

    assert 'data-grow="1136"' in content
