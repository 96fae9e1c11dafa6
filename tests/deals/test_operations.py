from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.month import Month
from apps.base.refusal import Forbidden, Stale
from apps.customers import operations as customers
from apps.deals import operations, queries
from apps.deals.models import Deal, DealChange, DealState, LostReason, Milestone
from apps.deals.vocabulary import Cause, LostKind, Outcome, Rank, Stage
from apps.journal.models import Entry
from tests import factories

TOKYO = ZoneInfo("Asia/Tokyo")
WHOLE = {"plan": "基本", "amount": 600_000, "expected_month": Month(2026, 10)}
NOW = datetime(2026, 10, 15, 11, 20, tzinfo=TOKYO)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def reason(db):
    return LostReason.objects.filter(cause=Cause.COMPETITION).first()


@pytest.fixture
def whole(rep, company):
    """A 商談 of the rep, opened on 1 September."""
    return opened(rep, company, **WHOLE)


def opened(rep, company, *, on: int = 1, **facts) -> Deal:
    began = datetime(2026, 9, on, 10, tzinfo=TOKYO)
    return operations.open_deal(company=company, owner=rep, by=rep, at=NOW, opened=began, **facts)


def standing(deal) -> list[tuple]:
    return list(deal.states.order_by("valid_from").values_list("stage", "valid_from", "valid_until"))


def moments(deal, kind: str) -> list[tuple]:
    return list(deal.milestones.filter(kind=kind).order_by("at").values_list("at", "until_at"))


# ── opening and changing ───────────────────────────────────────────────────────────────────────────


def test_a_new_deal_stands_since_it_was_opened(rep, company):
    deal = operations.open_deal(company=company, owner=rep, by=rep, at=NOW, plan="基本")

    assert (deal.stage, deal.rank, deal.opened_at) == (Stage.PROSPECT, "", NOW)
    assert standing(deal) == [("prospect", NOW, None)]
    assert moments(deal, "opened") == [(NOW, None)]


def test_the_stage_that_the_database_derives_is_the_one_of_the_rules(whole):
    state = whole.states.get()

    assert (whole.stage, whole.rank) == (state.stage, state.rank) == (Stage.DEAL, Rank.LIKELY)


def test_learning_an_axis_moves_the_stage_and_keeps_what_was_true_before(rep, company):
    deal = opened(rep, company, plan="基本")

    deal = operations.change_deal(deal, amount=600_000, by=rep, at=NOW)

    assert standing(deal) == [("prospect", deal.opened_at, NOW), ("topic", NOW, None)]
    assert moments(deal, "topic") == [(NOW, None)]


def test_a_change_that_changes_nothing_leaves_no_trace(rep, whole):
    before = (whole.version, DealChange.objects.count(), Entry.objects.count())

    same = operations.change_deal(whole, **WHOLE, by=rep, at=NOW)

    assert (same.version, DealChange.objects.count(), Entry.objects.count()) == before


def test_a_change_names_who_made_it_and_what_stood_before(rep, whole):
    operations.change_deal(whole, amount=700_000, by=rep, at=NOW)

    entry = Entry.objects.filter(subject_id=whole.pk).latest("id")
    assert (entry.event, entry.actor_id) == ("deal.changed", rep.pk)
    assert entry.details["changed"] == {"amount": [600_000, 700_000]}


def test_a_change_dated_back_is_true_from_that_day(rep, whole):
    operations.change_deal(whole, amount=700_000, when=date(2026, 9, 20), by=rep, at=NOW)

    assert [(s.amount, s.valid_from) for s in whole.states.order_by("valid_from")] == [
        (600_000, whole.opened_at),
        (700_000, datetime(2026, 9, 20, tzinfo=TOKYO)),
    ]


def test_two_facts_of_one_earlier_day_stand_in_the_order_in_which_they_came(rep, whole):
    operations.change_deal(whole, amount=700_000, when=date(2026, 9, 20), by=rep, at=NOW)
    operations.change_deal(whole, amount=800_000, when=date(2026, 9, 20), by=rep, at=NOW)

    midnight = datetime(2026, 9, 20, tzinfo=TOKYO)
    assert [(c.at, c.fields) for c in queries.changes_of(whole)][1:] == [
        (midnight, {"amount": 700_000}),
        (midnight + timedelta(microseconds=1), {"amount": 800_000}),
    ]


