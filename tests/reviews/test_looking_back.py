"""What became of former names, and the strip that says how far the month is."""

from fractions import Fraction

import pytest

from apps.accounts.models import SYSTEM
from apps.base.month import Month
from apps.deals import operations as deals
from apps.deals.models import Deal, LostReason
from apps.goals import operations as goals
from apps.goals.vocabulary import Row
from apps.reviews import behind, presentation, queries
from apps.reviews.rules import INSTANT, Fate
from apps.reviews.scope import Scope
from tests import factories
from tests.reviews.worked_example import EARLY, LATE, MAN, MONTHS, TOKYO, at, laid_down, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def example(db):
    return laid_down()


def fates_of(rep, as_of: str, months=MONTHS) -> dict[tuple[str, str], Fate]:
    board = queries.board(Scope(rep=rep), months=months, as_of=moment(as_of), zone=TOKYO)
    names = dict(Deal.objects.values_list("pk", "company__name"))
    found = queries.fates(board, zone=TOKYO)
    return {(str(month), names[deal]): fate for (month, deal), fate in found.items()}


def opened(rep, when: str, **facts) -> Deal:
    return factories.make_deal(rep, opened=at(when), plan="基本", amount=50 * MAN, **facts)


def test_a_former_name_says_the_month_it_went_to(example):
    assert fates_of(example.first, LATE) == {("2026-09", "C"): Fate("topic", Month(2026, 10))}
    assert fates_of(example.first, EARLY) == {}


def test_a_former_name_says_won_lost_or_without_timing(rep):
    given = {"by": SYSTEM, "at": moment(LATE)}
    won, lost, loose, stays = (opened(rep, "08-03", expected_month=Month(2026, 8)) for _ in range(4))
    deals.win(won, on=at("09-02"), amount=50 * MAN, **given)
    deals.lose(lost, on=at("09-03"), kind="never", reason=LostReason.objects.first(), **given)
    deals.change_deal(loose, when=at("09-04"), expected_month=None, **given)

    board = queries.board(Scope(rep=rep), months=MONTHS, as_of=moment(LATE), zone=TOKYO)

    august = MONTHS[0]
    assert queries.fates(board, zone=TOKYO) == {
        (august, won.pk): Fate("won", august),
        (august, lost.pk): Fate("lost", august),
        (august, loose.pk): Fate("topic", None),
    }
    assert (august, stays.pk) not in queries.fates(board, zone=TOKYO)


def test_only_where_a_months_end_found_it_counts(rep):
    deal = opened(rep, "08-03", expected_month=Month(2026, 8))
    for when, month in (("09-02", 9), ("09-20", 10), ("10-03", 11)):
        deals.change_deal(deal, when=at(when), expected_month=Month(2026, month), by=SYSTEM, at=moment(LATE))

    board = queries.board(Scope(rep=rep), months=MONTHS, as_of=moment(LATE), zone=TOKYO)

    assert queries.fates(board, zone=TOKYO) == {(MONTHS[0], deal.pk): Fate("deal", Month(2026, 10))}


def test_the_marks_cost_one_query_however_many_names(example, django_assert_num_queries):
    board = queries.board(Scope(), months=list(Month(2025, 1).range(24)), as_of=moment(LATE), zone=TOKYO)

    with django_assert_num_queries(1):
        queries.fates(board, zone=TOKYO)


def strip_of(rep, as_of: str, months=MONTHS):
    board = queries.board(Scope(rep=rep), months=months, as_of=moment(as_of), zone=TOKYO)
    return presentation.strip(board, elapsed=Fraction(1, 2))


def test_the_strip_adds_up_to_the_target(example):
    strip = strip_of(example.first, LATE)

    assert (strip.month, strip.target) == (Month(2026, 10), 200 * MAN)
    assert [(part.look, part.man) for part in strip.parts] == [("k3", 110), ("k4", 80), ("k5", 10)]


