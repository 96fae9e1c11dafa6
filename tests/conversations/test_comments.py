"""コメント: what people say beside a record, and where it stands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.conversations import queries, subjects
from apps.conversations.models import Comment
from apps.customers import operations as customers
from tests import factories, naughty
from tests.conversations.saying import at, say, shown


@pytest.fixture
def records(rep, company):
    return {
        "company": company,
        "contact": factories.make_contact(company),
        "list": factories.make_list(rep),
        "deal": factories.make_deal(rep, company=company),
        "follow": factories.make_follow(rep, company=company),
        "visit": factories.make_visit(rep, company=company),
        "daily": factories.make_daily(rep),
    }


@pytest.mark.parametrize("code", subjects.KINDS)
def test_every_record_can_be_commented_on(browser, records, code):
    answer = say(browser, records[code], "見積もりを送りました", code)

    assert answer.status_code == 302
    assert "見積もりを送りました" in shown(browser, records[code], code)


@pytest.mark.parametrize(
    ("code", "page"),
    [
        ("company", "customers:company"),
        ("contact", "customers:change-contact"),
        ("list", "customers:list"),
        ("deal", "deals:deal"),
        ("follow", "activities:follow"),
        ("visit", "activities:visit"),
        ("daily", "activities:daily-report"),
    ],
)
def test_every_records_page_asks_for_what_is_beside_it(browser, records, code, page):
    html = browser.get(reverse(page, args=[records[code].pk])).content.decode()

    assert html.count(f'hx-get="{at("beside", records[code], code)}"') == 1


@pytest.mark.parametrize("role", Role)
def test_everybody_with_a_role_may_comment(logged_in, company, role):
    browser = logged_in(factories.make_user(role))

    assert say(browser, company, "読みました").status_code == 302
    assert Comment.objects.get().text == "読みました"


def test_who_has_no_role_reads_and_writes_nothing(logged_in, company, rep):
    factories.make_comment(company, by=rep, text="読めます")
    browser = logged_in(factories.make_user())

    assert say(browser, company, "書けません").status_code == 403
    assert "読めます" in shown(browser, company)
    assert Comment.objects.count() == 1


def test_the_latest_stands_first_and_earlier_ones_on_the_next_page(browser, company, rep):
    start = timezone.now() - timedelta(days=1)
    for number in range(23):
        factories.make_comment(company, by=rep, text=f"第{number}報", at=start + timedelta(minutes=number))

    first = browser.get(at("beside", company)).context["comments"]
    rest = browser.get(
        at("beside", company) + first.next, headers={"HX-Request": "true", "HX-Target": "earlier"}
    )

    assert [comment.text for comment in first.rows] == [f"第{n}報" for n in range(22, 2, -1)]
    assert [comment.text for comment in rest.context["comments"].rows] == ["第2報", "第1報", "第0報"]
    assert "<html" not in rest.content.decode()


def test_two_clicks_make_one_comment(browser, company):
    form = {"key": str(new_id()), "text": "一度だけ"}

    for _ in range(2):
        browser.post(at("write", company), form)

    assert Comment.objects.count() == 1


def test_writing_swaps_in_what_a_reload_would_show(browser, company):
    answer = browser.post(
        at("write", company),
        {"key": str(new_id()), "text": "届きました"},
        headers={"HX-Request": "true", "HX-Target": "beside"},
    )

    told = [comment.text for comment in answer.context["comments"].rows]
    assert told == [c.text for c in browser.get(at("beside", company)).context["comments"].rows]
    assert told == ["届きました"]
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("text", ["", " \n ", "長" * 5_001, "前\x00後"])
def test_what_is_not_taken_is_said_and_what_was_typed_stays(browser, company, text):
    answer = say(browser, company, text)

    assert answer.status_code == 200
    assert answer.context["form"].errors["text"]
    assert Comment.objects.count() == 0


def test_the_longest_text_is_kept_whole(browser, company):
    say(browser, company, "長" * 5_000)

    assert len(Comment.objects.get().text) == 5_000


def test_all_naughty_strings_are_kept_as_typed_and_shown_as_text(browser, company):
    kept, refused = naughty.sorted_out(longest=5_000)

    for given, tidied in kept:
        say(browser, company, given)
        comment = Comment.objects.latest("id")
        assert comment.text == tidied, ascii(given)
    for given in refused:
        assert say(browser, company, given).status_code == 200, ascii(given)

    assert Comment.objects.count() == len(kept)
    html = "".join(
        browser.get(at("beside", company) + query).content.decode() for query in _pages(browser, company)
    )
    assert "<script>alert" not in html
    assert "onerror=alert" not in html.replace("&quot;", '"').split("<img")[0] or "<img src=x" not in html


def _pages(browser, company):
    query = ""
    while query is not None:
        yield query
        query = browser.get(at("beside", company) + query).context["comments"].next


def test_what_is_beside_a_record_in_the_trash_cannot_be_found(browser, company, rep):
    comment = factories.make_comment(company, by=rep)
    file = factories.make_file(company, by=rep)
    customers.trash_company(company, by=SYSTEM, at=timezone.now())

    answers = {
        browser.get(url).status_code
        for url in [
            at("beside", company),
            at("history", company),
            reverse("conversations:wordings", args=[comment.pk]),
            reverse("conversations:attachment", args=[file.pk]),
        ]
    }

    assert answers == {404}
    assert not queries.comments().exists()


def test_there_are_no_other_kinds(browser, company):
    assert browser.get(f"/about/secret/{company.pk}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_much_was_said(
    browser, company, rep, manager, count, django_assert_num_queries
):
    for number in range(count):
        factories.make_comment(company, by=rep, text=f"@土井 課長 {number}")
        factories.make_file(company, by=rep, name=f"{number}.txt")

    with django_assert_num_queries(9):
        browser.get(at("beside", company), headers={"HX-Request": "true", "HX-Target": "beside"})