def test_a_change_before_the_deal_began_is_refused(rep, whole):
    with pytest.raises(operations.BeforeItBegan):
        operations.change_deal(whole, amount=1, when=date(2026, 8, 31), by=rep, at=NOW)


@pytest.mark.parametrize("when", [date(2026, 10, 16), NOW + timedelta(seconds=1)])
def test_a_change_dated_ahead_is_refused(rep, whole, when):
    with pytest.raises(operations.DatedAhead):
        operations.change_deal(whole, amount=1, when=when, by=rep, at=NOW)


def test_a_rank_needs_a_whole_deal(rep, company):
    topic = opened(rep, company, plan="基本", amount=600_000)

    with pytest.raises(operations.NotADeal):
        operations.change_deal(topic, rank=Rank.SURE, by=rep, at=NOW)


def test_a_rank_may_come_with_the_axis_that_makes_the_deal_whole(rep, company):
    topic = opened(rep, company, plan="基本", amount=600_000)

    deal = operations.change_deal(topic, rank=Rank.SURE, expected_month=Month(2026, 11), by=rep, at=NOW)

    assert (deal.stage, deal.rank) == (Stage.DEAL, Rank.SURE)


def test_who_saves_what_somebody_changed_meanwhile_is_told(rep, whole):
    operations.change_deal(whole, amount=700_000, by=rep, at=NOW)

    with pytest.raises(Stale) as refused:
        operations.change_deal(whole, amount=800_000, version=whole.version, by=rep, at=NOW)

    assert refused.value.present.amount == 700_000


def test_a_company_in_the_trash_gets_no_deal(rep, manager, company):
    customers.trash_company(company, by=manager, at=NOW)
    company.refresh_from_db()

    with pytest.raises(customers.InTrash):
        operations.open_deal(company=company, owner=rep, by=rep, at=NOW)


# ── closing and reopening ──────────────────────────────────────────────────────────────────────────


def test_a_win_counts_on_its_day_for_its_amount(rep, whole):
    deal = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)

    assert (deal.stage, deal.amount) == (Stage.WON, 550_000)
    assert deal.closed_at == datetime(2026, 10, 10, tzinfo=TOKYO)
    assert list(deal.milestones.filter(kind="won").values_list("amount", "owner")) == [(550_000, rep.pk)]


def test_a_win_of_today_is_a_live_act(rep, whole):
    deal = operations.win(whole, on=date(2026, 10, 15), amount=550_000, by=rep, at=NOW)

    assert deal.closed_at == NOW


def test_what_has_ended_does_not_end_again(rep, whole, reason):
    won = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)

    with pytest.raises(operations.AlreadyClosed):
        operations.win(won, on=date(2026, 10, 11), amount=1, by=rep, at=NOW)
    with pytest.raises(operations.AlreadyClosed):
        operations.lose(won, on=date(2026, 10, 11), kind=LostKind.NEVER, reason=reason, by=rep, at=NOW)


def test_a_loss_keeps_its_reason(rep, whole, reason):
    deal = operations.lose(whole, on=date(2026, 10, 10), kind=LostKind.NEVER, reason=reason, by=rep, at=NOW)

    assert (deal.stage, deal.lost_reason, deal.comes_back_on) == (Stage.LOST, reason, None)


def test_not_now_says_when_again(rep, whole, reason):
    with pytest.raises(operations.NeedsReturnDate):
        operations.lose(whole, on=date(2026, 10, 10), kind=LostKind.NOT_NOW, reason=reason, by=rep, at=NOW)


def test_a_date_to_come_back_is_kept_for_not_now_only(rep, whole, reason):
    never = operations.lose(
        whole,
        on=date(2026, 10, 10),
        kind=LostKind.NEVER,
        reason=reason,
        comes_back_on=date(2027, 4, 1),
        by=rep,
        at=NOW,
    )

    assert never.comes_back_on is None


