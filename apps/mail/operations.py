"""The one gate through which mail leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction

from apps.mail.models import HIDDEN, Message

LONGEST_WAIT = timedelta(hours=6)
SWEEP_AFTER = timedelta(seconds=5)
SWEPT_HOLDS_FOR = timedelta(seconds=20)
"""What the sweeper queued is swept again by then: later it is not worth doing."""


def post(*, key: str, to: str, subject: str, text: str, secret: str = "", leave_at: str = "") -> Message:
    """Put a mail into the outbox, once per key; it leaves after the transaction that posts it."""
    message, new = Message.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "subject": " ".join(subject.split())[:200],
            "text": text,
            "secret": secret,
            "leave_at": leave_at,
        },
    )
    if new:
        transaction.on_commit(lambda: _queue(message.pk))
    return message


def _queue(message_id, *, within: timedelta | None = None) -> None:
    from apps.mail import tasks  # the task imports this module

    tasks.send.soon(message_id=str(message_id), within=within)


def send(message_id: str, *, now: datetime) -> bool:
    """Hand one mail to the server. True if it left now; one that left already or is in other hands stays."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, sent_at__isnull=True)
            .first()
        )
        if message is None:
            return False
        try:
            _as_email(message).send()
        except Exception as error:  # any server's fault: wait and try again
            message.attempts += 1
            message.last_error = f"{type(error).__name__}: {error}"[:2000]
            message.due_at = now + min(LONGEST_WAIT, timedelta(seconds=15 * 2 ** min(message.attempts, 12)))
        else:
            message.sent_at, message.secret = now, ""
        message.save()
        return message.sent_at is not None


def _as_email(message: Message) -> EmailMessage:
    # The id is the message's own, so that a mail handed over twice is known as one by mail servers; and nobody's
    # absence note is to answer a program.
    headers = {"Message-ID": f"<{message.pk}@baton>", "Auto-Submitted": "auto-generated"}
    if message.leave_at:
        headers["List-Unsubscribe"] = f"<{message.leave_at}>"
    text = message.text.replace(HIDDEN, message.secret) if message.secret else message.text
    return EmailMessage(message.subject, text, to=[message.to], headers=headers)


def sweep(*, now: datetime) -> int:
    """Queue again what is due and has not left; returns how many."""
    due = list(
        Message.objects.filter(sent_at__isnull=True, due_at__lte=now - SWEEP_AFTER)
        .order_by("due_at")
        .values_list("pk", flat=True)[:500]
    )
    Message.objects.filter(pk__in=due).update(due_at=now)
    for message_id in due:
        _queue(message_id, within=SWEPT_HOLDS_FOR)
    return len(due)
