"""What a person has not read, in one mail at opening and one at 13:00 of their own working days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts import queries
from apps.accounts.models import User
from apps.inbox import operations as inbox
from apps.inbox import queries as told
from apps.inbox import wording
from apps.inbox.models import Notification
from apps.mail import operations as mail
from apps.mail.queries import was_posted
from apps.tenancy import context

MOST = 20
"""So many are told one by one; the rest is a number."""


def post_digests(*, at: datetime) -> int:
    """Returns how many mails were posted. Run at any time and as often as one likes: each is posted once."""
    moment = timezone.localtime(at)
    waiting = set(told.to_mail(before=at).order_by().values_list("user_id", flat=True).distinct())
    people = User.objects.active().filter(pk__in=waiting).exclude(email=None).order_by("pk")
    hours = queries.working_times_of(waiting, on=moment.date())
    return sum(_post(person, due=hours[person.pk].mail_due(moment), at=at) for person in people)


@transaction.atomic
def _post(person: User, *, due: datetime | None, at: datetime) -> bool:
    """What came in too late for a mail that is posted already waits for the next one."""
    key = due and f"digest:{person.pk}:{due:%Y-%m-%dT%H:%M}"
    # Held, so that of two runs at once none takes what came in between for a part of the mail that the other posts.
    alone = User.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=person.pk)
    if not key or alone.first() is None or was_posted(key):
        return False
    unread = list(told.to_mail(before=due).filter(user_id=person.pk).select_for_update())
    if not unread:
        return False
    with translation.override(person.language or translation.get_language()):
        choose = _here(reverse("inbox:preferences"))
        text = _text(person, unread, choose=choose)
        mail.post(key=key, to=person.email, subject=_subject(len(unread)), text=text, leave_at=choose)
    inbox.mark_mailed(unread, at=at)
    return True


def _subject(count: int) -> str:
    return ngettext("未読の通知が%(n)s件あります", "未読の通知が%(n)s件あります", count) % {"n": count}


def _here(path: str) -> str:
    return context.address().rstrip("/") + path


def _text(person: User, unread: Sequence[Notification], *, choose: str) -> str:
    """The latest first, as in the app. What was said stays in there: a mail tells whose record it is about."""
    lines = [_("%(name)s さん") % {"name": person.name}, ""]
    for line in wording.told(unread[::-1][:MOST]):
        lines += [f"- {line.words}"]
        if line.address:
            lines += [f"  {line.record}", f"  {_here(line.address_in_mail)}"]
        lines += [""]
    if left := len(unread) - MOST if len(unread) > MOST else 0:
        lines += [ngettext("ほかに%(n)s件あります。", "ほかに%(n)s件あります。", left) % {"n": left}, ""]
    lines += [_("すべての通知: %(url)s") % {"url": _here(reverse("inbox:inbox"))}]
    lines += [_("通知を選ぶ: %(url)s") % {"url": choose}, ""]
    return "\n".join(lines)
