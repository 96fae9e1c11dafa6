from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from apps.base.month import Month
from apps.deals import operations, queries
from apps.deals.models import LostReason
from tests import factories

WHOLE = {"plan": "基本プラン", "amount": 600_000, "expected_month": Month(2026, 10)}


def board(browser, **asked):
    return browser.get(reverse("deals:list"), {"view": "stage"} | asked)


def by_column(response) -> dict[str, list[str]]:
    return {
        column.key: [deal.company__name for deal in column.cards]
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


@pytest.mark.parametrize("view", ["stage", "month"])
def test_the_list_has_all_of_a_column(browser, rep, monkeypatch, view):
    monkeypatch.setattr(queries, "CARDS", 1)
    this = Month.of(timezone.localdate())
    known = {"plan": "基本", "amount": 1}
    for month in (None, this - 1, this, this, this + 1, this + 9, this + 9):
        make(rep, "", expected_month=month)
        make(rep, "", expected_month=month, **known)
        make(rep, "", expected_month=month, **known, **({"rank": "sure"} if month else {}))

    columns = board(browser, view=view).context["columns"]
    listed = [
        (column.key, len(browser.get(rest).context["listing"].rows)) for column, _cards, rest, *_ in columns
    ]

    assert listed == [(column.key, column.count) for column, *_ in columns]


def test_what_ended_this_month_stands_apart(browser, rep):
    won, lost = make(rep, "受注社"), make(rep, "ボツ社")
    now = timezone.now()
    operations.win(won, on=timezone.localdate(), amount=500_000, by=rep, at=now)
    operations.lose(
        lost, on=timezone.localdate(), kind="never", reason=LostReason.objects.first(), by=rep, at=now
    )

    closed = [column for column, *_rest in board(browser).context["closed"]]

    assert [(c.key, [d.company__name for d in c.cards], c.amount) for c in closed] == [
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


# ── moving a card ──────────────────────────────────────────────────────────────────────────────────


def ask(browser, deal, **asked):
    return browser.get(reverse("deals:advance", args=[deal.pk]), asked)


def answer(browser, deal, *, to="", back="/deals/?who=all", **typed):
    form = ask(browser, deal, to=to).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    address = reverse("deals:advance", args=[deal.pk], query={"to": to, "back": back})
    return browser.post(
        address, {name: value for name, value in (shown | typed).items() if value is not None}
    )


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_moving_a_card_asks_what_was_learned_and_the_stage_follows(browser, rep):
    deal = make(rep, "青葉", plan="基本", amount=1)

    response = answer(browser, deal, to="likely", expected_month="2026-12")
    deal.refresh_from_db()

    assert (deal.stage, deal.expected_month) == ("deal", Month(2026, 12))
    assert (response.url, told(response)) == ("/deals/?who=all", ["「商談△」になりました。"])


def test_with_nothing_new_the_card_stays_and_says_why(browser, rep):
    deal = make(rep, "青葉", plan="基本", amount=1)

    response = answer(browser, deal, to="likely")
    deal.refresh_from_db()

    assert (deal.stage, deal.version) == ("topic", 1)
    assert told(response) == ["新しくわかったことがないので、「話題」のままです。"]


def test_a_wish_beyond_what_is_known_is_told(browser, rep):
    deal = make(rep, "青葉")

    response = answer(browser, deal, to="likely", plan="基本", amount="10万")

    assert told(response) == ["保存しました。わかっていることは2つなので、「話題」です。"]


def test_moving_a_whole_deal_to_sure_ranks_it(browser, rep):
    deal = make(rep, "青葉", **WHOLE)

    response = answer(browser, deal, to="sure")
    deal.refresh_from_db()

    assert (deal.rank, told(response)) == ("sure", ["「商談◯」になりました。"])


def test_a_rank_wished_for_a_deal_that_is_not_whole_waits(browser, rep):
    deal = make(rep, "青葉")

    answer(browser, deal, to="sure", plan="基本")
    deal.refresh_from_db()

    assert (deal.plan, deal.rank) == ("基本", "")


def test_taking_an_axis_away_moves_the_card_back(browser, rep):
    deal = make(rep, "青葉", **WHOLE)

    answer(browser, deal, to="topic", expected_month="")
    deal.refresh_from_db()

    assert (deal.stage, deal.rank) == ("topic", "")


def test_bad_input_is_said_in_the_dialog(browser, rep):
    deal = make(rep, "青葉")

    response = answer(browser, deal, amount="たくさん")

    assert (response.status_code, list(response.context["form"].errors)) == (200, ["amount"])


def test_the_dialog_holds_what_the_page_holds(browser, rep):
    deal = make(rep, "青葉")
    address = reverse("deals:advance", args=[deal.pk])

    part = browser.get(address, headers={"HX-Request": "true", "HX-Target": "advance"})

    assert ("<html" in part.content.decode(), "何がわかりましたか" in part.content.decode()) == (False, True)


def test_a_closed_deal_leads_to_its_page(browser, rep):
    deal = make(rep, "青葉")
    operations.win(deal, on=timezone.localdate(), amount=1, by=rep, at=timezone.now())

    assert ask(browser, deal).url == deal.get_absolute_url()


def test_a_colleagues_card_is_not_to_be_moved(browser, colleague):
    deal = make(colleague, "青葉")

    assert ask(browser, deal).status_code == 403
    assert 'draggable="true"' not in board(browser, who="all").content.decode()


def test_an_unknown_column_is_not_found(browser, rep):
    assert ask(browser, make(rep, "青葉"), to="moon").status_code == 404


def test_the_way_back_never_leaves_us(browser, rep):
    response = answer(browser, make(rep, "青葉"), back="https://elsewhere.example/")

    assert response.url == reverse("deals:list")


# ── by month ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def this_month():
    return Month.of(timezone.localdate())


def months(browser):
    return browser.get(reverse("deals:list"), {"view": "month"}).context["columns"]


def drop(browser, deal, month, **given):
    address = reverse("deals:expect", args=[deal.pk], query={"back": "/deals/?view=month"})
    return browser.post(address, {"version": deal.version, "expected_month": month} | given, follow=False)


def test_open_deals_stand_in_the_month_they_are_expected_in(browser, rep, this_month):
    for name, month in (
        ("前", this_month - 1),
        ("今", this_month),
        ("来", this_month + 1),
        ("先", this_month + 9),
    ):
        make(rep, name, expected_month=month)
    make(rep, "未")

    shown = {column.key: [deal.company__name for deal in column.cards] for column, *_rest in months(browser)}

    empty = {str(month): [] for month in this_month.range(queries.MONTHS)}
    filled = {
        "past": ["前"],
        str(this_month): ["今"],
        str(this_month + 1): ["来"],
        "later": ["先"],
        "undecided": ["未"],
    }
    assert shown == empty | filled


def test_months_far_away_take_no_room_while_they_hold_nothing(browser, this_month):
    keys = [column.key for column, *_rest in months(browser)]

    assert keys == [*map(str, this_month.range(queries.MONTHS)), "undecided"]


def test_dropping_a_card_on_a_month_moves_it_there(browser, rep, this_month):
    deal = make(rep, "青葉", expected_month=this_month)

    response = drop(browser, deal, str(this_month + 2))
    deal.refresh_from_db()

    assert (response.url, deal.expected_month) == ("/deals/?view=month", this_month + 2)
    was, now = (f"{m.year}年{m.month}月" for m in (this_month, this_month + 2))
    assert told(response) == [f"時期を変えました。{was} → {now}"]


def test_dropping_a_card_on_undecided_takes_its_month(browser, rep):
    deal = make(rep, "青葉", **WHOLE)

    drop(browser, deal, "")
    deal.refresh_from_db()

    assert (deal.stage, deal.expected_month) == ("topic", None)


@pytest.mark.parametrize("month", ["いつか", "2026-13"])
def test_what_is_no_month_moves_nothing(browser, rep, month):
    deal = make(rep, "青葉", **WHOLE)

    response = drop(browser, deal, month)
    deal.refresh_from_db()

    assert (deal.version, told(response)) == (
        1,
        ["時期を変えられませんでした。画面を開き直してください。"],
    )


def test_a_card_that_somebody_else_moved_meanwhile_stays(browser, rep, this_month):
    deal = make(rep, "青葉", **WHOLE)

    drop(browser, deal, str(this_month), version=7)
    deal.refresh_from_db()

    assert deal.expected_month == WHOLE["expected_month"]


def test_taking_the_month_back_leaves_the_deal_as_it_was(browser, rep, this_month):
    deal = make(rep, "青葉", plan="基本", amount=1)
    before = list(deal.milestones.values_list("kind", flat=True).order_by("kind"))
    (moved,) = get_messages(drop(browser, deal, str(this_month)).wsgi_request)

    response = browser.post(moved.extra_tags)
    deal.refresh_from_db()

    assert (deal.stage, deal.expected_month, deal.rank) == ("topic", None, "")
    assert list(deal.milestones.values_list("kind", flat=True).order_by("kind")) == before
    assert told(response)[-1] == "元に戻しました。"


def test_what_was_changed_since_is_not_taken_back(browser, rep, this_month):
    deal = make(rep, "青葉", **WHOLE)
    (moved,) = get_messages(drop(browser, deal, str(this_month)).wsgi_request)
    deal.refresh_from_db()
    operations.change_deal(deal, plan="拡張", by=rep, at=timezone.now())

    browser.post(moved.extra_tags)
    deal.refresh_from_db()

    assert (deal.plan, deal.expected_month) == ("拡張", this_month)


def test_an_opening_is_not_taken_back(rep):
    deal = make(rep, "青葉")

    with pytest.raises(operations.NotToBeTakenBack):
        operations.take_back(deal, version=1, by=rep, at=timezone.now())


def test_a_way_back_without_its_version_is_not_found(browser, rep):
    deal = make(rep, "青葉")

    assert browser.post(reverse("deals:take-back", args=[deal.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_months_cost_the_same_however_many_cards(browser, rep, count, django_assert_num_queries):
    for _ in range(count):
        make(rep, "", **WHOLE)

    with django_assert_num_queries(6):
        months(browser)
