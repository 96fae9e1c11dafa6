"""One line becomes a record: read, corrected, kept, taken back."""

from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from apps.actions.models import Capture
from apps.activities.models import DayTally, Follow, PostVisitReport, Visit
from apps.base.models import new_id
from apps.base.month import Month
from apps.conversations.models import Comment
from apps.customers.models import Company
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.journal.models import Entry
from tests import factories

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 11, 20, tzinfo=JST)
"""A Thursday."""
LINE = "青葉フーズ 佐藤さん 電話 10分 見積に前向き 予算は聞けず 次は19日訪問"
CAPTURE = "/capture/"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def read(browser, line, **given):
    return browser.post(CAPTURE, {"line": line, "back": "/today/"} | given).context["captured"]


def keep(browser, line, **given):
    return browser.post(CAPTURE, {"line": line, "save": "1", "key": str(new_id())} | given)


def chips(captured):
    return {chip.name: (chip.value, chip.certainty.value) for chip in captured.chips}


# ── reading ────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_shown_as_chips_with_how_certain_each_is(browser, sato, deal):
    assert chips(read(browser, LINE)) == {
        "company": ("青葉フーズ", "sure"),
        "contact": ("佐藤 健一 営業部長", "sure"),
        "kind": ("電話・つながった", "sure"),
        "minutes": ("10分", "sure"),
        "result": ("見積に前向き 予算は聞けず", "sure"),
        "next_action": ("10月19日(月) 訪問", "sure"),
    }


def test_who_began_it_is_shown_where_it_was_not_oneself(browser, sato):
    assert chips(read(browser, "青葉フーズ 佐藤さん 入電 10分"))["kind"] == (
        "先方から・電話・つながった",
        "sure",
    )


def test_reading_writes_nothing(browser, sato, deal):
    before = Entry.objects.count()

    read(browser, LINE)

    assert Entry.objects.count() == before
    assert not Follow.objects.exists()


def test_the_part_that_a_correction_asks_for_is_what_the_page_shows(browser, sato, deal):
    part = browser.post(
        CAPTURE, {"line": LINE}, headers={"HX-Request": "true", "HX-Target": "capture-chips"}
    ).content.decode()

    assert part.lstrip().startswith('<div class="parse" id="capture-chips" aria-live="polite">')
    assert "</html>" not in part


def test_what_the_person_said_is_sure_and_stays_when_the_line_goes_on(browser, sato):
    shown = {"read": "青葉フーズ 電話", "kind": "email", "outcome": "sent", "direction": "out"}

    assert chips(read(browser, "青葉フーズ 電話 明日訪問", **shown))["kind"] == ("メール・送った", "sure")


def test_one_of_two_companies_is_asked_for_and_a_tap_settles_it(browser, company):
    factories.make_company("株式会社青葉フード", reading="あおばふーど")

    guessed = read(browser, "青葉フー 電話 不在")
    settled = read(browser, "青葉フー 電話 不在", company=str(company.pk), read="青葉フー 電話 不在")

    assert (guessed.ready, chips(guessed)["company"][1]) == (False, "guess")
    assert {c.name for c in guessed.offered} == {"青葉フーズ", "株式会社青葉フード"}
    assert (settled.ready, chips(settled)["company"]) == (True, ("青葉フーズ", "sure"))


def test_another_company_is_searched_for(browser, company):
    captured = read(browser, "電話 不在", company_words="あおば")

    assert captured.offered == [company]


@pytest.mark.parametrize("count", [1, 3])
def test_a_line_costs_the_same_however_many_companies_are_alike(
    browser, rep, company, count, django_assert_num_queries
):
    for number in range(count):
        factories.make_company(f"青葉フーズ{number}号店")
        factories.make_contact(company, name=f"佐藤 {number}")

    with django_assert_num_queries(READ):
        browser.post(CAPTURE, {"line": "青葉フーズ 電話 10分"})


READ = 19


# ── keeping ────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_becomes_a_follow_and_the_deal_learns_its_next_action(browser, rep, company, sato, deal):
    response = keep(browser, LINE, back="/deals/")

    follow = Follow.objects.get()
    deal.refresh_from_db()
    assert response.url == "/deals/"
    assert (follow.company, follow.contact, follow.deal, follow.owner) == (company, sato, deal, rep)
    assert (follow.kind, follow.outcome, follow.direction) == ("call", "connected", "out")
    assert (follow.talk_seconds, follow.body, follow.happened_at) == (600, LINE, NOW)
    assert (deal.next_action, deal.next_action_on) == ("訪問", date(2026, 10, 19))
    assert Entry.objects.filter(event="line.captured", subject_id=follow.pk).exists()


