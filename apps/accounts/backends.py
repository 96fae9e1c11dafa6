"""Login by e-mail and password inside the tenant; permissions are our own table's, not Django's."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from apps.accounts.models import User
from apps.inbox import queries as inbox


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
        """With `unread`, the number on every page's bell."""
        known = User.objects.active().annotate(unread=inbox.unread_count("accounts_user.id"))
        return known.filter(pk=user_id).first()
