"""The gate through which mail leaves: once per cause, again after a fault, each mail one file."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from apps.mail import backends, operations
from apps.mail.models import Message
from apps.tenancy.context import inside
from tests.tenancy.served import as_owner

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
FACTS = {"to": "to@test.example", "subject": "件名", "text": "本文です。"}


class Down(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise ConnectionRefusedError("nobody there")


@pytest.fixture
def files(settings, tmp_path):
    settings.EMAIL_BACKEND = "apps.mail.backends.Files"
    settings.EMAIL_FILES = str(tmp_path)
    return tmp_path


@pytest.fixture
def posted(db, files):
    return due(operations.post(key="cause", **FACTS))


def due(message, at=NOW):
    Message.objects.filter(pk=message.pk).update(due_at=at)
    message.refresh_from_db()
    return message


def test_one_cause_is_posted_once(posted):
    again = operations.post(key="cause", to="other@test.example", subject="別", text="別")

    assert again == posted
    assert list(Message.objects.filter(key="cause").values_list("to", "subject")) == [
        ("to@test.example", "件名")
    ]


def test_a_mail_of_a_deed_that_is_undone_was_never_posted(db, files):
    with transaction.atomic():
        operations.post(key="undone", **FACTS)
        transaction.set_rollback(True)

    assert Message.objects.filter(key="undone").count() == 0


def test_a_subject_is_one_line_of_at_most_200_characters(db, files):
    message = operations.post(
        key="long", to="to@test.example", subject="a\nBcc: x@y.example\n" + "あ" * 300, text=""
    )

    assert (message.subject[:18], len(message.subject)) == ("a Bcc: x@y.example", 200)


def test_a_mail_leaves_once_and_is_one_file(posted, files):
    sent = [operations.send(str(posted.pk), now=NOW) for _ in range(3)]

    [file] = (files / "t_alpha").iterdir()
    mail = message_from_bytes(file.read_bytes())
    posted.refresh_from_db()
    assert (sent, posted.sent_at) == ([True, False, False], NOW)
    assert (file.name, mail["To"], mail["Message-ID"]) == (
        f"{posted.pk}.eml",
        "to@test.example",
        f"<{posted.pk}@baton>",
    )
    assert mail.get_payload(decode=True).decode() == "本文です。"


def test_a_mail_handed_over_twice_is_still_one_file(posted, files):
    """As after a kill between the handing over and the commit."""
    for _ in range(2):
        operations.send(str(posted.pk), now=NOW)
        Message.objects.filter(pk=posted.pk).update(sent_at=None)

    assert [file.name for file in (files / "t_alpha").iterdir()] == [f"{posted.pk}.eml"]


def test_each_company_has_its_own_folder(db, beta, files):
    with inside(beta):
        operations.send(str(operations.post(key="beta's", **FACTS).pk), now=NOW)
        folder = backends.folder()

    assert folder == files / "t_beta"
    assert [place.name for place in files.iterdir()] == ["t_beta"]


def test_a_mail_that_did_not_leave_waits_and_leaves_later(posted, files, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    failed = [operations.send(str(posted.pk), now=NOW) for _ in range(2)]
    posted.refresh_from_db()
    left = (posted.sent_at, posted.attempts, posted.last_error, posted.due_at - NOW)
    settings.EMAIL_BACKEND = "apps.mail.backends.Files"

    assert failed == [False, False]
    assert left == (None, 2, "ConnectionRefusedError: nobody there", timedelta(seconds=60))
    assert operations.send(str(posted.pk), now=NOW + timedelta(minutes=1)) is True


def test_no_mail_waits_longer_than_six_hours(posted, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    for _ in range(14):
        operations.send(str(posted.pk), now=NOW)

    posted.refresh_from_db()
    assert posted.due_at - NOW == timedelta(hours=6)


def test_what_has_not_left_is_queued_again_and_then_left_alone_for_a_while(posted, monkeypatch):
    queued = []
    monkeypatch.setattr(operations, "_queue", lambda pk, **given: queued.append(pk))
    Message.objects.exclude(pk=posted.pk).delete()

    swept = [operations.sweep(now=NOW + timedelta(seconds=seconds)) for seconds in (4, 5, 6, 9, 10)]
    operations.send(str(posted.pk), now=NOW)
    swept.append(operations.sweep(now=NOW + timedelta(days=1)))

    assert (swept, queued) == ([0, 1, 0, 0, 1, 0], [posted.pk, posted.pk])


def test_a_mail_in_other_hands_is_left_alone(own_database, files):
    message = operations.post(key="cause", **FACTS)

    with as_owner(own_database) as other, other.transaction():
        other.execute("SELECT 1 FROM t_alpha.mail_message WHERE id = %s FOR UPDATE", [message.pk])
        while_held = operations.send(str(message.pk), now=NOW)

    assert (while_held, operations.send(str(message.pk), now=NOW)) == (False, True)
