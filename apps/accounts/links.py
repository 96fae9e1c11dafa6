"""Links in mails with which a person sets a password: signed, of one tenant, for a while and for once."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.accounts.models import User
from apps.accounts.vocabulary import LinkFor

LIVES = {LinkFor.INVITATION: timedelta(days=7), LinkFor.FORGOTTEN: timedelta(hours=1)}


def token(user: User, purpose: LinkFor) -> str:
    return signing.dumps([purpose, str(user.pk), _state(user)], salt=_salt())


def person(token: str) -> User | None:
    """Whose link this is, while it can be used."""
    try:
        purpose, user_id, state = signing.loads(token, salt=_salt())
        signing.loads(token, salt=_salt(), max_age=LIVES[LinkFor(purpose)])
    except signing.BadSignature:
        return None
    user = User.objects.active().filter(pk=user_id).first()
    return user if user and constant_time_compare(state, _state(user)) else None


def _salt() -> str:
    return f"baton.link.{connection.schema_name}"


def _state(user: User) -> str:
    """Another one after each new password and each new address, so that a link is used once."""
    value = f"{user.password}|{user.session_salt}|{user.email}"
    return salted_hmac("baton.link", value, algorithm="sha256").hexdigest()[:32]
