"""A comment is changed and taken back by its author, and what it said stays."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.base.refusal import Forbidden, Stale
from apps.conversations import operations
from apps.journal.models import Entry
from tests import factories
from tests.conversations.saying import shown


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
