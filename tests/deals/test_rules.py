"""What a deal's changes mean: domain.md, "Stage of a deal" and "Moments"."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deals.rules import INSTANT, Change, fold, known_axes, moment_of, state_at

TOKYO = ZoneInfo("Asia/Tokyo")
WHOLE = {"plan": "基本", "amount": 600_000, "expected_month": "2026-10"}


def day(month: int, number: int, hour: int = 10) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=TOKYO)


def life(*changes: tuple[datetime, dict]):
    return fold(Change(at, fields) for at, fields in changes)


def counted(story, kind: str) -> list[tuple]:
    return [(m.at, m.until) for m in story.milestones if m.kind == kind]


# ── the stage ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({}, "prospect"),
        ({"plan": "基本"}, "prospect"),
        ({"amount": 1}, "prospect"),
        ({"expected_month": "2026-10"}, "prospect"),
        ({"plan": "基本", "amount": 1}, "topic"),
        ({"plan": "基本", "expected_month": "2026-10"}, "topic"),
        ({"amount": 1, "expected_month": "2026-10"}, "topic"),
        (WHOLE, "deal"),
    ],
)
def test_the_stage_is_how_many_axes_are_known(fields, stage):
    assert life((day(8, 1), fields)).present.stage == stage


@pytest.mark.parametrize(
    ("plan", "amount", "month", "known"),
    [
        ("", None, None, 0),
        (" 　\n", None, None, 0),
        ("", 0, None, 0),
        ("", 1, None, 1),
        ("基本", 0, "2026-10", 2),
        ("基本", 1, "2026-10", 3),
    ],
)
def test_a_price_is_known_from_one_yen_and_a_plan_when_it_is_not_blank(plan, amount, month, known):
    assert known_axes(plan, amount, month) == known


@pytest.mark.parametrize("outcome", ["won", "lost"])
@pytest.mark.parametrize("fields", [{}, WHOLE])
def test_won_and_lost_override_what_is_known(fields, outcome):
    assert life((day(8, 1), fields), (day(8, 2), {"outcome": outcome})).present.stage == outcome


# ── the rank ───────────────────────────────────────────────────────────────────────────────────────


def test_a_deal_is_likely_until_somebody_says_otherwise():
    assert life((day(8, 1), WHOLE)).present.rank == "likely"


def test_what_is_no_deal_yet_has_no_rank():
    assert life((day(8, 1), {"plan": "基本", "rank": "sure"})).present.rank == ""


def test_losing_an_axis_drops_the_rank_and_a_whole_deal_begins_as_likely_again():
    story = life(
        (day(8, 1), WHOLE),
        (day(8, 2), {"rank": "sure"}),
        (day(8, 3), {"expected_month": None}),
        (day(8, 4), {"expected_month": "2026-11"}),
    )

    assert [state.rank for state in story.states] == ["likely", "sure", "", "likely"]


def test_a_rank_outlives_changes_that_leave_the_deal_whole():
    story = life((day(8, 1), WHOLE | {"rank": "sure"}), (day(8, 2), {"amount": 700_000}))

    assert story.present.rank == "sure"


# ── moments ────────────────────────────────────────────────────────────────────────────────────────


def test_a_live_act_happens_now():
    now = day(10, 15, 11)

    assert moment_of(date(2026, 10, 15), now=now, zone=TOKYO) == now


def test_a_fact_of_an_earlier_day_is_true_from_its_first_moment():
    assert moment_of(date(2026, 10, 14), now=day(10, 15), zone=TOKYO) == day(10, 14, 0)


def test_a_fact_of_an_earlier_day_comes_directly_after_what_was_recorded_on_it():
    recorded = [day(10, 13), day(10, 14, 9), day(10, 14, 17), day(10, 15, 0)]

    moment = moment_of(date(2026, 10, 14), now=day(10, 15), zone=TOKYO, recorded=recorded)

    assert moment == day(10, 14, 17) + INSTANT


def test_the_day_is_that_of_the_zone():
    just_past_midnight = datetime(2026, 10, 14, 15, 30, tzinfo=UTC)

    assert moment_of(date(2026, 10, 15), now=just_past_midnight, zone=TOKYO) == just_past_midnight
    assert moment_of(date(2026, 10, 14), now=just_past_midnight, zone=TOKYO) == day(10, 14, 0)


def test_nothing_is_dated_ahead():
    with pytest.raises(ValueError, match="ahead"):
        moment_of(date(2026, 10, 16), now=day(10, 15), zone=TOKYO)


def test_the_state_at_a_moment_counts_the_change_of_that_moment():
    states = life((day(8, 1), {"plan": "基本"}), (day(8, 2), {"plan": "拡張"})).states

    assert state_at(states, day(8, 2)).plan == "拡張"
    assert state_at(states, day(8, 2) - INSTANT).plan == "基本"
    assert state_at(states, day(8, 1) - INSTANT) is None


def test_of_changes_at_one_moment_the_later_recorded_has_the_last_word():
    story = life((day(8, 1), {"plan": "基本"}), (day(8, 1), {"plan": "拡張", "amount": 1}))

    assert [(state.plan, state.amount) for state in story.states] == [("拡張", 1)]


# ── what counts, and when ──────────────────────────────────────────────────────────────────────────


def test_a_deal_opens_once():
    story = life((day(8, 1), {}), (day(8, 2), WHOLE))

    assert counted(story, "opened") == [(day(8, 1), None)]


def test_reaching_a_stage_counts_at_the_first_time_only():
    story = life(
        (day(8, 1), {"plan": "基本"}),
        (day(8, 2), {"amount": 600_000}),
        (day(8, 3), {"expected_month": "2026-10"}),
        (day(8, 4), {"expected_month": None, "amount": None}),
        (day(8, 5), {"expected_month": "2026-11", "amount": 600_000}),
    )

    assert counted(story, "topic") == [(day(8, 2), None)]
    assert counted(story, "deal") == [(day(8, 3), None)]


@pytest.mark.parametrize("fields", [WHOLE, {"outcome": "won"}])
def test_who_jumps_ahead_has_reached_what_lies_below(fields):
    story = life((day(8, 1), {}), (day(8, 5), fields))

    assert counted(story, "topic") == counted(story, "deal") == [(day(8, 5), None)]


def test_a_loss_reaches_nothing():
    story = life((day(8, 1), {}), (day(8, 5), {"outcome": "lost"}))

    assert [m.kind for m in story.milestones] == ["opened", "lost"]


def test_a_milestone_knows_the_owner_and_the_amount_of_its_moment():
    story = life(
        (day(8, 1), {"owner": "甲"}),
        (day(8, 2), {"outcome": "won", "amount": 1_200_000}),
        (day(8, 3), {"owner": "乙", "amount": 5}),
    )

    won = next(m for m in story.milestones if m.kind == "won")
    assert (won.state.owner, won.state.amount) == ("甲", 1_200_000)


def test_an_order_counts_with_the_amount_that_was_corrected_at_its_own_moment():
    story = life(
        (day(8, 1), WHOLE), (day(8, 5), {"outcome": "won", "amount": 120}), (day(8, 5), {"amount": 130})
    )

    assert [m.state.amount for m in story.milestones if m.kind == "won"] == [130]


def test_a_cancelled_order_counts_until_it_is_cancelled():
    story = life((day(8, 1), WHOLE), (day(8, 27), {"outcome": "won"}), (day(10, 8), {"outcome": "open"}))

    assert counted(story, "won") == [(day(8, 27), day(10, 8))]
    assert story.present.stage == "deal"


def test_a_deal_won_again_counts_again():
    story = life(
        (day(8, 1), WHOLE),
        (day(8, 27), {"outcome": "won"}),
        (day(10, 8), {"outcome": "open"}),
        (day(10, 20), {"outcome": "won"}),
    )

    assert counted(story, "won") == [(day(8, 27), day(10, 8)), (day(10, 20), None)]
    assert len(counted(story, "deal")) == 1


def test_a_revived_deal_keeps_its_loss_and_can_be_lost_again():
    story = life(
        (day(8, 1), WHOLE),
        (day(9, 4), {"outcome": "lost"}),
        (day(10, 2), {"outcome": "open"}),
        (day(10, 9), {"outcome": "lost"}),
    )

    assert counted(story, "lost") == [(day(9, 4), day(10, 2)), (day(10, 9), None)]


def test_a_win_that_turns_out_lost_ends_there():
    story = life((day(8, 1), WHOLE), (day(9, 1), {"outcome": "won"}), (day(9, 2), {"outcome": "lost"}))

    assert counted(story, "won") == [(day(9, 1), day(9, 2))]
    assert counted(story, "lost") == [(day(9, 2), None)]


def test_the_worked_example_deal_d():
    story = life(
        (day(8, 10), {"plan": "基本", "amount": 500_000, "expected_month": "2026-08"}),
        (day(8, 25), {"expected_month": "2026-09"}),
        (day(9, 4), {"outcome": "lost"}),
        (day(10, 2), {"outcome": "open", "expected_month": "2026-10"}),
    )

    assert [(state.stage, state.rank, state.expected_month) for state in story.states] == [
        ("deal", "likely", "2026-08"),
        ("deal", "likely", "2026-09"),
        ("lost", "likely", "2026-09"),
        ("deal", "likely", "2026-10"),
    ]


def test_no_changes_tell_no_story():
    assert (fold([]).states, fold([]).milestones) == ([], [])


# ── whatever happens ───────────────────────────────────────────────────────────────────────────────

FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "plan": st.sampled_from(["", "基本", "拡張"]),
        "amount": st.sampled_from([None, 0, 1, 600_000]),
        "expected_month": st.sampled_from([None, "2026-09", "2026-10"]),
        "rank": st.sampled_from(["", "sure", "likely"]),
        "outcome": st.sampled_from(["open", "won", "lost"]),
        "owner": st.sampled_from(["甲", "乙"]),
    },
)
CHANGES = st.lists(
    st.builds(Change, at=st.integers(0, 30).map(lambda n: day(8, 1) + timedelta(hours=n)), fields=FIELDS),
    min_size=1,
    max_size=12,
)


def naive_stage(changes: list[Change]) -> str:
    """Everything laid over each other, then looked at once."""
    values = {"plan": "", "amount": None, "expected_month": None, "outcome": "open"}
    for change in changes:
        values |= change.fields
    if values["outcome"] != "open":
        return values["outcome"]
    known = [values["plan"] != "", (values["amount"] or 0) > 0, values["expected_month"] is not None]
    return ["prospect", "prospect", "topic", "deal"][sum(known)]


@given(CHANGES)
def test_states_follow_each_other_without_gap_or_overlap(changes):
    states = fold(changes).states

    assert all(earlier.until == later.at > earlier.at for earlier, later in pairwise(states))
    assert states[-1].until is None
    assert {state.at for state in states} == {change.at for change in changes}


@given(CHANGES)
def test_every_state_is_the_sum_of_the_changes_until_then(changes):
    ordered = sorted(changes, key=lambda change: change.at)
    states = fold(changes).states

    for moment in {change.at for change in changes}:
        until_then = [change for change in ordered if change.at <= moment]
        assert state_at(states, moment).stage == naive_stage(until_then)


@given(CHANGES)
def test_a_rank_stands_exactly_where_three_axes_are_known(changes):
    assert all((state.rank != "") == (state.known == 3) for state in fold(changes).states)


@given(CHANGES, st.randoms(use_true_random=False))
def test_the_order_in_which_changes_arrive_makes_no_difference(changes, random):
    apart = list({change.at: change for change in changes}.values())
    shuffled = random.sample(apart, len(apart))

    assert fold(shuffled) == fold(apart)


@given(CHANGES)
def test_firsts_count_once_and_only_the_present_end_still_counts(changes):
    story = fold(changes)
    kinds = [m.kind for m in story.milestones]
    counting = [m.kind for m in story.milestones if m.kind in ("won", "lost") and m.until is None]

    assert kinds.count("opened") == 1
    assert max(kinds.count("topic"), kinds.count("deal")) <= 1
    assert counting == ([] if story.present.outcome == "open" else [story.present.outcome])
