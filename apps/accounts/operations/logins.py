"""Deeds about who is logged in where. Ending a login takes its session away, so that the next request is out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from apps.accounts import rules
from apps.accounts.models import Login, System, User, new_salt
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.journal.operations import note

SEEN_EVERY = timedelta(minutes=5)


@only_who_may(Act.END_LOGINS)
@transaction.atomic
def begin_login(
    user: User, *, session_key: str, agent: str, ip_address: str | None, by: User | System, at: datetime
) -> Login:
    """ログインする — remember the device; forgets those whose session has run out."""
    user.logins.exclude(session_key__in=Session.objects.filter(expire_date__gt=at).values("pk")).delete()
    login = Login.objects.create(
        user=user,
        session_key=session_key,
        agent=agent[:300],
        place=rules.shortened(ip_address),
        began_at=at,
        seen_at=at,
    )
    note("user.logged_in", user, by=by)
    return login


@only_who_may(Act.END_LOGINS)
@transaction.atomic
def end_login(login: Login, *, by: User | System, at: datetime) -> None:
    """この端末をログアウトさせる"""
    note("user.login_ended", login.user, by=by)
    _end(Login.objects.filter(pk=login.pk))


@only_who_may(Act.END_LOGINS)
@transaction.atomic
def end_other_logins(user: User, *, kept: str | None, by: User | System, at: datetime) -> None:
    """ほかの端末をすべてログアウトさせる — `kept`: the session that stays."""
    note("user.logins_ended", user, by=by)
    _end(user.logins.exclude(session_key=kept))


def end_all(user: User) -> None:
    """Part of deeds that put the person out everywhere; the caller saves the user."""
    user.session_salt = new_salt()
    _end(user.logins.all())


def _end(logins: QuerySet[Login]) -> None:
    Session.objects.filter(pk__in=list(logins.values_list("session_key", flat=True))).delete()
    logins.delete()


def seen(session_key: str, *, at: datetime) -> None:
    """Somebody did something there; kept to the nearest minutes, so that it costs next to nothing."""
    Login.objects.filter(session_key=session_key, seen_at__lt=at - SEEN_EVERY).update(seen_at=at)
