"""Erasing a person: name and address go everywhere, what was done stays counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Replace
from django.utils.translation import gettext as _

from apps.accounts import privacy
from apps.accounts.models import CalendarFeed, PasswordAsked, SecondFactor, System, User
from apps.accounts.operations.logins import end_all
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.models import Row
from apps.base.refusal import Refused
from apps.journal.models import Entry
from apps.journal.operations import note
from apps.mail.models import Message


class StillActive(Refused):
    pass


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def disclose_person(user: User, *, by: User | System, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """開示する — all that is kept about the person; who took it out stands in the journal."""
    note("user.disclosed", user, by=by)
    return privacy.disclosed(user)


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def erase_person(user: User, *, by: User | System, at: datetime) -> User:
    """個人情報を消す — of somebody who was stopped. Safe to run again, after a restore too."""
    user = user.locked()
    if user.is_active:
        raise StillActive(_("先に、この人を停止してください。"))
    nobody = _("消去した人 %(sign)s") % {"sign": user.pk.hex[-6:]}
    _erase_from_mail(user, nobody)
    _erase_from_journal(user, nobody)
    _erase_from_the_door(user)
    for copies in privacy.tables_of_copies():
        copies.forget(user.pk)
    user.name, user.reading, user.email, user.language = nobody, "", None, ""
    user.source, user.external_id, user.roles, user.last_login = "", None, [], None
    user.set_unusable_password()
    user.saved(at=at)
    note("user.erased", user, by=by)
    return user


def _erase_from_mail(user: User, nobody: str) -> None:
    if user.email:
        theirs = Message.objects.filter(to__iexact=user.email)
        theirs.filter(sent_at__isnull=True).delete()
        theirs.update(to=f"{user.pk.hex}@erased.invalid", subject=nobody, text="", secret="", last_error="")
    if not User.objects.filter(name=user.name).exclude(pk=user.pk).exists():  # a namesake keeps the name
        for field in ("subject", "text"):
            named = Message.objects.filter(**{f"{field}__contains": user.name})
            named.update(**{field: Replace(field, Value(user.name), Value(nobody))})


def _erase_from_journal(user: User, nobody: str) -> None:
    Entry.objects.filter(actor_id=user.pk).update(actor_name=nobody)
    Entry.objects.filter(subject_id=user.pk).update(subject_name=nobody)
    for _kind, rows in privacy.rows_about(user):
        if issubclass(rows.model, Row):  # a goal is called by its person's name
            of_them = Entry.objects.filter(subject_id__in=rows.order_by().values("pk"))
            of_them.update(subject_name=Replace("subject_name", Value(user.name), Value(nobody)))
    written = Entry.objects.annotate(written=Cast("details", TextField()))
    naming = list(written.filter(written__contains=str(user.pk)))
    for entry in naming:
        entry.details = _renamed(entry.details, str(user.pk), nobody)
    Entry.objects.bulk_update(naming, ["details"], batch_size=500)


def _renamed(details: Any, user_id: str, nobody: str) -> Any:
    """The same with the person's name replaced where it stands beside their id."""
    if isinstance(details, list):
        return [_renamed(inner, user_id, nobody) for inner in details]
    if isinstance(details, dict):
        renamed = {name: _renamed(inner, user_id, nobody) for name, inner in details.items()}
        return renamed | {"name": nobody} if details.get("id") == user_id and "name" in details else renamed
    return details


def _erase_from_the_door(user: User) -> None:
    end_all(user)
    user.tokens.all().delete()
    CalendarFeed.objects.filter(user=user).delete()
    SecondFactor.objects.filter(user=user).delete()
    if user.email:
        AccessAttempt.objects.filter(username=user.email).delete()
        PasswordAsked.objects.filter(email=user.email).delete()
