"""Deeds about the address at which a calendar program reads a person's visits."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from apps.accounts import queries
from apps.accounts.models import CalendarFeed, System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.journal.operations import note


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def renew_feed(user: User, *, by: User | System, at: datetime) -> str:
    """配信のアドレスを作り直す — returns its secret, which is shown only this once; the former one ends."""
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"digest": queries.digest(secret), "made_at": at}
    )
    note("feed.renewed", user, by=by)
    return secret


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def stop_feed(user: User, *, by: User | System, at: datetime) -> None:
    """配信を止める"""
    CalendarFeed.objects.filter(user=user).delete()
    note("feed.stopped", user, by=by)