def test_a_cancelled_order_counts_until_then_and_the_deal_is_open_again(rep, whole):
    won = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)

    deal = operations.reopen(won, reason="契約書の不備", by=rep, at=NOW)

    assert (deal.stage, deal.closed_at) == (Stage.DEAL, None)
    assert moments(deal, "won") == [(datetime(2026, 10, 10, tzinfo=TOKYO), NOW)]
    assert Entry.objects.filter(subject_id=deal.pk).latest("id").event == "deal.order_cancelled"


def test_a_revived_deal_forgets_why_it_was_lost_but_the_loss_stays(rep, whole, reason):
    lost = operations.lose(whole, on=date(2026, 10, 10), kind=LostKind.NEVER, reason=reason, by=rep, at=NOW)

    deal = operations.reopen(lost, reason="担当が代わった", by=rep, at=NOW)

    assert (deal.outcome, deal.lost_kind, deal.lost_reason) == (Outcome.OPEN, "", None)
    assert len(moments(deal, "lost")) == 1
    assert Entry.objects.filter(subject_id=deal.pk).latest("id").event == "deal.revived"


def ended(whole, end: str, reason, *, by) -> Deal:
    on = date(2026, 10, 10)
    if end == "won":
        return operations.win(whole, on=on, amount=550_000, by=by, at=NOW)
    return operations.lose(whole, on=on, kind=LostKind.NEVER, reason=reason, by=by, at=NOW)


@pytest.mark.parametrize("end", ["won", "lost"])
def test_an_end_recorded_by_mistake_never_was(rep, whole, reason, end):
    before = (
        standing(whole),
        list(whole.milestones.values_list("kind", "at", "until_at").order_by("at", "kind")),
    )
    closed = ended(whole, end, reason, by=rep)

    deal = operations.reopen(closed, reason="隣の案件と取り違えた", mistake=True, by=rep, at=NOW)

    assert (deal.stage, deal.amount, deal.lost_reason) == (Stage.DEAL, 600_000, None)
    told = (
        standing(deal),
        list(deal.milestones.values_list("kind", "at", "until_at").order_by("at", "kind")),
    )
    assert told == before
    entry = Entry.objects.filter(subject_id=deal.pk).latest("id")
    assert (entry.event, entry.details["reason"]) == ("deal.end_struck_out", "隣の案件と取り違えた")


def test_what_was_learned_after_a_mistaken_end_stays(rep, whole):
    won = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)
    named = operations.change_deal(won, name="東館", amount=500_000, by=rep, at=NOW)

    deal = operations.reopen(named, reason="誤り", mistake=True, by=rep, at=NOW)

    assert (deal.name, deal.amount, moments(deal, "won")) == ("東館", 600_000, [])


def test_a_mistake_after_a_revival_leaves_the_first_loss_in_its_month(rep, whole, reason):
    lost = ended(whole, "lost", reason, by=rep)
    revived = operations.reopen(lost, reason="担当が代わった", by=rep, at=NOW)
    won = operations.win(revived, on=date(2026, 10, 15), amount=1, by=rep, at=NOW + timedelta(hours=1))

    deal = operations.reopen(won, reason="誤り", mistake=True, by=rep, at=NOW + timedelta(hours=2))

    assert (deal.outcome, len(moments(deal, "lost")), moments(deal, "won")) == (Outcome.OPEN, 1, [])


@pytest.mark.parametrize("end", ["won", "lost"])
def test_an_end_just_recorded_is_taken_back_as_if_it_had_not_been(rep, whole, reason, end):
    before = standing(whole)
    closed = ended(whole, end, reason, by=rep)

    deal = operations.take_back(closed, version=closed.version, by=rep, at=NOW)

    assert (standing(deal), moments(deal, end)) == (before, [])


