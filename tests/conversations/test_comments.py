"""コメント: what people say beside a record, whom they name by @, and what becomes of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.base.refusal import Forbidden, Stale
from apps.conversations import operations, queries, rules, subjects
from apps.conversations.models import Comment, Mention
from apps.customers import operations as customers
from apps.journal.models import Entry
from tests import factories, naughty


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def at(name: str, record, code: str = "company") -> str:
    return reverse(f"conversations:{name}", args=[code, record.pk])


def say(browser, record, text: str, code: str = "company", **more):
    return browser.post(at("write", record, code), {"key": str(new_id()), "text": text} | more)


def shown(browser, record, code: str = "company") -> str:
    return browser.get(at("beside", record, code)).content.decode()


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


# ── writing ────────────────────────────────────────────────────────────────────────────────────────


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


# ── @mention ───────────────────────────────────────────────────────────────────────────────────────

A, B, C = (new_id() for _ in range(3))
PEOPLE = [(A, "中川 遥"), (B, "大橋 隆一"), (C, "Sato Ken")]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("@中川 遥 お願いします", [A]),
        ("@中川遥さんへ", [A]),
        ("＠大橋さん、どう思いますか", [B]),
        ("よろしく@中川、@大橋", [A, B]),
        ("@Sato Ken and @sato", [C, C]),
        ("@大橋　隆一", [B]),
        ("中川さんへ", []),
        ("@だれか", []),
        ("info@中川.example はどう", []),
        ("ken@sato.example", []),
        ("@Satoshi", []),
        ("@", []),
    ],
)
def test_names_after_an_at_sign_are_understood(typed, named):
    text = rules.addressed(typed, PEOPLE)

    assert [str(pk) for pk in named] == rules.TOKEN.findall(text)


def test_of_namesakes_only_the_chosen_one_is_meant():
    twins = [(A, "中川 遥"), (B, "中川 遥")]

    assert rules.addressed("@中川 遥", twins) == "@中川 遥"
    assert rules.addressed("@中川 遥", twins, meant=[B]) == f"@[{B}]"


def test_a_mention_is_kept_noted_and_shown_by_name(browser, company, manager):
    say(browser, company, "@土井 課長 確認をお願いします")

    assert [mention.person for mention in Mention.objects.all()] == [manager]
    entry = Entry.objects.get(event="comment.written")
    assert (entry.subject_id, entry.door) == (company.pk, "page")
    assert entry.details["mentioned"] == [{"id": str(manager.pk), "name": "土井 課長"}]
    assert '<b class="at">@土井 課長</b> 確認をお願いします' in shown(browser, company)


def test_who_is_called_otherwise_by_now_is_shown_so(browser, company, manager):
    say(browser, company, "@土井 課長へ")
    accounts.change_user(
        manager, name="土井 部長", email=manager.email, roles=manager.roles, by=SYSTEM, at=timezone.now()
    )

    assert '<b class="at">@土井 部長</b>へ' in shown(browser, company)


def test_who_left_is_not_called(browser, company, colleague):
    accounts.deactivate_user(colleague, by=SYSTEM, at=timezone.now())

    say(browser, company, "@馬場 優 へ")

    assert Mention.objects.count() == 0


def test_an_erased_person_is_gone_from_what_named_them(browser, company, colleague, rep):
    say(browser, company, "@馬場 優 と話しました")
    factories.make_comment(company, by=colleague, text="はい")
    accounts.deactivate_user(colleague, by=SYSTEM, at=timezone.now())
    accounts.erase_person(colleague, by=SYSTEM, at=timezone.now())

    assert "馬場" not in shown(browser, company)
    assert "馬場" not in str(list(Entry.objects.values_list("details", "actor_name")))


@pytest.mark.parametrize("typed", ["なか", "中川", "ナカガワ", "nakaga", "はるか"])
def test_the_list_of_people_finds_them_however_they_are_typed(browser, typed):
    factories.make_user(Role.FIELD_SALES, name="中川 遥")
    person = accounts.add_user(
        name="中川 遥香",
        reading="なかがわ はるか",
        email="n@test.example",
        roles=[],
        by=SYSTEM,
        at=timezone.now(),
    )

    answer = browser.get(reverse("conversations:people"), {"q": typed})

    assert person in answer.context["people"]
    assert len(queries.people_called("")) <= 8


def test_web_addresses_become_links_and_nothing_else_does(browser, company):
    say(
        browser,
        company,
        "https://example.com/a?b=1&c=2を見てください。javascript:alert(1) (http://x.example/).",
    )

    html = shown(browser, company)
    assert '<a class="link" href="https://example.com/a?b=1&amp;c=2"' in html
    assert '<a class="link" href="http://x.example/"' in html
    assert 'href="javascript' not in html


def test_line_ends_are_kept_and_tags_are_text(browser, company):
    say(browser, company, "一行目\r\n<b>二行目</b>")

    assert "一行目<br>&lt;b&gt;二行目&lt;/b&gt;" in shown(browser, company)


# ── changing and taking back ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def comment(company, rep):
    return factories.make_comment(company, by=rep, text="初めの内容")


def change(browser, comment, text):
    comment.refresh_from_db()
    url = reverse("conversations:change-comment", args=[comment.pk])
    return browser.post(url, {"text": text, "version": comment.version})


def test_the_author_changes_it_and_the_old_wording_stays(browser, company, comment, manager):
    change(browser, comment, "@土井 課長 直した内容")

    html = shown(browser, company)
    told = browser.get(reverse("conversations:wordings", args=[comment.pk]))
    assert "変更済み" in html
    assert "初めの内容" not in html
    assert [wording.text for wording in told.context["wordings"]] == [
        f"@[{manager.pk}] 直した内容",
        "初めの内容",
    ]
    assert Entry.objects.get(event="comment.changed").details["mentioned"][0]["name"] == manager.name


def test_the_form_shows_names_and_saving_it_unchanged_changes_nothing(browser, company, rep, manager):
    comment = factories.make_comment(company, by=rep, text="@土井 課長 へ")
    url = reverse("conversations:change-comment", args=[comment.pk])

    typed = browser.get(url).context["form"].initial["text"]
    change(browser, comment, typed)

    comment.refresh_from_db()
    assert (typed, comment.edited_at, comment.version) == ("@土井 課長 へ", None, 1)


def test_of_two_who_change_at_once_the_second_is_told(browser, comment, rep):
    change(browser, comment, "先の人")

    with pytest.raises(Stale):
        operations.change_comment(comment, text="後の人", version=1, by=rep, at=timezone.now())


@pytest.mark.parametrize("person", ["colleague", "manager", "admin"])
def test_nobody_else_changes_or_takes_back_a_comment(logged_in, request, comment, person):
    browser = logged_in(request.getfixturevalue(person))

    answers = [
        change(browser, comment, "ほかの人").status_code,
        browser.post(reverse("conversations:take-back-comment", args=[comment.pk])).status_code,
    ]

    comment.refresh_from_db()
    assert (answers, comment.text, comment.trashed_at) == ([403, 403], "初めの内容", None)


def test_an_admin_writes_none_for_another(admin, company):
    comment = operations.write_comment(about=company, text="私の言葉", by=admin, at=timezone.now())

    assert comment.author == admin
    with pytest.raises(Forbidden):
        operations.restore_comment(
            factories.make_comment(company, by=factories.make_user(Role.MANAGER)), by=admin, at=timezone.now()
        )


def test_a_comment_is_taken_back_and_put_back(browser, company, comment):
    browser.post(reverse("conversations:take-back-comment", args=[comment.pk]))
    told = browser.get(reverse("customers:company", args=[company.pk])).content.decode()
    gone = "初めの内容" in shown(browser, company)
    undo = reverse("conversations:restore-comment", args=[comment.pk])

    browser.post(undo)

    assert (gone, undo in told, "初めの内容" in shown(browser, company)) == (False, True, True)
    assert "変更済み" not in shown(browser, company)


def test_what_is_beside_a_record_in_the_trash_cannot_be_found(browser, company, comment, rep):
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
