from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.base.month import Month
from apps.deals import operations, queries
from apps.deals.models import LostReason
from tests import factories

WHOLE = {"plan": "基本プラン", "amount": 600_000, "expected_month": Month(2026, 10)}


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def board(browser, **asked):
    return browser.get(reverse("deals:list"), {"view": "stage"} | asked)


def by_column(response) -> dict[str, list[str]]:
    return {
        column.key: [deal.company.name for deal in column.cards]
        for column, *_head in response.context["columns"]
    }


def make(owner, name, **facts):
    return factories.make_deal(owner, company=factories.make_company(name), **facts)


def test_each_open_deal_stands_in_the_column_of_what_is_known(browser, rep):
    make(rep, "無")
    make(rep, "一", amount=1)
    make(rep, "二", plan="基本", amount=1)
    make(rep, "三", **WHOLE)
    make(rep, "四", rank="sure", **WHOLE)

    assert by_column(board(browser)) == {
        "prospect": ["無", "一"],
        "topic": ["二"],
        "likely": ["三"],
        "sure": ["四"],
    }


def test_the_board_is_what_deals_open_with_and_narrowing_leads_to_the_list(browser):
    opened = [browser.get(reverse("deals:list"), asked).context["view"] for asked in ({}, {"stage": "won"})]

    assert opened == ["stage", "list"]


def test_an_unknown_view_is_not_found(browser):
    assert browser.get(reverse("deals:list"), {"view": "circle"}).status_code == 404


def test_a_column_counts_and_sums_all_of_it_but_shows_only_the_first_cards(browser, rep, monkeypatch):
    monkeypatch.setattr(queries, "CARDS", 2)
    for amount in (10_000, 20_000, 30_000):
        factories.make_deal(rep, amount=amount)

    response = board(browser)
    column = response.context["columns"][0][0]

    assert (len(column.cards), column.count, column.amount, column.more) == (2, 3, 60_000, 1)
    assert "ほか1件" in response.content.decode()


def test_what_ended_this_month_stands_apart(browser, rep):
    won, lost = make(rep, "受注社"), make(rep, "ボツ社")
    now = timezone.now()
    operations.win(won, on=timezone.localdate(), amount=500_000, by=rep, at=now)
    operations.lose(
        lost, on=timezone.localdate(), kind="never", reason=LostReason.objects.first(), by=rep, at=now
    )

    closed = [column for column, _word in board(browser).context["closed"]]

    assert [(c.key, [d.company.name for d in c.cards], c.amount) for c in closed] == [
        ("won", ["受注社"], 500_000),
        ("lost", ["ボツ社"], 0),
    ]


def test_what_ended_before_this_month_is_gone_from_the_board(rep):
    won = make(rep, "受注社")
    operations.win(won, on=timezone.localdate(), amount=1, by=rep, at=timezone.now())

    later = queries.closed_since(queries.deals(), timezone.now() + timedelta(seconds=1))

    assert [column.count for column in later] == [0, 0]


def test_the_scope_is_oneself_the_team_or_everybody(logged_in, db):
    team = factories.make_team()
    rep, mate, stranger = (
        factories.make_user("field_sales", team=of) for of in (team, team, factories.make_team())
    )
    for owner, name in ((rep, "自"), (mate, "仲間"), (stranger, "他")):
        make(owner, name)
    browser = logged_in(rep)

    shown = {who: by_column(board(browser, who=who))["prospect"] for who in ("me", "team", "all", mate.pk)}

    assert shown == {"me": ["自"], "team": ["自", "仲間"], "all": ["自", "仲間", "他"], mate.pk: ["仲間"]}


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_however_many_cards(browser, rep, count, django_assert_num_queries):
    for _ in range(count):
        make(rep, "", **WHOLE)

    with django_assert_num_queries(QUERIES):
        board(browser, who="team")


QUERIES = 9
