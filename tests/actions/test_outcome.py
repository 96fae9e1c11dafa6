"""One tap after a call, or from a row of the day, records it: how, whom, what came of it and what comes next."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.activities.models import Follow
from apps.base.models import new_id
from apps.tenancy.context import inside
from tests import factories

pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")
CALLED = "/outcome/"


@pytest.fixture
def contact():
    return factories.make_contact(factories.make_company("株式会社あおば"), name="佐藤 花")


def tap(browser, query: str, came: str = "call-connected", key=None, **more):
    given = {"key": str(key or new_id()), "came": came} | more
    return browser.post(f"{CALLED}?kind=call&{query}", given, follow=True)


def test_a_tap_records_the_call(logged_in, rep, contact):
    answer = tap(logged_in(rep), f"contact={contact.pk}")

    follow = Follow.objects.get()
    assert (follow.kind, follow.direction, follow.outcome) == ("call", "out", "connected")
    assert (follow.company, follow.contact, follow.owner) == (contact.company, contact, rep)
    assert "佐藤 花への電話を記録しました。" in answer.content.decode()


def test_a_next_step_in_another_year_is_told_with_it(logged_in, rep):
    deal = factories.make_deal(rep)

    answer = tap(logged_in(rep), f"deal={deal.pk}", next_action="見積", next_action_on="2096-02-29")

    assert "次は2096年2月29日(水)、見積。" in answer.content.decode()


def test_of_a_deal_it_is_the_deals(logged_in, rep):
    deal = factories.make_deal(rep)

    tap(logged_in(rep), f"deal={deal.pk}", "call-absent")

    follow = Follow.objects.get()
    assert (follow.deal, follow.company, follow.outcome) == (deal, deal.company, "absent")


def test_the_same_form_twice_is_one_call(logged_in, rep, contact):
    key = new_id()
    for _ in range(2):
        tap(logged_in(rep), f"contact={contact.pk}", key=key)

    assert Follow.objects.count() == 1


def test_it_is_taken_back(logged_in, rep, contact):
    browser = logged_in(rep)
    answer = tap(browser, f"contact={contact.pk}")

    browser.post(next(message.extra_tags for message in answer.context["messages"]))

    assert Follow.objects.kept().count() == 0


def test_it_leads_back_to_where_one_was_and_to_no_other_host(logged_in, rep, contact):
    browser = logged_in(rep)
    query = f"contact={contact.pk}&back="

    there = [
        tap(browser, query + back).redirect_chain[0][0] for back in ("/companies/?q=a", "https://elsewhere/")
    ]

    assert there == ["/companies/?q=a", contact.company.get_absolute_url()]


def test_no_other_outcome_is_taken(logged_in, rep, contact):
    for came in ("email-sent", "call-again", "call"):
        tap(logged_in(rep), f"contact={contact.pk}", came)

    assert Follow.objects.count() == 0


def test_who_only_looks_is_asked_nothing(logged_in, executive, contact):
    browser = logged_in(executive)

    asked = browser.get(f"{CALLED}?contact={contact.pk}").status_code

    assert (asked, tap(browser, f"contact={contact.pk}").status_code) == (204, 403)


def test_another_companys_records_are_not_found(logged_in, rep, beta):
    with inside(beta):
        foreign = factories.make_contact()

    answers = [
        logged_in(rep).get(f"{CALLED}?{name}={pk}").status_code
        for name, pk in [
            ("contact", foreign.pk),
            ("company", foreign.company_id),
            ("deal", foreign.pk),
            ("contact", "x"),
        ]
    ]

    assert answers == [404, 404, 404, 404]


def test_without_anybody_there_is_nothing_to_ask(logged_in, rep):
    assert logged_in(rep).get(reverse("actions:outcome")).status_code == 404


@pytest.fixture
def deal(rep, time_machine):
    """On a Saturday before a holiday, an act that was due on Thursday."""
    time_machine.move_to(datetime(2026, 11, 21, 10, tzinfo=JST), tick=False)
    return factories.make_deal(rep, next_action="様子を伺う", next_action_on=date(2026, 11, 19))


@pytest.mark.parametrize(
    ("came", "chosen", "next_action", "on"),
    [
        ("call-absent", {}, "様子を伺う", date(2026, 11, 19)),
        ("call-again", {}, "様子を伺う", date(2026, 11, 24)),
        ("call-absent", {"next_action_on": "2026-11-22"}, "様子を伺う", date(2026, 11, 22)),
        ("call-connected", {"next_action": "見積"}, "見積", date(2026, 11, 24)),
        (
            "call-connected",
            {"next_action": "再訪", "next_action_on": "2026-12-01"},
            "再訪",
            date(2026, 12, 1),
        ),
    ],
)
def test_what_comes_next_is_told_with_it_and_taken_back_with_it(
    logged_in, rep, deal, came, chosen, next_action, on
):
    browser = logged_in(rep)

    answer = tap(browser, f"deal={deal.pk}", came, **chosen)

    deal.refresh_from_db()
    assert (deal.next_action, deal.next_action_on) == (next_action, on)

    browser.post(next(message.extra_tags for message in answer.context["messages"]))

    deal.refresh_from_db()
    assert (deal.next_action, deal.next_action_on) == ("様子を伺う", date(2026, 11, 19))
    assert Follow.objects.kept().count() == 0


def test_a_mail_is_recorded_from_a_row_with_a_word_and_on_the_day_again(logged_in, rep, deal):
    given = {"key": str(new_id()), "came": "email-sent", "note": "見積を添付"}

    answer = logged_in(rep).post(f"{CALLED}?deal={deal.pk}&back=/today/", given)

    follow = Follow.objects.get()
    assert (follow.kind, follow.outcome, follow.body, follow.deal) == ("email", "sent", "見積を添付", deal)
    assert answer["Location"] == "/today/"


def test_in_anothers_deal_nothing_is_planned_by_the_way(logged_in, rep, colleague, deal):
    page = logged_in(colleague).get(f"{CALLED}?deal={deal.pk}").content.decode()

    tap(logged_in(colleague), f"deal={deal.pk}", next_action="見積")

    deal.refresh_from_db()
    assert ("next_action" in page, deal.next_action, Follow.objects.get().deal) == (False, "様子を伺う", deal)


def test_a_row_of_the_day_opens_it_in_place_and_without_script_the_whole_form(logged_in, rep, deal):
    browser = logged_in(rep)
    row = browser.get("/today/").content.decode()

    assert f'href="/follows/record/?deal={deal.pk}" hx-get="/outcome/?deal={deal.pk}&amp;back=/today/"' in row
    part = browser.get(
        f"{CALLED}?deal={deal.pk}", headers={"HX-Request": "true", "HX-Target": "outcome"}
    ).content.decode()
    assert ("<html" in part, "call-again" in part) == (False, True)


def test_a_deal_without_next_action_gets_one_where_the_day_shows_it(logged_in, rep):
    browser, deal = logged_in(rep), factories.make_deal(rep)
    address = reverse("actions:decide-next", args=[deal.pk])
    assert f'hx-get="{address}"' in browser.get("/today/").content.decode()

    unfinished = browser.post(address, {"next_action": "電話", "version": deal.version})
    answer = browser.post(
        address, {"next_action": "電話", "next_action_on": "2026-12-01", "version": deal.version}, follow=True
    )

    deal.refresh_from_db()
    assert "next_action_on" in unfinished.context["form"].errors
    assert (deal.next_action, deal.next_action_on) == ("電話", date(2026, 12, 1))

    browser.post(next(message.extra_tags for message in answer.context["messages"]))
    deal.refresh_from_db()
    assert (deal.next_action, deal.next_action_on) == ("", None)


def test_a_next_action_that_stood_there_already_has_no_way_back(logged_in, rep):
    """It would take back what was recorded before."""
    deal = factories.make_deal(rep, next_action="電話", next_action_on=date(2026, 12, 1))
    given = {"next_action": "電話", "next_action_on": "2026-12-01", "version": deal.version}

    answer = logged_in(rep).post(reverse("actions:decide-next", args=[deal.pk]), given, follow=True)

    assert [message.extra_tags for message in answer.context["messages"]] == [""]


def test_what_comes_next_in_anothers_deal_is_not_decided_by_the_way(logged_in, colleague, rep):
    deal = factories.make_deal(rep)
    address = reverse("actions:decide-next", args=[deal.pk])

    given = {"next_action": "電話", "next_action_on": "2026-12-01", "version": deal.version}

    assert [
        logged_in(colleague).get(address).status_code,
        logged_in(colleague).post(address, given).status_code,
    ] == [403, 403]