def test_the_strip_names_the_steps_that_are_missing(example):
    goals.set_monthly_goal(
        example.first,
        month=Month(2026, 10),
        benchmarks={
            "follow_count": 2,
            "visit_count": 4,
            "topic_count": 1,
            "sure_count": 2,
            "likely_count": 10,
        },
        by=SYSTEM,
        at=moment(LATE),
    )

    strip = strip_of(example.first, LATE)

    assert strip.on_pace == "フォローと話題"
    assert strip.missing == "<b>訪問</b>(0/4)と<b>商談</b>(2/12)"


def test_there_is_no_strip_where_the_month_is_not_shown_or_empty(example):
    assert strip_of(example.first, LATE, months=MONTHS[:2]) is None
    assert strip_of(example.second, LATE) is None


@pytest.mark.parametrize(("names", "density"), [(8, ""), (9, "dense"), (15, "dense"), (16, "denser")])
def test_the_printed_table_stands_closer_the_more_names_it_has(names, density):
    cell = presentation.Cell("now", names=[presentation.Mention(None)] * names)
    row = presentation.TableRow("topic_names", "話題", "names", [cell, presentation.Cell("sum")])

    assert presentation.density([row]) == density


def moves_of(rep, row: Row, as_of: str, *, months=MONTHS, undated: bool = False) -> list[tuple]:
    found = behind.moves(Scope(rep=rep), row, months=months, undated=undated, as_of=moment(as_of), zone=TOKYO)
    told = [presentation.told(move) for move in found]
    return [(t.move.at.astimezone(TOKYO).day, t.move.company, t.words, t.gained) for t in told]


def test_the_moves_of_a_row_since_the_month_began(example):
    assert moves_of(example.first, Row.TOPIC_AMOUNT, LATE) == [(5, "C", "9月から10月へ", "+80")]
    assert moves_of(example.first, Row.SURE_COUNT, EARLY) == [(10, "A", "商談△から商談◯へ", "+100")]
    assert moves_of(example.first, Row.LIKELY_NAMES, EARLY) == [
        (1, "E", "新しい案件", "+40"),
        (4, "D", "ボツ", "−50"),
        (10, "A", "商談△から商談◯へ", "−100"),
    ]


def test_a_handed_over_deal_leaves_the_row_of_the_one_and_enters_the_others(example):
    late_september = "2026-09-25T12:00"
    assert moves_of(example.first, Row.LIKELY_AMOUNT, late_september)[-1] == (20, "E", "担当の変更", "−40")
    assert moves_of(example.second, Row.LIKELY_AMOUNT, late_september) == [(20, "E", "担当の変更", "+40")]


def test_a_change_that_the_row_does_not_show_is_no_move(example):
    deal = Deal.objects.get(company__name="C")
    deals.change_deal(deal, when=at("10-10"), next_action="電話する", by=SYSTEM, at=moment(LATE))

    assert moves_of(example.first, Row.TOPIC_AMOUNT, LATE) == [(5, "C", "9月から10月へ", "+80")]


def test_what_a_month_opened_with_and_closed_months_move_no_more(example):
    assert moves_of(example.first, Row.OPENING_DEAL_AMOUNT, LATE) == []
    assert moves_of(example.first, Row.TOPIC_AMOUNT, LATE, months=MONTHS[:2]) == []
    assert moves_of(example.first, Row.SALES, LATE) == []


def test_the_moves_add_up_to_what_the_row_gained_since_the_month_began(example):
    for as_of in (EARLY, LATE, "2026-09-30T23:00", "2026-10-31T12:00"):
        running = Month.of(moment(as_of))
        for scope in (Scope(rep=example.first), Scope.of_team(example.team), Scope()):
            for row in (Row.SURE_AMOUNT, Row.LIKELY_AMOUNT, Row.TOPIC_AMOUNT):
                given = {"months": [running], "zone": TOKYO}
                start = running.starts_at(TOKYO)
                before = queries.board(scope, as_of=start - INSTANT, **given).line(row).values[0]
                now = queries.board(scope, as_of=moment(as_of), **given).line(row).values[0]
                found = behind.moves(scope, row, undated=False, as_of=moment(as_of), **given)
                assert sum(move.gained for move in found) == now - before


def test_moves_cost_one_query(example, django_assert_num_queries):
    with django_assert_num_queries(1):
        moves_of(example.first, Row.LIKELY_AMOUNT, LATE, undated=True)
