"""外出前報告 begins with what the record knows; what is proposed is kept only when somebody sends it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import drafting, operations
from apps.activities.models import PreVisitReport
from apps.activities.vocabulary import Turnout
from apps.deals import operations as deals
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ahead(rep, company, deal):
    starts_at = timezone.now() + timedelta(days=1)
    return factories.make_visit(rep, company=company, deal=deal, starts_at=starts_at)


def drafted(visit, rep) -> drafting.Draft:
    return drafting.draft(visit, to=rep, now=timezone.now())


def test_the_situation_is_put_together_from_the_record(ahead, rep, company, deal):
    factories.make_follow(rep, company=company, kind="call", body="見積に前向き\nとのこと")
    factories.make_contact(company, name="山口 一郎", role="decider", stance="for")

    lines = drafted(ahead, rep).situation.split("\n")

    month = deal.expected_month
    assert lines[0].endswith("電話: 見積に前向き とのこと")
    assert lines[1:] == [
        f"話題 50万円 {month.year}年{month.month}月(プランはまだわかりません)",
        "決裁者: 山口 一郎(賛成)",
    ]


def test_what_is_not_known_is_said(rep, company):
    bare = factories.make_visit(rep, company=company, starts_at=timezone.now() + timedelta(days=1))

    draft = drafted(bare, rep)

    assert (draft.situation, draft.goal) == ("決裁者がまだわかっていません。", "")


def test_the_goal_is_the_next_action_else_what_is_missing(ahead, rep, deal):
    assert drafted(ahead, rep).goal == "プランを聞く"

    deals.change_deal(deal, next_action="見積を出す", by=rep, at=timezone.now())
    ahead.deal.refresh_from_db()
    assert drafted(ahead, rep).goal == "見積を出す"


def test_a_long_word_is_cut(ahead, rep, company):
    factories.make_follow(rep, company=company, body="長" * 300)

    assert len(drafted(ahead, rep).situation.split("\n")[0]) < 100


def test_open_and_different_issues_of_the_company_are_offered_then_frequent_ones(ahead, visit, rep):
    now = timezone.now()
    operations.prepare_visit(visit, goal="—", issues=["費用", "時期", "承認"], by=rep, at=now)
    told = dict(visit.issues.values_list("text", "pk"))
    operations.report_visit(
        visit,
        progress="same",
        turnouts={
            told["費用"]: (Turnout.AS_EXPECTED, ""),
            told["時期"]: (Turnout.DIFFERENT, "締めの\n負担"),
        },
        by=rep,
        at=now,
    )
    for _ in range(2):
        other = factories.make_visit(rep, starts_at=now)
        operations.prepare_visit(other, goal="—", issues=["二重入力"], by=rep, at=now)

    # "費用" was as expected here, but is what this rep expects elsewhere, too
    assert drafted(ahead, rep).issues == ["締めの 負担", "承認", "二重入力", "時期", "費用"]


def test_what_is_expected_already_is_not_offered(ahead, visit, rep):
    operations.prepare_visit(visit, goal="—", issues=["費用"], by=rep, at=timezone.now())
    operations.prepare_visit(ahead, goal="—", issues=["費用"], by=rep, at=timezone.now())

    assert drafted(ahead, rep).issues == []


def test_a_look_at_the_draft_keeps_nothing_and_a_report_is_not_drafted_over(browser, ahead, rep):
    address = reverse("activities:prepare", args=[ahead.pk])

    opened = browser.get(address)

    assert (opened.context["form"]["goal"].value(), PreVisitReport.objects.count()) == ("プランを聞く", 0)
    assert "記録から組み立てた下書きです" in opened.content.decode()

    operations.prepare_visit(ahead, goal="自分の目的", issues=[], by=rep, at=timezone.now())
    again = browser.get(address)
    assert (again.context["form"]["goal"].value(), again.context["form"]["situation"].value()) == (
        "自分の目的",
        "",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_draft_costs_the_same_however_much_is_known(browser, ahead, rep, count, django_assert_num_queries):
    now = timezone.now()
    for n in range(count):
        factories.make_follow(rep, company=ahead.company, body="話した")
        factories.make_contact(ahead.company, role="champion")
        met = factories.make_visit(rep, company=ahead.company, starts_at=now)
        operations.prepare_visit(met, goal="—", issues=[f"課題{n}"], by=rep, at=now)
        operations.report_visit(met, result="会えた", by=rep, at=now)

    with django_assert_num_queries(16):
        browser.get(reverse("activities:prepare", args=[ahead.pk]))


@pytest.mark.parametrize("count", [1, 3])
def test_advice_is_counted_beside_the_visits_to_come(
    browser, ahead, rep, manager, count, django_assert_num_queries
):
    for _ in range(count):
        factories.make_comment(ahead, by=manager)
        factories.make_visit(rep, starts_at=timezone.now() + timedelta(days=1))

    with django_assert_num_queries(11):
        page = browser.get(reverse("activities:visits"))

    assert f"助言{count}件" in page.content.decode()
