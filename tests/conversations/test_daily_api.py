"""Reading daily reports by API: who has read them, reactions, questions and what waits for an answer."""

import pytest

from apps.conversations import operations
from apps.conversations.models import Reaction, ReadMark
from apps.conversations.vocabulary import Sign
from apps.journal.models import Entry
from tests import factories
from tests.integrations.api import Program


@pytest.fixture
def program(alpha, manager):
    return Program(alpha, manager)


@pytest.fixture
def report(rep):
    return factories.make_daily(rep, reflection="よい一日でした")


NOTHING = {"read_by": [], "reactions": [], "read": False, "mine": None}


def events(kind: str) -> list[str]:
    return list(
        Entry.objects.filter(event__startswith=kind, door="api")
        .order_by("pk")
        .values_list("event", flat=True)
    )


def test_looking_marks_nothing_and_marking_twice_marks_once(program, manager, report):
    path = f"daily-reports/{report.pk}/"
    program.get(path)
    assert program.get(f"{path}talk/").json() == NOTHING

    answers = [program.post(f"{path}read/") for _ in range(2)]

    told = NOTHING | {"read": True, "read_by": [str(manager.pk)]}
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, told)] * 2
    assert events("daily.read") == ["daily.read"]


def test_unread_reports_of_others_are_found(alpha, program, rep, report):
    def found(asked: str, by=program) -> list[str]:
        return [each["id"] for each in by.get(f"daily-reports/?{asked}").json()["results"]]

    assert (found("unread=true"), found("unread=false")) == ([str(report.pk)], [])
    assert found("unread=true", by=Program(alpha, rep)) == []

    program.post(f"daily-reports/{report.pk}/read/")

    assert (found("unread=true"), found(f"unread=false&user={rep.pk}")) == ([], [str(report.pk)])


def test_ones_own_report_needs_no_mark(alpha, rep, report):
    answer = Program(alpha, rep).post(f"daily-reports/{report.pk}/read/")

    assert (answer.json(), ReadMark.objects.count()) == (NOTHING | {"read": True}, 0)


def test_a_reaction_is_put_replaced_and_taken_away_each_once(program, manager, colleague, report):
    path = f"daily-reports/{report.pk}/reaction/"
    operations.react(about=report, sign=Sign.GOOD, by=colleague, at=report.sent_at)

    for sign in ("thanks", "good", "good"):
        told = program.put(path, {"sign": sign}).json()

    both = [str(colleague.pk), str(manager.pk)]
    assert (told["mine"], told["reactions"]) == ("good", [{"sign": "good", "people": both}])
    assert [program.delete(path).status_code for _ in range(2)] == [204, 204]
    assert list(Reaction.objects.values_list("user", flat=True)) == [colleague.pk]
    assert events("daily.rea") == ["daily.reacted", "daily.reaction_changed", "daily.reaction_taken_back"]


@pytest.mark.parametrize("body", [{}, {"sign": "💢"}, {"sign": None}, {"sign": "good", "user": "a"}])
def test_a_reaction_is_one_of_the_words(program, report, body):
    assert program.put(f"daily-reports/{report.pk}/reaction/", body).status_code == 400


def test_a_question_waits_until_its_author_answers(alpha, program, rep, manager, report):
    question = {"about_kind": "daily", "about": str(report.pk), "text": "誰に会いましたか", "asks": True}

    def waiting() -> list[list[dict]]:
        ways = ("waits=true", f"asked_of={rep.pk}", f"asked_of={manager.pk}")
        return [program.get(f"comments/?{way}").json()["results"] for way in ways]

    asked = program.made("comments/", question)
    plain = program.made("comments/", question | {"asks": False, "text": "おつかれさま"})

    assert (asked["asks"], asked["waits"], plain["asks"], plain["waits"]) == (True, True, False, False)
    assert waiting() == [[asked], [asked], []]

    Program(alpha, rep).made("comments/", question | {"asks": False, "text": "北浜精機です"})

    assert waiting() == [[], [], []]
    assert program.get(f"comments/{asked['id']}/").json() == asked | {"waits": False}


def test_elsewhere_nothing_is_asked_and_a_comment_does_not_turn_into_a_question(program, manager, report):
    company = factories.make_company()
    comment = factories.make_comment(report, by=manager)
    question = {"about_kind": "company", "about": str(company.pk), "text": "どう？", "asks": True}

    answers = [
        program.post("comments/", question),
        program.patch(f"comments/{comment.pk}/", {"asks": True, "version": 1}),
    ]

    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in answers] == [
        (400, "asks")
    ] * 2


def test_who_has_no_role_only_reads(alpha, report):
    program, path = Program(alpha, factories.make_user()), f"daily-reports/{report.pk}"

    answers = [
        program.get(f"{path}/talk/"),
        program.post(f"{path}/read/"),
        program.put(f"{path}/reaction/", {"sign": "good"}),
        program.delete(f"{path}/reaction/"),
    ]

    assert [answer.status_code for answer in answers] == [200, 403, 403, 403]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("daily-reports/?unread=true", 5), ("daily-reports/{}/talk/", 8)]
)
def test_it_costs_the_same_however_many(
    program, rep, manager, report, path, queries, count, django_assert_num_queries
):
    for number in range(count):
        other = factories.make_user("field_sales")
        factories.make_daily(other)
        operations.react(about=report, sign=Sign.GOOD, by=other, at=report.sent_at)
        operations.mark_read(about=report, by=other, at=report.sent_at)
        factories.make_comment(report, by=other, text=f"質問{number}", asks=True)

    with django_assert_num_queries(queries):
        assert program.get(path.format(report.pk)).status_code == 200
