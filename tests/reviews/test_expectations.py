"""Expected against different: counted per kind and per rep, told with how it differed, and never a rate of few."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.activities import operations
from apps.activities.models import IssueKind
from apps.reviews.rules import Ratio, Tally
from tests import factories
from tests.integrations.api import Program

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
ADDRESS = "/expectations/"
OCTOBER = {"from": "2026-10", "months": "1"}


def moment(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=TOKYO)


def kind(label: str) -> IssueKind | None:
    return IssueKind.objects.get(label=label) if label else None


def met(owner, *issues: tuple[str, str, str], at: datetime | None = None, **facts):
    """A visit in October with what was expected: (kind, what became of it, how it differed)."""
    visit = factories.make_visit(owner, starts_at=at or moment(5), **facts)
    lines = {f"課題{n}": issue for n, issue in enumerate(issues)}
    kinds = {line: kind(label) for line, (label, _turnout, _how) in lines.items()}
    now = timezone.now()
    operations.prepare_visit(visit, goal="—", issues=list(lines), kinds=kinds, by=owner, at=now)
    told = {issue.pk: lines[issue.text][1:] for issue in visit.issues.all()}
    operations.report_visit(visit, progress="same", turnouts=told, by=owner, at=now)
    return visit


def asked(browser, **given):
    return browser.get(ADDRESS, OCTOBER | given)


def figures(lines) -> dict[str, tuple[int, int, int]]:
    return {
        drawn.line.name: (
            drawn.line.tally.as_expected,
            drawn.line.tally.different,
            drawn.line.tally.did_not_come_up,
        )
        for drawn in lines
    }


@pytest.fixture
def browser(logged_in, executive):
    return logged_in(executive)


@pytest.fixture
def lived(rep, colleague):
    met(
        rep,
        ("価格", "as_expected", ""),
        ("価格", "different", "早さのほうが大事"),
        ("", "did_not_come_up", ""),
    )
    met(colleague, ("時期", "as_expected", ""), ("価格", "as_expected", ""))


def test_each_kind_and_each_rep_is_counted(browser, lived, rep, colleague):
    context = asked(browser).context

    assert figures(context["kinds"]) == {"価格": (2, 1, 0), "時期": (1, 0, 0), "種類なし": (0, 0, 1)}
    assert figures(context["reps"]) == {rep.name: (1, 1, 1), colleague.name: (2, 0, 0)}


def test_a_kind_narrows_the_reps_and_the_notes(browser, lived, rep, colleague):
    context = asked(browser, kind=str(kind("時期").pk)).context

    assert figures(context["reps"]) == {colleague.name: (1, 0, 0)}
    assert (len(context["kinds"]), context["notes"]) == (3, [])


def test_issues_without_a_kind_are_looked_at_as_well(browser, lived, rep):
    assert figures(asked(browser, kind="none").context["reps"]) == {rep.name: (0, 0, 1)}


def test_a_person_sees_the_own_kinds_and_no_table_of_people(logged_in, lived, rep):
    context = asked(logged_in(rep)).context

    assert figures(context["kinds"]) == {"価格": (1, 1, 0), "種類なし": (0, 0, 1)}
    assert context["reps"] == []


def test_a_name_leads_to_its_person(browser, lived, rep):
    leads = next(drawn.url for drawn in asked(browser).context["reps"] if drawn.line.name == rep.name)

    assert figures(browser.get(leads).context["kinds"]) == {"価格": (1, 1, 0), "種類なし": (0, 0, 1)}


def test_a_team_is_those_who_were_in_it_on_that_day(browser, lived, rep, team, stranger):
    met(stranger, ("価格", "different", "—"))
    accounts.move_to_team(
        rep, team=factories.make_team(), from_on=moment(5).date(), by=SYSTEM, at=timezone.now()
    )
    met(rep, ("価格", "did_not_come_up", ""), at=moment(4))

    reps = asked(browser, team=str(team.pk)).context["reps"]

    assert figures(reps)[rep.name] == (0, 0, 1)
    assert stranger.name not in figures(reps)


def test_months_end_in_the_tenants_zone(browser, rep):
    met(rep, ("価格", "as_expected", ""), at=datetime(2026, 9, 30, 23, 59, tzinfo=TOKYO))
    met(rep, ("価格", "different", "—"), at=datetime(2026, 10, 1, tzinfo=TOKYO))
    met(rep, ("価格", "did_not_come_up", ""), at=datetime(2026, 11, 1, tzinfo=TOKYO))

    assert figures(asked(browser).context["kinds"]) == {"価格": (0, 1, 0)}


def test_what_was_trashed_called_off_or_not_marked_is_not_counted(browser, rep, admin):
    trashed = met(rep, ("価格", "as_expected", ""))
    operations.trash_activity(trashed, by=admin, at=timezone.now())
    off = met(rep, ("価格", "as_expected", ""))
    operations.change_visit(off, status="cancelled", by=rep, at=timezone.now())
    met(rep, ("価格", "different", "—"), ("価格", "", ""))

    response = asked(browser)

    assert figures(response.context["kinds"]) == {"価格": (0, 1, 0)}
    assert "報告で結果を選ばなかった想定が、ほかに1件あります。" in response.content.decode()


@pytest.mark.parametrize(("hits", "rate"), [(29, None), (30, Ratio(30, 30))])
def test_there_is_no_rate_of_fewer_than_thirty(hits, rate):
    assert Tally(as_expected=hits).rate == rate
    assert Tally(as_expected=hits, unmarked=50).rate == rate


def test_instead_of_a_rate_of_few_stands_how_many_there_are(browser, lived):
    content = asked(browser).content.decode()

    assert "比較できる件数がまだありません </span>(3/30)" in content
    assert "<small>%</small>" not in content


def test_from_thirty_on_the_rate_is_shown_with_its_number(browser, rep):
    for _ in range(3):
        met(rep, *[("価格", "as_expected", "")] * 8, *[("価格", "different", "—")] * 2)

    content = asked(browser).content.decode()

    assert "80<small>%</small>" in content
    assert "<b>30</b></td>" in content


def test_how_it_differed_leads_to_the_visit_the_latest_first(browser, rep):
    company = factories.make_company("東雲ロジスティクス")
    early = met(rep, ("価格", "different", "早さが大事"), company=company)
    late = met(rep, ("", "different", "もう決まっていた"), at=moment(9), company=company)

    response = asked(browser)

    told = [(note.visit, note.kind, note.how, note.company) for note in response.context["notes"]]
    assert told == [
        (late.pk, "", "もう決まっていた", "東雲ロジスティクス"),
        (early.pk, "価格", "早さが大事", "東雲ロジスティクス"),
    ]
    assert f'href="{early.get_absolute_url()}"' in response.content.decode()


def test_nothing_yet_says_where_it_comes_from(browser):
    content = asked(browser).content.decode()

    assert "この期間に、結果のついた想定がありません" in content
    assert reverse("activities:visits") in content


@pytest.mark.parametrize(
    "given", [{"kind": "no-id"}, {"months": "99"}, {"from": "x"}, {"rep": "no-id"}, {"org": "1", "rep": "1"}]
)
def test_what_nobody_can_ask_is_said(browser, given):
    assert [browser.get(path, OCTOBER | given).status_code for path in (ADDRESS, f"{ADDRESS}csv/")] == [
        400,
        400,
    ]


def test_the_file_has_a_row_for_each_rep_and_kind(browser, lived, rep, colleague):
    answer = browser.get(f"{ADDRESS}csv/", OCTOBER | {"org": "1"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[0] == ["担当", "種類", "件数", "想定通り", "違った", "出なかった"]
    assert sorted(rows[1:]) == sorted(
        [
            [rep.name, "価格", "2", "1", "1", "0"],
            [rep.name, "種類なし", "1", "0", "0", "1"],
            [colleague.name, "価格", "1", "1", "0", "0"],
            [colleague.name, "時期", "1", "1", "0", "0"],
        ]
    )


def test_programs_are_told_the_same(alpha, admin, lived, rep):
    answer = Program(alpha, admin).get(f"expectations/?rep={rep.pk}&from=2026-10&months=1").json()

    assert answer["months"] == ["2026-10"]
    assert [
        (row["rep"], row["kind_label"], row["expected"], row["as_expected"], row["different"])
        for row in answer["results"]
    ] == [(str(rep.pk), "価格", 2, 1, 1), (str(rep.pk), "種類なし", 1, 0, 0)]


@pytest.mark.parametrize("table", ["expectations", "board"])
def test_programs_ask_for_months_that_baton_keeps(alpha, admin, table):
    program = Program(alpha, admin)

    answers = [program.get(f"{table}/?org=1&from=2200-12&months={months}") for months in (1, 2)]

    assert [answer.status_code for answer in answers] == [200, 400]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_it_shows(browser, team, count, django_assert_num_queries):
    for n in range(count):
        someone = factories.make_user("field_sales", team=team)
        met(someone, (["価格", "時期", "競合"][n], "different", "違った"), at=moment(5) + timedelta(days=n))

    with django_assert_num_queries(11):
        asked(browser)