def test_a_corrected_order_counts_with_the_right_amount_in_the_month_of_the_win(rep, whole):
    won = operations.win(whole, on=date(2026, 9, 20), amount=550_000, by=rep, at=NOW)

    deal = operations.change_deal(won, amount=505_000, plan="拡張", by=rep, at=NOW)

    assert (deal.amount, deal.plan) == (505_000, "拡張")
    milestone = deal.milestones.get(kind="won")
    assert (milestone.amount, milestone.plan) == (505_000, "拡張")
    assert Entry.objects.filter(subject_id=deal.pk).latest("id").event == "deal.order_corrected"


def test_a_new_owner_does_not_take_the_win_along(rep, colleague, admin, whole):
    won = operations.win(whole, on=date(2026, 9, 20), amount=550_000, by=rep, at=NOW)

    deal = operations.change_deal(won, owner=colleague, amount=505_000, by=admin, at=NOW)

    milestone = deal.milestones.get(kind="won")
    assert (deal.owner, milestone.owner, milestone.amount) == (colleague, rep, 505_000)


def test_an_order_does_not_lose_its_amount(rep, whole):
    won = operations.win(whole, on=date(2026, 9, 20), amount=550_000, by=rep, at=NOW)

    with pytest.raises(operations.NeedsAmount):
        operations.change_deal(won, amount=None, by=rep, at=NOW)


def test_an_open_deal_is_not_reopened(rep, whole):
    with pytest.raises(operations.StillOpen):
        operations.reopen(whole, reason="—", by=rep, at=NOW)


def test_a_deal_does_not_end_before_it_was_last_turned(rep, whole):
    won = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)
    back = operations.reopen(won, reason="契約書の不備", by=rep, at=NOW)

    with pytest.raises(operations.BeforeItBegan):
        operations.win(back, on=date(2026, 10, 9), amount=1, by=rep, at=NOW)


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("deed", ["change", "win", "lose", "trash"])
def test_a_rep_does_nothing_to_the_deal_of_another(colleague, whole, reason, deed):
    deeds = {
        "change": lambda: operations.change_deal(whole, amount=1, by=colleague, at=NOW),
        "win": lambda: operations.win(whole, on=date(2026, 10, 10), amount=1, by=colleague, at=NOW),
        "lose": lambda: operations.lose(
            whole, on=date(2026, 10, 10), kind=LostKind.NEVER, reason=reason, by=colleague, at=NOW
        ),
        "trash": lambda: operations.trash_deal(whole, by=colleague, at=NOW),
    }
    before = (DealChange.objects.count(), Entry.objects.count())

    with pytest.raises(Forbidden):
        deeds[deed]()

    assert (DealChange.objects.count(), Entry.objects.count()) == before


def test_a_rep_does_not_hand_an_own_deal_to_another(rep, colleague, whole):
    with pytest.raises(Forbidden):
        operations.change_deal(whole, owner=colleague, by=rep, at=NOW)


def test_a_manager_hands_deals_on_within_the_team_only(manager, colleague, stranger, whole):
    deal = operations.change_deal(whole, owner=colleague, by=manager, at=NOW)

    assert deal.owner == colleague
    with pytest.raises(Forbidden):
        operations.change_deal(deal, owner=stranger, by=manager, at=NOW)


def test_after_a_handover_the_past_stays_with_the_first_owner(rep, colleague, manager, whole):
    deal = operations.change_deal(whole, owner=colleague, by=manager, at=NOW)

    assert list(deal.states.order_by("valid_from").values_list("owner", flat=True)) == [rep.pk, colleague.pk]


# ── trash ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_deal_in_the_trash_never_was(rep, whole):
    operations.trash_deal(whole, by=rep, at=NOW)

    assert (DealState.objects.count(), Milestone.objects.count()) == (0, 0)
    assert list(queries.deals()) == []


def test_a_deal_out_of_the_trash_has_its_whole_life(rep, whole):
    whole = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)
    before = (standing(whole), moments(whole, "won"))

    operations.trash_deal(whole, by=rep, at=NOW)
    operations.restore_deal(whole, by=rep, at=NOW)

    assert (standing(whole), moments(whole, "won")) == before