def test_what_became_known_changes_the_stage_and_the_page_says_so_before(browser, deal):
    line = "青葉フーズ 電話 12月導入"

    captured = read(browser, line)
    keep(browser, line)

    deal.refresh_from_db()
    assert (captured.turns, captured.after.stage) == (True, "deal")
    assert (deal.stage, deal.expected_month) == ("deal", Month(2026, 12))


def test_the_baton_shows_what_the_deal_would_have_where_the_stage_stays(browser, rep, company):
    factories.make_deal(rep, company=company, opened=NOW)

    shown = browser.post(CAPTURE, {"line": "青葉フーズ 電話 10分 予算60万"}).content.decode()

    baton = shown.split('class="eff"')[1].split("</span></span>")[0]
    assert "プラン未・価格済・時期未" in baton


def test_sent_twice_it_is_one_record(browser, deal):
    key = str(new_id())

    for _ in range(2):
        keep(browser, LINE, key=key)

    assert (Follow.objects.count(), Capture.objects.count()) == (1, 1)


def test_all_of_it_is_taken_back_at_once_as_if_it_had_not_been(browser, sato, deal):
    before = deal.changes.count()
    keep(browser, LINE)

    browser.post(reverse("actions:take-back-capture", args=[Capture.objects.get().together]))

    deal.refresh_from_db()
    assert Follow.objects.get().trashed_at == NOW
    assert (deal.next_action, deal.changes.count()) == ("", before)
    assert not Capture.objects.exists()


@pytest.mark.parametrize(
    ("back", "leads_to"), [("/deals/?q=1", "/deals/?q=1"), ("//evil.example/", "/today/"), ("", "/today/")]
)
def test_taken_back_it_leads_to_where_the_line_was_written(browser, deal, back, leads_to):
    kept = keep(browser, LINE, back=back)
    (undo,) = [message.extra_tags for message in get_messages(kept.wsgi_request)]

    assert (kept.url, browser.post(undo).url) == (leads_to, leads_to)


def test_what_was_followed_by_something_is_not_taken_back(browser, rep, deal):
    keep(browser, LINE)
    deal.refresh_from_db()
    deals.change_deal(deal, plan="プロ", by=rep, at=NOW)

    browser.post(reverse("actions:take-back-capture", args=[Capture.objects.get().together]))

    assert Follow.objects.get().trashed_at is None


