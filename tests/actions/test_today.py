"""The page of the day: what stands on it, in which order, and what can be done there."""

import re
from datetime import date, datetime
from html import unescape

import pytest
from django.urls import reverse

from apps.accounts.vocabulary import Role
from apps.actions.sentence import sentence
from apps.actions.today import today_of
from apps.activities import operations as activities
from apps.base.month import Month
from apps.conversations import operations as conversations
from apps.customers import operations as customers
from apps.deals import operations as deals
from apps.goals import operations as goals
from tests import factories
from tests.actions.days import JST, NOW, a_deal, at


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def names(part) -> list[str]:
    return [
        getattr(row, "company", getattr(getattr(row, "deal", None), "company", row)).name for row in part.rows
    ]


def test_next_actions_stand_by_their_day_and_then_by_amount(rep):
    a_deal(rep, name="明日", on=16)
    a_deal(rep, name="小さい", on=15, amount=100)
    a_deal(rep, name="大きい", on=15, amount=900)
    a_deal(rep, name="遅れ", on=9)

    day = today_of(rep, now=NOW)

    assert (names(day.actions), day.actions.more, day.due, day.overdue) == (
        ["遅れ", "大きい", "小さい"],
        0,
        3,
        1,
    )


def test_what_is_overdue_never_vanishes_but_is_counted(rep):
    for number in range(12):
        a_deal(rep, name=f"遅れ{number:02}", on=1 + number)

    day = today_of(rep, now=NOW)

    assert (len(day.actions.rows), day.actions.more, day.overdue) == (8, 4, 12)


def test_deals_that_stand_still_come_by_their_silence(rep):
    a_deal(rep, name="今月触れた", touched=2, on=20)
    a_deal(rep, name="13日前", touched=2, on=20)
    a_deal(rep, name="次がない", action="", touched=14)
    old = a_deal(rep, name="沈黙", touched=0, on=20)
    deals.change_deal(old, plan="直しても触れたことにはならない", by=rep, at=NOW)

    day = today_of(rep, now=NOW)

    assert [(s.deal.company.name, s.days, s.touched) for s in day.still.rows] == [
        ("沈黙", 14, False),
        ("次がない", 1, True),
    ]


def test_a_touch_of_the_company_that_names_no_other_deal_breaks_the_silence(rep):
    deal = a_deal(rep, touched=0, on=20)
    factories.make_follow(rep, company=deal.company, happened_at=at(10), direction="in")

    assert not today_of(rep, now=NOW).still


def test_an_owed_report_stands_until_it_is_written(rep):
    visit = factories.make_visit(rep, starts_at=at(9))

    assert [row.pk for row in today_of(rep, now=NOW).owed.rows] == [visit.pk]

    activities.report_visit(visit, result="前に進んだ", by=rep, at=NOW)

    assert not today_of(rep, now=NOW).owed


def test_the_day_and_the_next_working_day_show_their_visits(rep, time_machine):
    friday = datetime(2026, 10, 16, 9, tzinfo=JST)
    time_machine.move_to(friday, tick=False)
    today = factories.make_visit(rep, starts_at=at(16, 13))
    monday = factories.make_visit(rep, starts_at=at(19))
    factories.make_visit(rep, starts_at=at(20))
    called_off = factories.make_visit(rep, starts_at=at(16, 15))
    activities.change_visit(called_off, status="cancelled", by=rep, at=friday)

    day = today_of(rep, now=friday)

    assert ([v.pk for v in day.visits], [v.pk for v in day.visits_next], day.unprepared) == (
        [today.pk],
        [monday.pk],
        1,
    )


def test_a_saturdays_visit_stands_on_fridays_page_and_wants_its_report_before(browser, rep, time_machine):
    friday = datetime(2026, 10, 16, 9, tzinfo=JST)
    time_machine.move_to(friday, tick=False)
    for day in (17, 19):
        factories.make_visit(rep, starts_at=at(day))

    day, shown = today_of(rep, now=friday), browser.get(reverse("actions:today")).content.decode()

    assert ([visit.starts_on.day for visit in day.visits_next], day.unprepared) == ([17, 19], 2)
    assert '<span class="tm">10/17 10:00</span>' in shown


