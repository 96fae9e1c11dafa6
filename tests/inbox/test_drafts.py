"""What is being written is kept on the server: for its writer alone, until it was sent, thrown away or forgotten."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts import privacy
from apps.accounts.models import SYSTEM
from apps.activities.models import Follow
from apps.base.models import new_id
from apps.inbox import drafts, tasks
from apps.inbox.models import Draft
from apps.tenancy.context import inside
from tests import factories

pytestmark = pytest.mark.django_db

PLACE = "/follows/record/?company=1"


def keep(browser, *, text="見積に前向き", place=PLACE, writing=None, step=1, method="post", **given):
    body = given | {
        "place": place,
        "writing": writing or uuid4().hex,
        "step": step,
        "content": {"values": {"body": [text]}},
    }
    return getattr(browser, method)(reverse("inbox:draft"), body, content_type="application/json")


def found(browser, place=PLACE):
    return browser.get(reverse("inbox:draft"), {"place": place}).json()["drafts"].get(place)


def text_of(draft) -> str:
    return draft["content"]["values"]["body"][0]


def test_what_was_written_is_found_again_on_another_device(logged_in, rep):
    phone, desk = logged_in(rep), logged_in(rep)

    answer = keep(phone)

    assert answer.json()["open"] is True
    assert text_of(found(desk)) == "見積に前向き"


def test_nobody_else_finds_it(logged_in, rep, manager, admin):
    keep(logged_in(rep))

    assert [found(logged_in(person)) for person in (manager, admin)] == [None, None]


def test_another_tenant_does_not_find_it(logged_in, client_at, rep, beta):
    keep(logged_in(rep))
    with inside(beta):
        other = factories.make_user(name="別の会社の人")
        browser = client_at(beta)
        browser.force_login(other)
        answer = found(browser)

    assert answer is None


def test_without_a_login_nothing_is_kept(client):
    assert keep(client).status_code == 302
    assert Draft.objects.count() == 0


def test_the_newest_of_a_writing_stays_whatever_comes_late(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    keep(browser, text="見積", writing=writing, step=2)
    keep(browser, text="見", writing=writing, step=1)

    assert text_of(found(browser)) == "見積"
    assert Draft.objects.count() == 1


def test_what_was_thrown_away_does_not_come_back(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    keep(browser, writing=writing)
    keep(browser, writing=writing, method="delete")

    late = keep(browser, text="遅れて届いた", writing=writing, step=9)

    assert late.json()["open"] is False
    assert (found(browser)["closed"], found(browser)["content"]) == (True, {})


def test_a_new_writing_begins_where_one_was_closed(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    keep(browser, writing=writing, method="delete")
    keep(browser, text="次の話")

    assert (found(browser)["closed"], text_of(found(browser))) == (False, "次の話")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"place": "/x/", "writing": "no number"}',
        b'{"place": "https://elsewhere/", "writing": "0123456789abcdef0123456789abcdef"}',
        b'{"place": "/x/", "writing": "0123456789abcdef0123456789abcdef", "content": []}',
        b'{"place": "/x/", "writing": "0123456789abcdef0123456789abcdef", "step": -1}',
        b'{"place": "/x/", "writing": "0123456789abcdef0123456789abcdef", "hand": "x"}',
        b'{"place": "/x/", "writing": "0123456789abcdef0123456789abcdef", "hand": 7}',
        b'{"place": 7, "writing": "0123456789abcdef0123456789abcdef"}',
    ],
)
def test_what_no_script_sends_is_refused(logged_in, rep, body):
    answer = logged_in(rep).post(reverse("inbox:draft"), body, content_type="application/json")

    assert (answer.status_code, Draft.objects.count()) == (400, 0)


def test_more_than_anybody_writes_is_refused(logged_in, rep):
    browser = logged_in(rep)

    assert keep(browser, text="a" * drafts.LONGEST).status_code == 413
    assert keep(browser, text="あ" * 30_000).status_code == 200  # three long texts, as JSON escapes them


def test_signs_that_no_database_keeps_do_no_harm(logged_in, rep):
    browser = logged_in(rep)
    body = {
        "place": PLACE,
        "writing": uuid4().hex,
        "step": 1,
        "content": {"values": {"body": ["a\0b\ud800"]}},
    }

    browser.post(reverse("inbox:draft"), json.dumps(body).encode(), content_type="application/json")

    assert text_of(found(browser)) == "ab?"


# ── two devices at the same form ───────────────────────────────────────────────────────────────────

PHONE, DESK = "1" * 32, "2" * 32


def test_who_began_before_the_other_devices_words_arrived_is_told_them_and_overwrites_nothing(logged_in, rep):
    browser = logged_in(rep)
    keep(browser, text="電話で書いた", hand=PHONE)

    answer = keep(browser, text="机で書いた", hand=DESK)

    assert (answer.status_code, text_of(answer.json()["elsewhere"])) == (409, "電話で書いた")
    assert text_of(found(browser)) == "電話で書いた"


def test_who_has_read_the_other_devices_words_goes_on_where_it_stopped(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    keep(browser, text="見積", writing=writing, step=5, hand=PHONE)

    answer = keep(
        browser, text="見積に前向き", writing=writing, step=6, hand=DESK, seen=found(browser)["seen"]
    )

    assert (answer.status_code, answer.json()["seen"], text_of(found(browser))) == (
        200,
        found(browser)["seen"],
        "見積に前向き",
    )


def test_a_device_that_was_overtaken_in_the_same_writing_is_told_so_whatever_its_step(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    first = keep(browser, text="見積", writing=writing, step=5, hand=PHONE).json()
    keep(browser, text="見積 机で", writing=writing, step=6, hand=DESK, seen=first["seen"])

    answers = [
        keep(browser, text="見積 電話で", writing=writing, step=step, hand=PHONE, seen=first["seen"])
        for step in (6, 99)
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert text_of(found(browser)) == "見積 机で"


def test_a_device_whose_last_answer_was_lost_knows_its_own_words(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    keep(browser, text="見", writing=writing, step=1, hand=PHONE)
    keep(browser, text="見積", writing=writing, step=2, hand=PHONE)

    assert keep(browser, text="見積に", writing=writing, step=3, hand=PHONE, seen="").status_code == 200
    assert keep(browser, text="次の話", hand=PHONE).status_code == 200


def test_the_same_words_from_two_devices_are_no_question(logged_in, rep):
    browser, writing = logged_in(rep), uuid4().hex
    keep(browser, writing=writing, step=5, hand=PHONE)

    assert keep(browser, writing=writing, step=6, hand=DESK).json()["seen"] == found(browser)["seen"]
    assert keep(browser, text="続き", writing=writing, step=6, hand=PHONE).status_code == 200


@pytest.mark.parametrize("text", ["", None])
def test_where_the_other_device_left_no_words_nothing_is_asked(logged_in, rep, text):
    browser = logged_in(rep)
    keep(browser, text=text, hand=PHONE)

    assert keep(browser, text="机で書いた", hand=DESK).status_code == 200


@pytest.mark.parametrize(
    ("hand", "read", "closed"),
    [(PHONE, False, True), (DESK, False, False), (DESK, True, True), ("", False, True)],
)
def test_a_form_that_is_sent_closes_only_what_its_device_has_read(logged_in, rep, hand, read, closed):
    browser, company, writing = logged_in(rep), factories.make_company(), uuid4().hex
    place = f"{reverse('activities:record-follow')}?company={company.pk}"
    keep(browser, place=place, writing=writing, hand=PHONE)
    seen = found(browser, place)["seen"] if read else ""

    form = {"key": str(new_id()), "kind": "call", "outcome": "connected", "body": "机で"}
    sent = {"draft_place": place, "draft_writing": writing, "draft_hand": hand, "draft_seen": seen}
    browser.post(place, form | sent)

    assert (found(browser, place)["closed"], Follow.objects.count()) == (closed, 1)


@pytest.mark.parametrize("content", [{"values": 7}, {"values": ["a"]}, {"values": {"body": 7}}, {}])
def test_what_another_device_left_in_no_order_is_in_nobodys_way(logged_in, rep, content):
    browser = logged_in(rep)
    body = {"place": PLACE, "writing": uuid4().hex, "step": 1, "content": content, "hand": PHONE}
    browser.post(reverse("inbox:draft"), body, content_type="application/json")

    assert keep(browser, text="机で書いた", hand=DESK).status_code == 200


# ── how a draft ends ───────────────────────────────────────────────────────────────────────────────


def record_follow(browser, company, writing, **changed):
    place = f"{reverse('activities:record-follow')}?company={company.pk}"
    keep(browser, place=place, writing=writing)
    form = {"key": str(new_id()), "kind": "call", "outcome": "connected", "body": "見積に前向き"}
    sent = {"draft_place": place, "draft_writing": writing}
    return place, browser.post(place, form | sent | changed)


def test_a_draft_has_served_when_its_deed_came_through(logged_in, rep):
    browser, company = logged_in(rep), factories.make_company()

    place, answer = record_follow(browser, company, uuid4().hex)

    assert answer.status_code == 302
    assert found(browser, place)["closed"] is True
    assert Follow.objects.get().body == "見積に前向き"


def test_a_draft_stays_when_the_form_is_refused(logged_in, rep):
    browser, company = logged_in(rep), factories.make_company()

    place, answer = record_follow(browser, company, uuid4().hex, kind="")

    assert answer.status_code == 200
    assert text_of(found(browser, place)) == "見積に前向き"


def test_a_comment_closes_its_draft_though_the_page_stays(logged_in, rep):
    browser, company, writing = logged_in(rep), factories.make_company(), uuid4().hex
    place = reverse("conversations:write", args=["company", company.pk])
    keep(browser, place=place, writing=writing)

    form = {"key": str(new_id()), "text": "了解です", "draft_place": place, "draft_writing": writing}
    browser.post(place, form, headers={"HX-Request": "true", "HX-Target": "beside"})

    assert found(browser, place)["closed"] is True


def test_nonsense_in_the_forms_own_fields_is_in_nobodys_way(logged_in, rep):
    browser, company = logged_in(rep), factories.make_company()

    _, answer = record_follow(browser, company, uuid4().hex, draft_writing="\0", draft_place="x")

    assert (answer.status_code, Follow.objects.count()) == (302, 1)


def test_drafts_that_nobody_came_back_for_are_swept(logged_in, rep):
    browser = logged_in(rep)
    keep(browser, place="/old/")
    keep(browser, place="/new/")
    Draft.objects.filter(place="/old/").update(changed_at=timezone.now() - timedelta(days=31))

    tasks.forget_drafts.apply(headers={"_schema_name": "t_alpha"}, throw=True).get()

    assert [draft.place for draft in Draft.objects.all()] == ["/new/"]


def test_drafts_are_told_to_their_writer_and_erased_with_them(logged_in, rep):
    keep(logged_in(rep))
    assert text_of({"content": privacy.disclosed(rep)["inbox.draft"][0]["content"]}) == "見積に前向き"

    stopped = accounts.deactivate_user(rep, by=SYSTEM, at=timezone.now())
    accounts.erase_person(stopped, by=SYSTEM, at=timezone.now())

    assert Draft.objects.count() == 0


# ── who is here ────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_learns_who_is_here_and_nobody_keeps_the_answer(logged_in, rep):
    answer = logged_in(rep).get(reverse("inbox:me"))

    assert answer.json()["me"] == str(rep.pk)
    assert len(answer.json()["token"]) == 64
    assert "no-store" in answer["Cache-Control"]