def test_nobody_takes_back_what_another_wrote(browser, logged_in, manager, deal):
    keep(browser, LINE)

    response = logged_in(manager).post(
        reverse("actions:take-back-capture", args=[Capture.objects.get().together])
    )

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("電話 不在", "顧客を選んでください。"),
        ("青葉フーズ 見積に前向き", "どうやって連絡したかを選んでください。"),
        ("青葉フーズ 来週訪問", "どうやって連絡したかを選んでください。"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_kept(browser, company, line, missing):
    response = keep(browser, line)

    assert missing in response.context["captured"].missing
    assert not Follow.objects.exists()


def test_of_several_deals_the_person_chooses(browser, rep, company, deal):
    other = factories.make_deal(rep, company=company, opened=datetime(2026, 10, 2, 10, tzinfo=JST))

    asked = keep(browser, LINE)
    keep(browser, LINE, read=LINE, deal=str(other.pk))

    other.refresh_from_db()
    assert asked.context["captured"].missing == ["どの案件のことかを選んでください。"]
    assert other.next_action == "訪問"


def test_where_no_deal_runs_one_is_begun_only_when_asked(browser, company):
    line = "青葉フーズ 電話 プロ 60万 次は19日訪問"

    offered = read(browser, line)
    keep(browser, line)
    without = Deal.objects.count()
    keep(browser, line, opens_deal="on", read=line)

    assert offered.loose_facts
    assert without == 0
    assert (Deal.objects.get().amount, Deal.objects.get().next_action) == (600_000, "訪問")


def test_a_deal_that_was_begun_by_a_line_goes_with_it(browser, company):
    line = "青葉フーズ 電話 60万"
    keep(browser, line, opens_deal="on", read=line)

    browser.post(reverse("actions:take-back-capture", args=[Capture.objects.get().together]))

    assert Deal.objects.get().trashed_at == NOW


def test_a_deal_that_was_begun_by_a_line_stays_once_something_has_followed(browser, rep, company):
    line = "青葉フーズ 電話 60万"
    keep(browser, line, opens_deal="on", read=line)
    deals.change_deal(Deal.objects.get(), plan="プロ", by=rep, at=NOW)

    browser.post(reverse("actions:take-back-capture", args=[Capture.objects.get().together]))

    assert (Deal.objects.get().trashed_at, Follow.objects.get().trashed_at) == (None, None)


def test_a_visit_is_recorded_as_done_with_the_line_as_its_report(browser, sato, deal):
    line = "青葉フーズ 佐藤さん 訪問 60分 前向き 次は19日見積"

    keep(browser, line)

    visit = Visit.objects.get()
    deal.refresh_from_db()
    assert (visit.status, list(visit.contacts.all())) == ("done", [sato])
    assert (visit.starts_at, visit.ends_at) == (datetime(2026, 10, 15, 10, 20, tzinfo=JST), NOW)
    assert PostVisitReport.objects.get().result == line
    assert deal.next_action == "見積"


@pytest.mark.parametrize(
    ("line", "done"), [("青葉フーズ 訪問した 前向き", 1), ("青葉フーズ 訪問したが不在", 0)]
)
def test_a_visit_where_nobody_was_met_did_not_take_place(browser, rep, company, line, done):
    keep(browser, line)

    visit = Visit.objects.get()
    kept = [comment.text for comment in Comment.objects.filter(subject_id=visit.pk)]
    counted = sum(DayTally.objects.filter(owner=rep).values_list("visits", flat=True))
    assert (counted, kept) == (done, [] if done else [line])


def test_before_it_is_kept_the_page_says_that_a_visit_to_nobody_counts_nowhere(browser, deal):
    unmet = browser.post(CAPTURE, {"line": "青葉フーズ 訪問したが不在"}).content.decode()
    met = browser.post(CAPTURE, {"line": "青葉フーズ 訪問した 前向き"}).content.decode()

    assert ("件数に入らず" in unmet, "0日に戻ります" in unmet) == (True, False)
    assert ("件数に入らず" in met, "0日に戻ります" in met) == (False, True)


def test_a_visit_that_was_planned_for_today_leads_to_its_report(browser, rep, company):
    visit = factories.make_visit(
        rep, company=company, starts_at=datetime(2026, 10, 15, 10, tzinfo=JST), status="planned"
    )

    response = keep(browser, "青葉フーズ 訪問 60分 前向き")

    report = urlsplit(response.url)
    assert report.path == reverse("activities:report", args=[visit.pk])
    assert parse_qs(report.query)["result"] == ["青葉フーズ 訪問 60分 前向き"]
    assert browser.get(response.url).context["form"]["result"].value() == "青葉フーズ 訪問 60分 前向き"
    assert Visit.objects.count() == 1


def test_an_earlier_day_counts_at_its_midnight(browser, company):
    keep(browser, "青葉フーズ 昨日電話した 不在")

    assert Follow.objects.get().happened_at == datetime(2026, 10, 14, tzinfo=JST)


# ── companies that nobody knows ────────────────────────────────────────────────────────────────────


def test_an_unknown_company_is_offered_and_added_only_by_a_tap(browser):
    line = "カワセミ物産 電話 不在"

    keep(browser, line)
    before = Company.objects.count()
    response = browser.post(
        reverse("actions:add-captured-company"), {"line": line, "read": line, "new_name": "カワセミ物産"}
    )

    assert before == 0
    assert Company.objects.get().name == "カワセミ物産"
    assert response.context["captured"].ready


def test_a_company_that_may_be_the_same_is_shown_before(browser, company):
    post = {"line": "アオバフーズ商会 電話 不在", "new_name": "株式会社青葉フーズ"}

    response = browser.post(reverse("actions:add-captured-company"), post)
    browser.post(reverse("actions:add-captured-company"), post | {"apart": "1"})

    assert response.context["alike"] == [company]
    assert Company.objects.count() == 2


# ── around it ──────────────────────────────────────────────────────────────────────────────────────


def test_the_full_form_is_filled_with_what_was_read(browser, sato, deal):
    in_full = read(browser, LINE).in_full

    form = browser.get(in_full).context["form"]
    assert [form[name].value() for name in ("kind", "outcome", "minutes", "body")] == [
        "call",
        "connected",
        "10",
        LINE,
    ]


def test_a_company_of_late_begins_the_line(browser, rep, company):
    factories.make_follow(rep, company=company)

    page = browser.get(CAPTURE)

    assert page.context["recent"] == [company]
    assert browser.get(f"{CAPTURE}?company={company.pk}").context["line"] == "青葉フーズ "


def test_a_line_without_a_word_reads_nothing(browser):
    assert browser.post(CAPTURE, {"line": "  \n "}).status_code == 200


def test_a_follow_needs_three_things(browser, company):
    form = read(browser, "青葉フーズ").form

    assert [n for n, f in form.fields.items() if f.required and n not in ("key", "line")] == [
        "company",
        "kind",
        "outcome",
    ]