def test_a_visit_ticked_off_without_a_report_owes_it_all_the_same(rep):
    facts = {"company": factories.make_company(), "starts_at": at(14)}
    ticked = activities.plan_visit(owner=rep, by=rep, at=at(13), **facts)
    activities.change_visit(ticked, status="done", by=rep, at=NOW)
    factories.make_visit(rep, starts_at=at(13), status="done")  # came in as done, from wherever

    assert [visit.pk for visit in today_of(rep, now=NOW).owed.rows] == [ticked.pk]


def test_an_action_that_is_due_stands_there_even_where_only_its_day_is_known(rep):
    a_deal(rep, name="日だけ", action="", touched=14, next_action_on=at(9).date())

    day = today_of(rep, now=NOW)

    assert (names(day.actions), day.overdue, day.still.total) == (["日だけ"], 1, 0)


def test_a_lead_on_two_lists_is_one_lead(rep):
    company = factories.make_company("二度載った")
    for on in (9, 12):
        factories.make_entry(factories.make_list(rep), company, on=at(on).date())

    leads = today_of(rep, now=NOW).leads

    assert ([entry.from_on.day for entry in leads.rows], leads.total) == ([9], 1)


def test_a_lead_on_ones_own_list_that_its_owner_never_contacted_is_named(rep):
    listed = factories.make_list(rep)
    for name, on in (
        ("昨日載せた", 14),
        ("放置", 12),
        ("連絡した", 12),
        ("ほかの人が連絡した", 12),
        ("商談中", 12),
        ("既存", 12),
    ):
        company = factories.make_company(name, existing=name == "既存")
        factories.make_entry(listed, company, on=at(on).date())
        if name == "連絡した":
            factories.make_follow(rep, company=company, happened_at=at(13))
        if name == "ほかの人が連絡した":
            factories.make_follow(factories.make_user(Role.FIELD_SALES), company=company, happened_at=at(13))
        if name == "商談中":
            factories.make_deal(rep, company=company, next_action="訪問", next_action_on=at(30).date())

    assert sorted(names(today_of(rep, now=NOW).leads)) == ["ほかの人が連絡した", "放置"]


def test_companies_whose_buying_month_is_near_are_offered_unless_a_deal_is_open(rep):
    for name, months, outcome in (("12月", [12], ""), ("2月", [2], ""), ("商談中", [12], "open")):
        company = factories.make_company(name, buying_months=months)
        deal = factories.make_deal(
            rep, company=company, opened=at(1), next_action="訪問", next_action_on=at(30).date()
        )
        if not outcome:
            deals.win(deal, on=at(14).date(), amount=100, by=rep, at=NOW)

    rows = today_of(rep, now=NOW).buying.rows
    assert [(company.name, company.begins) for company in rows] == [("12月", date(2026, 12, 1))]


def offered(rep, *, now=NOW) -> list[str]:
    return [company.name for company in today_of(rep, now=now).buying.rows]


def listed_as_buying(rep, name="12月", months=(12,)):
    company = factories.make_company(name, buying_months=list(months))
    factories.make_entry(factories.make_list(rep), company, on=at(15).date())
    return company


@pytest.mark.parametrize(
    ("outcome", "direction"), [("connected", "out"), ("refused", "out"), ("sent", "out"), ("connected", "in")]
)
def test_an_offer_ends_with_a_touch_by_whomever_since_its_sixty_days_began(rep, stranger, outcome, direction):
    company = listed_as_buying(rep)
    told = {"company": company, "outcome": outcome, "direction": direction}
    factories.make_follow(stranger, happened_at=datetime(2026, 10, 1, 23, 59, tzinfo=JST), **told)
    before = offered(rep)

    follow = factories.make_follow(stranger, happened_at=at(2, 0), **told)
    after = offered(rep)
    activities.trash_activity(follow, by=stranger, at=NOW)

    assert (before, after, offered(rep)) == (["12月"], [], ["12月"])


