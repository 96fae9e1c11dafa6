"""Comments and files for other programs: the same deeds, the same refusals."""

import base64

import pytest

from apps.conversations.models import Attachment, Comment
from apps.journal.models import Entry
from tests import factories
from tests.integrations.api import Program


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機", source="crm", external_id="K-1")


def test_a_comment_is_written_about_a_record_of_any_number(program, company, manager):
    body = {"about_kind": "company", "about": "K-1", "text": "@土井 課長 見積もりをお願いします"}

    made = program.made("comments/", body)

    assert (made["about_kind"], made["about"]) == ("company", str(company.pk))
    assert (made["text"], made["mentioned"]) == (body["text"], [str(manager.pk)])
    assert Entry.objects.get(event="comment.written").door == "api"
    assert program.get(f"comments/?about={company.pk}").json()["results"] == [made]
    assert program.get(f"comments/?about={manager.pk}").json()["results"] == []


def test_it_is_changed_by_its_author_only_and_taken_back(program, company, alpha, admin, rep):
    comment = factories.make_comment(company, by=rep)
    path, change = f"comments/{comment.pk}/", {"text": "直した", "version": 1}

    by_other = Program(alpha, admin).patch(path, change)
    by_author = program.patch(path, change)
    stale = program.patch(path, change | {"text": "また"})
    gone = program.delete(path)

    assert [a.status_code for a in (by_other, by_author, stale, gone)] == [403, 200, 409, 204]
    assert program.get(path).status_code == 404
    assert Comment.objects.get().text == "直した"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"about_kind": "secret", "about": "K-1", "text": "a"}, {"about_kind"}),
        ({"about_kind": "deal", "about": "K-1", "text": "a"}, {"about"}),
        ({"about_kind": "company", "about": "K-1", "text": " "}, {"text"}),
        ({"about_kind": "company", "about": "K-1", "text": "長" * 5_001}, {"text"}),
        ({"text": "a"}, {"about_kind", "about"}),
    ],
)
def test_what_is_wrong_is_said_by_field(program, company, body, fields):
    answer = program.post("comments/", body)

    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == fields


def test_a_file_is_laid_fetched_and_taken_away(program, company):
    content = "会社名,電話\n".encode()
    body = {
        "about_kind": "company",
        "about": str(company.pk),
        "name": "../一覧.csv",
        "content": base64.b64encode(content).decode(),
    }

    made = program.made("attachments/", body)
    fetched = program.get(f"attachments/{made['id']}/content/")

    assert (made["name"], made["kind"], made["size"]) == ("一覧.csv", "text", len(content))
    assert (fetched.getvalue(), fetched["Content-Disposition"].split(";")[0]) == (content, "attachment")
    assert program.delete(f"attachments/{made['id']}/").status_code == 204
    assert program.get(f"attachments/{made['id']}/content/").status_code == 404


def test_a_file_is_refused_in_the_pages_words(program, company):
    body = {"about_kind": "company", "about": "K-1", "name": "a.pdf", "content": "TVqQAAMAAAA="}

    answer = program.post("attachments/", body)

    assert answer.status_code == 409
    assert "付けられない種類" in answer.json()["detail"]
    assert program.post("attachments/", body | {"content": "あ"}).status_code == 400
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(
    program, company, rep, manager, count, django_assert_num_queries
):
    for number in range(count):
        factories.make_comment(company, by=rep, text=f"@土井 課長 {number}")

    with django_assert_num_queries(7):
        assert len(program.get("comments/").json()["results"]) == count
