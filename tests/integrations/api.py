"""A program that speaks to the API at one tenant's host."""

import json

from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, User
from apps.tenancy.context import inside
from tests.client import TenantClient

PROBLEM = "application/problem+json"


class Program(TenantClient):
    """Acts for a user by a token of theirs; without one it is nobody."""

    def __init__(self, tenant, user: User | None = None, **headers):
        if user:
            with inside(tenant):
                token = accounts.make_token(user, name="test", by=SYSTEM, at=timezone.now())
            headers["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        super().__init__(tenant, **headers)

    def ask(self, method: str, path: str, body=None, **headers):
        """The answer under /api/v1/; a body that is not bytes is sent as JSON."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        content_type = headers.pop("content_type", "application/json")
        return self.generic(method, f"/api/v1/{path}", data, content_type, headers=headers)

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, body, **headers)

    def put(self, path, body=None, **headers):
        return self.ask("PUT", path, body, **headers)

    def patch(self, path, body=None, **headers):
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path, **headers):
        return self.ask("DELETE", path, **headers)

    def made(self, path, body) -> dict:
        """The record that the POST made."""
        answer = self.post(path, body)
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()


STAMPS = {"id", "version", "created_at", "changed_at"}


def facts(record: dict) -> dict:
    """The record without what only the server knows."""
    return {name: value for name, value in record.items() if name not in STAMPS}
