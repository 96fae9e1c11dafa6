"""@: whom a comment names, how they are found while one types, and how the text reads."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.conversations import queries, rules
from apps.conversations.models import Mention
from apps.journal.models import Entry
from tests import factories
from tests.conversations.saying import say, shown

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