def test_a_call_in_vain_takes_the_offer_away_for_its_day_only(rep):
    factories.make_follow(rep, company=listed_as_buying(rep), happened_at=at(15, 9), outcome="absent")

    assert (offered(rep), offered(rep, now=at(16))) == ([], ["12月"])


@pytest.mark.parametrize(("status", "left"), [("planned", []), ("done", []), ("cancelled", ["12月"])])
def test_an_offer_ends_with_a_visit_unless_it_is_called_off(rep, status, left):
    factories.make_visit(rep, company=listed_as_buying(rep), starts_at=at(14), status=status)

    assert offered(rep) == left


def test_the_next_months_offer_has_sixty_days_of_its_own(rep):
    company = listed_as_buying(rep, "11月と12月", (11, 12))
    factories.make_follow(rep, company=company, happened_at=datetime(2026, 9, 20, 9, tzinfo=JST))

    rows = today_of(rep, now=NOW).buying.rows

    assert [(company.name, company.begins) for company in rows] == [("11月と12月", date(2026, 12, 1))]


def test_the_month_is_held_against_its_targets_by_working_days(rep, manager):
    goals.set_monthly_goal(
        rep, month=Month(2026, 10), targets={"follows": 10, "sales": 1_000_000}, by=manager, at=NOW
    )
    for hour in (8, 9, 10):
        factories.make_follow(rep, happened_at=at(15, hour))
    a_deal(rep, plan="基本", amount=300, expected_month=Month(2026, 10), touched=0)

    progress = today_of(rep, now=NOW).progress

    assert (progress.day, progress.days) == (10, 21)  # 10-12 is a public holiday: as in the picture
    assert (progress.paces["follows"].done, progress.paces["follows"].is_low) == (3, True)
    assert (progress.paces["new_topics"].done, progress.paces["new_deals"].done) == (1, 1)
    assert progress.paces["orders"].target is None


def test_the_sentence_says_the_next_visit_and_what_is_most_urgent(rep):
    assert sentence(today_of(rep, now=NOW)) == "期日の来たことは、すべて済んでいます。"

    factories.make_visit(rep, company=factories.make_company("青葉フーズ"), starts_at=at(15, 13))
    a_deal(rep)

    assert (
        sentence(today_of(rep, now=NOW))
        == "これからの訪問は1件、次は13:00の青葉フーズです。期日の来た次の一手が1件あります。"
    )


def test_an_empty_day_has_an_end(browser):
    shown = browser.get(reverse("actions:today")).content.decode()

    assert shown.count("今日はここまで") == 1


def test_who_sells_begins_with_the_day_and_who_does_not_with_the_table(logged_in, rep):
    executive = factories.make_user(Role.EXECUTIVE)

    assert logged_in(rep).get("/")["Location"] == reverse("actions:today")
    assert logged_in(executive).get("/")["Location"] == reverse("reviews:table")


@pytest.mark.parametrize("count", [1, 3])
def test_the_day_costs_the_same_however_full(browser, rep, count, django_assert_num_queries):
    listed = factories.make_list(rep)
    for number in range(count):
        a_deal(rep, on=9)
        a_deal(rep, touched=0, on=20)
        factories.make_visit(rep, starts_at=at(9, 9 + number))
        factories.make_visit(rep, starts_at=at(15, 14 + number))
        factories.make_visit(rep, starts_at=at(16, 9 + number))
        factories.make_entry(listed, on=at(12).date())
        company = factories.make_company(buying_months=[12])
        factories.make_entry(listed, company, on=at(15).date())
    browser.get(reverse("actions:today"))

    with django_assert_num_queries(26):
        browser.get(reverse("actions:today"))