def test_a_deal_in_the_trash_is_not_changed(rep, whole):
    trashed = operations.trash_deal(whole, by=rep, at=NOW)

    with pytest.raises(operations.InTrash):
        operations.change_deal(trashed, amount=1, by=rep, at=NOW)


def test_a_company_with_a_deal_stays_out_of_the_trash(manager, company, whole):
    with pytest.raises(customers.StillInUse):
        customers.trash_company(company, by=manager, at=NOW)


# ── history ────────────────────────────────────────────────────────────────────────────────────────


def test_loaded_history_takes_the_place_of_what_was_only_assumed(company, rep):
    new = operations.NewDeal(company, rep, date(2026, 8, 1), {"plan": "拡張", "amount": 900_000})
    deal = operations.load_deals(deals=[new], by=SYSTEM, at=NOW)[0]

    operations.load_history(
        deal,
        rows=[(date(2026, 8, 1), {"amount": 500_000}), (date(2026, 9, 1), {"amount": 900_000})],
        by=SYSTEM,
        at=NOW,
    )

    assert [(s.plan, s.amount) for s in [turn.after for turn in queries.turns(queries.changes_of(deal))]] == [
        ("拡張", None),
        ("拡張", 500_000),
        ("拡張", 900_000),
    ]


def test_history_loaded_twice_stands_once(company, rep):
    deal = opened(rep, company)
    rows = [(date(2026, 9, 5), {"plan": "基本"}), (date(2026, 9, 9), {"amount": 500_000})]

    operations.load_history(deal, rows=rows, by=rep, at=NOW)
    operations.load_history(deal, rows=rows, by=rep, at=NOW)

    assert [change.fields for change in queries.changes_of(deal)][1:] == [
        {"plan": "基本"},
        {"amount": 500_000},
    ]


def test_a_loss_from_elsewhere_without_a_reason_says_so(company, rep):
    deal = opened(rep, company)

    deal = operations.load_history(deal, rows=[(date(2026, 9, 5), {"outcome": "lost"})], by=rep, at=NOW)

    assert (deal.stage, deal.lost_reason.label) == (Stage.LOST, operations.UNKNOWN_REASON)


def test_folding_again_changes_nothing(rep, whole):
    whole = operations.win(whole, on=date(2026, 10, 10), amount=550_000, by=rep, at=NOW)
    before = (standing(whole), moments(whole, "won"))

    operations.refold([whole.pk])

    assert (standing(whole), moments(whole, "won")) == before


def test_many_deals_are_loaded_at_the_cost_of_few(company, rep, django_assert_max_num_queries):
    new = [operations.NewDeal(company, rep, date(2026, 8, 1), WHOLE) for _ in range(100)]

    with django_assert_max_num_queries(16):
        operations.load_deals(deals=new, by=SYSTEM, at=NOW)

    assert Deal.objects.filter(stage=Stage.DEAL).count() == 100


def test_each_change_finds_who_recorded_it(rep, manager, whole):
    operations.change_deal(whole, amount=700_000, when=date(2026, 9, 20), by=manager, at=NOW)
    operations.change_deal(whole, amount=650_000, when=date(2026, 9, 10), by=rep, at=NOW)

    changes = list(queries.changes_of(whole))
    recorded = queries.recorded(whole, changes)

    assert [recorded[change.pk].actor_name for change in changes] == [rep.name, rep.name, manager.name]


# ── reasons ────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_that_was_retired_stays_where_it_was_given(rep, admin, whole, reason):
    deal = operations.lose(whole, on=date(2026, 10, 10), kind=LostKind.NEVER, reason=reason, by=rep, at=NOW)

    operations.retire_lost_reason(reason, by=admin, at=NOW)

    assert not queries.lost_reasons().filter(pk=reason.pk).exists()
    assert Deal.objects.get(pk=deal.pk).lost_reason == reason


def test_two_reasons_do_not_share_a_name(admin, reason):
    with pytest.raises(operations.ReasonTaken):
        operations.add_lost_reason(label=reason.label, cause=Cause.CUSTOMER, by=admin, at=timezone.now())
