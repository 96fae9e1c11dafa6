"""Login by e-mail and password inside the tenant; permissions are our own table's, not Django's."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.backends import BaseBackend
from django.db.models.expressions import RawSQL

from apps.accounts.models import User
from apps.inbox import queries as inbox

BESIDE: dict[str, Callable[[], RawSQL]] = {"unread": lambda: inbox.unread_count("accounts_user.id")}
"""Numbers that every page shows, read with the person's own row: apps above add theirs."""


class TenantBackend(BaseBackend):
    def authenticate(self, request, username=None, password=None, **given) -> User | None:
        if not username or not password or "\x00" in username:
            return None
        user = User.objects.filter(email__iexact=username.strip()).first()
        if user is None:
            User().set_password(password)  # an unknown address takes as long as a known one
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id) -> User | None:
        """With the numbers of `BESIDE`, so that they cost no query of their own."""
        known = User.objects.active().annotate(**{name: number() for name, number in BESIDE.items()})
        return known.filter(pk=user_id).first()
