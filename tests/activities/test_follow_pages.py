from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations
from apps.activities.models import Follow
from apps.base.models import new_id
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests import factories
from tests.naughty import KEPT, REFUSED

TOKYO = ZoneInfo("Asia/Tokyo")
RECORDED = 15
CALL = {"kind": "call", "outcome": "connected"}


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def follow(rep, company):
    return factories.make_follow(rep, company=company, body="棚卸しの件", talk_seconds=540)


def recording(company) -> str:
    return reverse("activities:record-follow") + f"?company={company.pk}"


def url(name: str, follow: Follow) -> str:
    return reverse(f"activities:{name}", args=[follow.pk])


def filled(form, **typed) -> dict:
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | typed).items() if value is not None}


def sent(browser, address: str, **typed):
    return browser.post(address, filled(browser.get(address).context["form"], **typed))


# ── recording ──────────────────────────────────────────────────────────────────────────────────────


def test_recording_begins_with_the_company_and_names_the_latest(browser, follow):
    response = browser.get(reverse("activities:record-follow"))

    assert response.context["recent"] == [follow.company]
    assert f'href="/follows/record/?company={follow.company_id}"' in response.content.decode()


def test_three_answers_are_enough(browser, rep, company):
    before = timezone.now()

    response = sent(browser, recording(company), **CALL)

    follow = Follow.objects.get()
    assert (follow.company, follow.owner, follow.kind, follow.outcome) == (company, rep, "call", "connected")
    assert (follow.direction, follow.source) == ("out", "page")
    assert before <= follow.happened_at <= timezone.now()
    assert response["Location"] == company.get_absolute_url()


def test_everything_is_kept(browser, rep, company):
    contact, deal = factories.make_contact(company), factories.make_deal(rep, company=company)

    response = sent(
        browser, recording(company), **CALL, contact=contact.pk, deal=deal.pk, direction="in",
        minutes="１２", body="見積がほしい\r\n来週まで", happened_at="2026-10-15T11:20",
    )  # fmt: skip

    follow = Follow.objects.get()
    assert (follow.contact, follow.deal, follow.direction) == (contact, deal, "in")
    assert (follow.talk_seconds, follow.body) == (720, "見積がほしい\n来週まで")
    assert follow.happened_at == datetime(2026, 10, 15, 11, 20, tzinfo=TOKYO)
    assert response["Location"] == deal.get_absolute_url()


def test_from_a_deal_company_and_deal_are_chosen(browser, rep, company):
    deal = factories.make_deal(rep, company=company)

    response = browser.get(reverse("activities:record-follow") + f"?deal={deal.pk}")

    assert (response.context["company"], response.context["form"]["deal"].value()) == (company, deal.pk)


def test_people_and_deals_are_the_companys_own(browser, rep, company):
    mine, other = factories.make_contact(company), factories.make_contact()
    factories.make_deal(rep)

    form = browser.get(recording(company)).context["form"]
    response = sent(browser, recording(company), **CALL, contact=other.pk)

    assert list(form.fields["contact"].queryset) == [mine]
    assert "deal" not in form.fields
    assert list(response.context["form"].errors) == ["contact"]