# ── what is not named is linked ────────────────────────────────────────────────────────────────────


def led_to(page: str, words: str) -> list[str]:
    """The addresses behind ほか…件 and ほか…社 whose address holds these words."""
    found = re.findall(r'<a [^>]*href="([^"]+)">[^<]*ほか', page)
    return [unescape(address) for address in found if words in address]


def test_what_the_page_leaves_out_stands_in_the_list_that_it_leads_to(browser, rep):
    """Beside what counts stands what does not: others', put off, closed, moving, listed elsewhere."""
    colleague = factories.make_user(Role.FIELD_SALES)
    listed, second = factories.make_list(rep), factories.make_list(rep)
    for number in range(9):
        a_deal(rep, on=3 + number)
        a_deal(rep, touched=0, on=20)
        factories.make_visit(rep, starts_at=at(1 + number))
        factories.make_entry(listed, on=at(12).date())
        near = factories.make_company(buying_months=[11 + number % 2])
        factories.make_entry(listed, near, on=at(15).date())
        factories.make_entry(second, near, on=at(15).date())
    a_deal(rep, action="", touched=14)
    a_deal(rep, touched=10, on=20)
    a_deal(colleague, touched=0, on=20)
    a_deal(colleague, on=9)
    deals.win(a_deal(rep, touched=0, on=9), on=at(14).date(), amount=100, by=rep, at=NOW)
    factories.make_visit(colleague, starts_at=at(9))
    factories.make_visit(rep, starts_at=at(15, 9))
    factories.make_entry(factories.make_list(colleague), on=at(1).date())
    factories.make_company(buying_months=[12])
    taken_up = factories.make_company(buying_months=[12])
    factories.make_entry(listed, taken_up, on=at(15).date())
    factories.make_follow(rep, company=taken_up, happened_at=at(14))
    gone = factories.make_list(rep)
    factories.make_entry(gone, factories.make_company(buying_months=[12]), on=at(15).date())
    customers.trash_list(gone, by=rep, at=NOW)
    away = a_deal(rep, touched=0, on=20)
    browser.post(reverse("actions:put-off", args=["deal", away.pk]))
    browser.post(reverse("actions:put-off", args=["company", near.pk]))

    day, shown = today_of(rep, now=NOW), browser.get(reverse("actions:today")).content.decode()

    totals = {
        "owed:in": day.owed.total,
        "past|next": day.actions.total,
        "moving": day.still.total,
        "left-alone": day.leads.total,
        "to_reach:in:buying": day.buying.total,
    }
    assert totals == dict(zip(totals, (9, 9, 10, 9, 8), strict=True))
    for words, total in totals.items():
        (address,) = led_to(shown, words)
        assert browser.get(address).context["listing"].found.count() == total, words


def test_questions_take_their_rows_from_the_offers_which_stay_named_and_linked(browser, rep, manager):
    report = activities.send_daily(day=at(14).date(), by=rep, at=NOW)
    for words in ("決裁者は誰ですか", "次はいつですか"):
        conversations.write_comment(about=report, text=words, asks=True, by=manager, at=NOW)
    listed = factories.make_list(rep)
    for number in range(4):
        a_deal(rep, on=3 + number)
        a_deal(rep, touched=0, on=20)
        factories.make_visit(rep, starts_at=at(1 + number))
        factories.make_entry(listed, on=at(12).date())

    day, shown = today_of(rep, now=NOW), browser.get(reverse("actions:today")).content.decode()

    parts = (day.owed, day.actions, day.still, day.leads, day.buying)
    assert [len(day.questions), *(len(part.rows) for part in parts)] == [2, 1, 3, 2, 0, 0]
    assert ("顧客 ほか4社</a>" in shown, len(led_to(shown, "left-alone"))) == (True, 1)
    assert sentence(day) == "日報への質問が、答えを待っています。"
