"""Won, lost, reopened, and recorded by mistake."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from apps.deals import operations
from apps.deals.models import Deal, LostReason
from apps.deals.vocabulary import LostKind, Outcome, Stage
from apps.journal.models import Entry
from tests.deals.dealing import (
    NOW,
    TOKYO,
    filled,
    moments,
    sent,
    standing,
    url,
)


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


def test_a_win_asks_for_day_and_amount_only(browser, deal):
    form = browser.get(url("win", deal)).context["form"]

    assert [field.name for field in form.visible_fields()] == ["on", "amount"]
    assert (form["on"].value(), form["amount"].value()) == (timezone.localdate(), "600,000")


def test_a_deal_is_won(browser, deal):
    sent(browser, url("win", deal), amount="55万")

    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == ("won", 550_000)


def test_reasons_stand_under_their_causes(browser, deal):
    choices = browser.get(url("lose", deal)).context["form"].fields["reason"].widget.choices

    assert [str(label) for label, _reasons in choices[1:]] == ["商談の質", "営業力", "競合", "顧客都合"]


def test_not_now_asks_when_again(browser, deal):
    response = sent(browser, url("lose", deal), kind="not_now", reason=LostReason.objects.first().pk)

    assert response.context["form"].errors == {
        "comes_back_on": ["今だめのときは、戻ってくる日を入れてください。"]
    }


def test_a_deal_is_lost_with_its_reason(browser, deal):
    reason = LostReason.objects.first()

    sent(browser, url("lose", deal), kind="not_now", reason=reason.pk, comes_back_on="2027-04-01")

    deal.refresh_from_db()
    assert (deal.stage, deal.lost_reason, deal.comes_back_on) == ("lost", reason, date(2027, 4, 1))


@pytest.mark.parametrize(("end", "word"), [("win", "受注取消"), ("lose", "復活")])
def test_an_end_is_taken_back_under_its_own_name(browser, deal, end, word):
    typed = {} if end == "win" else {"kind": "never", "reason": LostReason.objects.first().pk}
    sent(browser, url(end, deal), **typed)

    assert word in browser.get(url("reopen", deal)).content.decode()
    sent(browser, url("reopen", deal), reason="契約書の不備")

    deal.refresh_from_db()
    assert deal.stage == "deal"


@pytest.mark.parametrize("end", ["win", "lose"])
def test_an_end_has_its_way_back_at_once(browser, deal, end):
    typed = {} if end == "win" else {"kind": "never", "reason": LostReason.objects.first().pk}
    response = sent(browser, url(end, deal), **typed)
    (done,) = get_messages(response.wsgi_request)

    browser.post(done.extra_tags)

    deal.refresh_from_db()
    assert (deal.stage, deal.milestones.filter(kind__in=("won", "lost")).count()) == ("deal", 0)


def test_a_mistaken_win_is_struck_out(browser, deal):
    sent(browser, url("win", deal))

    sent(browser, url("reopen", deal), mistake="1", reason="取り違え")

    deal.refresh_from_db()
    assert (deal.stage, deal.milestones.filter(kind="won").count()) == ("deal", 0)


def test_what_has_ended_says_so(browser, deal):
    form = filled(browser.get(url("win", deal)).context["form"])
    browser.post(url("win", deal), form)
    deal.refresh_from_db()

    response = browser.post(url("win", deal), form | {"version": deal.version})

    assert response.context["form"].non_field_errors() == ["この案件はすでに終了しています。"]
