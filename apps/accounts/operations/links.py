"""Deeds by which people get a password of their own, through a link in a mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import links
from apps.accounts.models import PasswordAsked, System, User
from apps.accounts.operations.logins import end_all
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.journal.operations import note

COUNTED = timedelta(hours=1)
MOST_PER_ADDRESS = 3
MOST_PER_PLACE = 30
"""Of one IP address: an office shares one."""


class AskedTooOften(Refused):
    pass


class LinkExpired(Refused):
    pass


class CannotLogIn(Refused):
    pass


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def ask_for_password(*, email: str, ip_address: str | None, by: User | System, at: datetime) -> PasswordAsked:
    """パスワードを忘れた — the same deed for known and unknown addresses; who it is, is looked up behind."""
    PasswordAsked.objects.filter(asked_at__lt=at - COUNTED).delete()
    lately = PasswordAsked.objects.filter(asked_at__gte=at - COUNTED)
    from_here = lately.filter(ip_address=ip_address).count() if ip_address else 0
    if from_here >= MOST_PER_PLACE or lately.filter(email=email).count() >= MOST_PER_ADDRESS:
        raise AskedTooOften(_("続けて何度も申し込まれました。1時間ほどたってから、もう一度お試しください。"))
    asked = PasswordAsked.objects.create(email=email, ip_address=ip_address, asked_at=at)
    note("password.asked", asked, by=by)
    return asked


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def offer_password(user: User, *, by: User | System, at: datetime) -> None:
    """招待する — a link by mail, with which the person sets a password; who has one keeps it until then."""
    user = user.locked()
    if not user.email or not user.is_active:
        raise CannotLogIn(_("メールアドレスのない人と停止中の人には、送れません。"))
    note("user.password_offered", user, by=by)


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def take_password(user: User, *, link: str, password: str, by: User | System, at: datetime) -> User:
    """届いたリンクでパスワードを決める — uses the link up and ends every session of the person."""
    user = user.locked()
    if links.person(link) != user:
        raise LinkExpired(_("このリンクはもう使えません。"))
    user.set_password(password)
    end_all(user)
    user.saved(at=at)
    AccessAttempt.objects.filter(username=user.email).delete()  # who forgot it has tried before
    note("user.password_taken", user, by=by)
    return user