def test_a_form_that_is_sent_twice_records_one_follow(browser, company):
    form = filled(browser.get(recording(company)).context["form"], **CALL)

    browser.post(recording(company), form)
    again = browser.post(recording(company), form, follow=True)

    assert Follow.objects.count() == 1
    assert "もう記録してあります" in again.content.decode()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"kind": ""}, "kind", "入力してください。"),
        ({"outcome": ""}, "outcome", "入力してください。"),
        ({"happened_at": "2199-01-01T00:00"}, "happened_at", "これからの日時は入れられません。"),
        ({"happened_at": "0001-01-01T00:00"}, "happened_at", "1900年から2200年までの日付を入れてください。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, company, typed, field, sentence):
    response = sent(browser, recording(company), **CALL | typed)

    assert response.context["form"].errors == {field: [sentence]}
    assert not Follow.objects.exists()


@pytest.mark.parametrize("minutes", ["-1", "NaN", "Infinity", "長い", "9" * 40])
def test_minutes_that_are_none_are_refused(browser, company, minutes):
    response = sent(browser, recording(company), **CALL, minutes=minutes)

    assert list(response.context["form"].errors) == ["minutes"]


@pytest.mark.parametrize("text", KEPT)
def test_any_text_is_kept_as_it_was_typed(browser, company, text):
    sent(browser, recording(company), **CALL, body=text)

    assert Follow.objects.get().body == text
    timeline = browser.get(reverse("activities:of-company", args=[company.pk]))
    assert timeline.status_code == 200


@pytest.mark.parametrize("text", REFUSED)
def test_control_characters_are_refused(browser, company, text):
    response = sent(browser, recording(company), **CALL, body=text)

    assert list(response.context["form"].errors) == ["body"]


@pytest.mark.parametrize("asked", ["?company=x", "?deal=", "?company=%00"])
def test_an_address_that_names_nothing_is_not_found(browser, asked):
    assert browser.get(reverse("activities:record-follow") + asked).status_code == 404


def test_a_manager_records_for_the_team(logged_in, manager, rep, company):
    sent(logged_in(manager), recording(company), **CALL, owner=rep.pk)

    assert Follow.objects.get().owner == rep


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────


def shown(response) -> list[str]:
    return [follow.company.name for follow in response.context["listing"].rows]


def test_own_follows_stand_latest_first(browser, rep, colleague):
    now = timezone.now()
    for name, hours in [("甲", 3), ("乙", 1), ("丙", 2)]:
        company = factories.make_company(name)
        factories.make_follow(rep, company=company, happened_at=now - timedelta(hours=hours))
    factories.make_follow(colleague, company=factories.make_company("丁"), happened_at=now)

    assert shown(browser.get(reverse("activities:follows"))) == ["乙", "丙", "甲"]
    assert shown(browser.get(reverse("activities:follows"), {"who": "all"})) == ["丁", "乙", "丙", "甲"]
    assert shown(browser.get(reverse("activities:follows"), {"who": colleague.pk})) == ["丁"]


def test_a_long_list_goes_on(browser, rep, company):
    facts = {**CALL, "company": company, "owner": rep, "happened_at": timezone.now()}
    follows = operations.record_follows(
        follows=[facts | {"body": str(n)} for n in range(60)], by=factories.SYSTEM, at=timezone.now()
    )

    first = browser.get(reverse("activities:follows"))
    second = browser.get(reverse("activities:follows") + first.context["listing"].slice.next)

    both = [*first.context["listing"].rows, *second.context["listing"].rows]
    assert {row.pk for row in both} == {row.pk for row in follows}
    assert len(both) == 60


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(browser, rep, company, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_follow(rep, contact=factories.make_contact(company), company=company)

    with django_assert_num_queries(8):
        browser.get(reverse("activities:follows"))


def test_the_only_deal_that_can_be_meant_is_chosen_already(browser, rep, company):
    mine = factories.make_deal(rep, company=company)
    factories.make_deal(factories.make_user("field_sales"), company=company)

    assert browser.get(recording(company)).context["form"]["deal"].value() == mine.pk

    factories.make_deal(rep, company=company)
    assert browser.get(recording(company)).context["form"]["deal"].value() is None


@pytest.mark.parametrize("count", [1, 3])
def test_recording_costs_the_same_however_much_there_is(
    browser, rep, company, count, django_assert_num_queries
):
    for _ in range(count):
        factories.make_follow(rep, contact=factories.make_contact(company), company=company)
    typed = filled(browser.get(recording(company)).context["form"], **CALL)
    browser.post(
        recording(company), typed | {"key": new_id()}
    )  # the first of a session also tells when it was seen

    with django_assert_num_queries(RECORDED):
        browser.post(recording(company), typed | {"key": new_id()})


# ── changing ───────────────────────────────────────────────────────────────────────────────────────


def test_a_follow_is_changed_where_it_was_typed_over(browser, follow):
    before = follow.happened_at

    response = sent(browser, url("change-follow", follow), outcome="refused")

    follow.refresh_from_db()
    assert (follow.outcome, follow.body, follow.talk_seconds) == ("refused", "棚卸しの件", 540)
    assert follow.happened_at == before
    assert response["Location"] == follow.get_absolute_url()


def test_a_call_can_move_to_another_day(browser, follow):
    sent(browser, url("change-follow", follow), happened_at="2026-10-15T11:20", minutes="1.5")

    follow.refresh_from_db()
    assert (str(follow.happened_on), follow.talk_seconds) == ("2026-10-15", 90)


def test_a_stale_save_names_what_stands_there(browser, follow, rep):
    form = filled(browser.get(url("change-follow", follow)).context["form"], body="わたしの言葉")
    operations.change_follow(follow, body="ほかの言葉", outcome="absent", by=rep, at=timezone.now())

    answered = browser.post(url("change-follow", follow), form).context["form"]

    assert answered.errors["body"] == ["今は「ほかの言葉」です。"]
    assert answered.errors["outcome"] == ["今は「不在」です。"]
    assert answered["body"].value() == "わたしの言葉"


@pytest.mark.parametrize("minutes", [0, 60, 90, 600, 541])
def test_talk_time_that_nobody_touched_stays(browser, follow, minutes):
    Follow.objects.update(talk_seconds=minutes)

    sent(browser, url("change-follow", follow), outcome="absent")

    assert Follow.objects.get().talk_seconds == minutes


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["change-follow", "trash-follow"])
def test_a_rep_cannot_change_anothers_follow(logged_in, colleague, follow, name):
    before = Entry.objects.count()

    response = logged_in(colleague).post(url(name, follow), CALL | {"version": 1, "outcome": "absent"})

    follow.refresh_from_db()
    assert (response.status_code, follow.outcome, follow.trashed_at) == (403, "connected", None)
    assert Entry.objects.count() == before


def test_anothers_follow_is_read_without_buttons(logged_in, colleague, follow):
    content = logged_in(colleague).get(follow.get_absolute_url()).content.decode()

    assert "棚卸しの件" in content
    assert [name for name in ("change-follow", "trash-follow") if url(name, follow) in content] == []


def test_another_tenants_follow_does_not_exist_here(browser, beta):
    with inside(beta):
        theirs = factories.make_follow(factories.make_user("field_sales"))

    names = ["follow", "change-follow"]
    assert {browser.get(url(name, theirs)).status_code for name in names} == {404}


def test_who_sells_nothing_records_no_follow(logged_in, executive, company):
    response = logged_in(executive).post(recording(company), CALL)

    assert (response.status_code, Follow.objects.count()) == (403, 0)


def test_a_follow_goes_to_the_trash_and_back(browser, follow):
    browser.post(url("trash-follow", follow))
    assert browser.get(follow.get_absolute_url()).status_code == 404
    assert "電話 北浜精機株式会社" in browser.get(reverse("activities:trash")).content.decode()

    browser.post(url("restore-follow", follow))
    assert browser.get(follow.get_absolute_url()).status_code == 200
