"""Who wrote a report learns that it was answered by a sign: in the app, once per report, and by no mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conversations import operations, reactions
from apps.conversations.vocabulary import Sign
from apps.inbox import operations as inbox
from apps.inbox import wording
from apps.inbox.models import Notification
from apps.journal.models import Entry
from tests import factories

WAITS = {
    "daily.reacted": reactions.tell_of_reaction,
    "daily.reaction_taken_back": reactions.untell_of_reaction,
}


@pytest.fixture
def report(rep):
    return factories.make_daily(rep)


def react(report, by, sign=Sign.GOOD) -> None:
    """The deed, and what a worker does then."""
    operations.react(about=report, sign=sign, by=by, at=timezone.now())
    entry = Entry.objects.latest("pk")
    if entry.event in WAITS:
        WAITS[entry.event](entry)


def told(rep) -> list[tuple[str, str]]:
    mine = Notification.objects.filter(user_id=rep.pk).unread()
    return [(line.words, line.quote) for line in wording.told(mine)]


def test_the_author_is_told_and_by_no_mail(rep, manager, report):
    react(report, manager)

    assert told(rep) == [("土井 課長さんが、あなたの日報に反応しました", "いいね")]
    assert not Notification.objects.get().by_mail


def test_who_wants_a_mail_of_it_gets_one(rep, manager, report):
    inbox.choose({"daily.reacted": (True, True)}, by=rep)
    react(report, manager)

    assert Notification.objects.get().by_mail


def test_several_are_told_as_one_the_last_first(rep, manager, colleague, stranger, report):
    react(report, manager)
    react(report, colleague, Sign.LEARNED)
    react(report, stranger)

    words = f"{stranger.name}さんほか2名が、あなたの日報に反応しました"
    assert told(rep) == [(words, "いいね・参考になった")]


def test_one_after_the_other_was_read_is_news_again(rep, manager, colleague, report):
    react(report, manager)
    inbox.mark_read(rep.pk, at=timezone.now())
    react(report, colleague)

    assert told(rep) == [("馬場 優さんほか1名が、あなたの日報に反応しました", "いいね")]
    assert Notification.objects.count() == 1


def test_another_word_of_the_same_person_is_no_news(rep, manager, report):
    react(report, manager)
    inbox.mark_read(rep.pk, at=timezone.now())
    react(report, manager, Sign.THANKS)

    assert told(rep) == []


def test_taken_back_nothing_is_told(rep, manager, colleague, report):
    react(report, manager)
    react(report, colleague)
    react(report, manager)  # the same word again
    assert told(rep) == [("馬場 優さんが、あなたの日報に反応しました", "いいね")]

    react(report, colleague)
    assert told(rep) == []


def test_taken_back_before_the_worker_came_nobody_is_told(rep, manager, report):
    for _ in range(2):
        operations.react(about=report, sign=Sign.GOOD, by=manager, at=timezone.now())
    reactions.tell_of_reaction(Entry.objects.get(event="daily.reacted"))

    assert told(rep) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_however_many_reacted(
    rep, manager, report, count, django_assert_num_queries
):
    for day in range(count):
        other = factories.make_daily(rep, day=timezone.localdate() - timedelta(days=day + 1))
        for _ in range(count):
            react(other, factories.make_user("manager"))

    with django_assert_num_queries(5):
        told(rep)
