"""A report after a visit: few taps, something given back, and a way back while nothing followed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import drafting, operations, rules
from apps.activities.models import PostVisitReport
from apps.base.month import Month
from apps.base.refusal import Forbidden
from apps.deals import operations as deals
from apps.goals.vocabulary import Row
from apps.reviews import queries as reviews
from apps.reviews.scope import Scope
from tests import factories

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")


def address(visit, name="report") -> str:
    return reverse(f"activities:{name}", args=[visit.pk])


def send(browser, visit, **typed):
    form = browser.get(address(visit)).context["form"]
    shown = {name: form[name].value() for name in form.fields} | {"progress": "forward"} | typed
    return browser.post(
        address(visit), {name: value for name, value in shown.items() if value is not None}, follow=True
    )


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def reported(visit, rep, *, at=None, **facts):
    facts = {"progress": "forward"} | facts
    return operations.report_visit(visit, by=rep, at=at or timezone.now(), **facts)


def test_what_moved_in_the_table_is_told(browser, rep, visit, deal):
    this = deal.expected_month
    before = factories.make_deal(rep, plan="保守", amount=1_800_000, expected_month=this)

    told = said(send(browser, visit, plan="拡張プラン"))

    assert told == [f"東雲ロジスティクスが商談△になりました。 {this.month}月の商談 180万円 → 230万円"]
    board = reviews.board(Scope(rep=rep), months=[this], as_of=timezone.now(), zone=TOKYO)
    shown = next(line for line in board.lines if line.row == Row.LIKELY_AMOUNT)
    assert shown.values[0] == before.amount + deal.amount


def test_a_visit_that_moved_nothing_is_only_thanked_for(browser, visit):
    assert said(send(browser, visit, progress="same")) == ["外出後報告を送りました。"]


def test_a_revised_report_leads_back_to_its_visit(browser, visit, rep):
    reported(visit, rep)

    response = send(browser, visit, progress="back")

    assert (response.redirect_chain[-1][0], PostVisitReport.objects.get().progress) == (
        visit.get_absolute_url(),
        "back",
    )
    assert b"data-undo" not in response.content


def test_the_way_back_takes_the_report_and_what_it_told_the_deal(browser, visit, deal, rep):
    operations.prepare_visit(visit, goal="—", issues=["費用"], by=rep, at=timezone.now())
    send(browser, visit, plan="拡張プラン", turnout_0="different", how_0="時間のほう", next_action="見積")

    response = browser.post(address(visit, "withdraw-report"))

    visit.refresh_from_db(), deal.refresh_from_db()
    assert (visit.status, PostVisitReport.objects.count()) == ("planned", 0)
    assert (deal.stage, deal.plan, deal.next_action, deal.changes.count()) == ("topic", "", "", 1)
    assert [(issue.turnout, issue.how_different) for issue in visit.issues.all()] == [("", "")]
    assert response["Location"] == address(visit)


def test_a_visit_that_was_done_before_its_report_stays_done(rep):
    visit = factories.make_visit(rep, status="done")
    reported(visit, rep)

    operations.withdraw_report(visit, by=rep, at=timezone.now())

    visit.refresh_from_db()
    assert visit.status == "done"


def test_there_is_no_way_back_once_something_followed(visit, deal, rep):
    reported(visit, rep, learned={"plan": "拡張プラン"})
    deals.change_deal(deal, amount=700_000, by=rep, at=timezone.now())

    with pytest.raises(operations.NotToBeWithdrawn):
        operations.withdraw_report(visit, by=rep, at=timezone.now())

    visit.refresh_from_db(), deal.refresh_from_db()
    assert (visit.status, deal.plan, PostVisitReport.objects.count()) == ("done", "拡張プラン", 1)


@pytest.mark.parametrize("then", ["revised", "moved", "never"])
def test_what_was_revised_moved_or_never_written_is_not_withdrawn(visit, rep, then):
    if then != "never":
        reported(visit, rep)
    if then == "revised":
        reported(visit, rep, progress="back")
    if then == "moved":
        operations.change_visit(visit, kind="online", by=rep, at=timezone.now())

    with pytest.raises(operations.NotToBeWithdrawn):
        operations.withdraw_report(visit, by=rep, at=timezone.now())


@pytest.mark.parametrize("who", ["admin", "manager", "colleague"])
def test_nobody_withdraws_anothers_report(logged_in, visit, rep, request, who):
    reported(visit, rep)

    response = logged_in(request.getfixturevalue(who)).post(address(visit, "withdraw-report"))

    assert (response.status_code, PostVisitReport.objects.count()) == (403, 1)


def test_who_took_the_visit_over_does_not_withdraw_it_either(visit, rep, admin):
    reported(visit, rep)
    operations.change_visit(visit, owner=admin, by=admin, at=timezone.now())

    with pytest.raises(Forbidden):
        operations.withdraw_report(visit, by=admin, at=timezone.now())


def test_a_report_that_says_nothing_is_refused(visit, rep):
    with pytest.raises(operations.NothingSaid):
        operations.report_visit(visit, by=rep, at=timezone.now())


def test_words_alone_are_enough_for_programs(visit, rep):
    assert operations.report_visit(visit, result="話せた", by=rep, at=timezone.now()).progress == ""


def test_plans_amounts_months_and_days_are_offered(visit, deal, rep, company):
    factories.make_follow(rep, company=company, body="予算は60万円くらい、と課長")
    deals.change_deal(deal, expected_month=Month(2026, 11), by=rep, at=timezone.now())
    deal.refresh_from_db()
    friday = datetime(2026, 11, 20, 15, tzinfo=TOKYO)

    offers = drafting.offers(visit, deal, to=rep, now=friday)

    assert offers.amounts == [500_000, 600_000]
    assert offers.months == [Month(2026, 11), Month(2026, 12), Month(2027, 1), Month(2027, 2)]
    # Monday the 23rd is a public holiday
    assert offers.days == [date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 24)]


@pytest.mark.parametrize(
    ("words", "amounts"),
    [
        ("70万で", [700_000]),
        ("１.2億円まで", [120_000_000]),
        ("698,000円、それとも80万円", [698_000, 800_000]),
        ("3回、10分、200名", []),
        ("0.00001万円", []),
    ],
)
def test_sums_of_money_are_read_out_of_words(words, amounts):
    assert rules.amounts_said(words) == amounts


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_costs_the_same_however_many_issues(browser, visit, rep, count, django_assert_num_queries):
    issues = [f"課題{n}" for n in range(count)]
    operations.prepare_visit(visit, goal="—", issues=issues, by=rep, at=timezone.now())
    for _ in range(count):
        factories.make_follow(rep, company=visit.company, body="60万円")

    with django_assert_num_queries(15):
        browser.get(address(visit))


def test_the_figure_is_that_of_the_month_the_deal_moved_to(browser, visit, deal, rep):
    month = deal.expected_month + 2

    response = send(browser, visit, plan="拡張プラン", expected_month=str(month))

    assert said(response) == [f"東雲ロジスティクスが商談△になりました。 {month.month}月の商談 0万円 → 50万円"]
