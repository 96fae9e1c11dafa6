import re

from django.db import connection
from django.test import Client
from django.utils import translation
from django_tenants.utils import tenant_context


class TenantClient(Client):
    """A browser at one tenant's host. Whatever it asks, the test stays in the tenant that it was in."""

    def __init__(self, tenant, **defaults):
        super().__init__(SERVER_NAME=f"{tenant.slug}.localhost", **defaults)
        self.tenant = tenant

    def request(self, **request):
        before = connection.tenant
        try:
            with translation.override(translation.get_language()):
                return super().request(**request)
        finally:
            connection.set_tenant(before)

    def force_login(self, user, backend=None):
        with tenant_context(self.tenant):
            super().force_login(user, backend)

    def logout(self):
        with tenant_context(self.tenant):
            super().logout()


def without_tokens(response) -> str:
    """What a response says, but for the forms' tokens, which differ each time."""
    return re.sub(
        r'name="csrfmiddlewaretoken" value="\w+"|data-in-use-since="[^"]*"', "", response.content.decode()
    )
