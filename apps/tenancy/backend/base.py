"""The second wall: a connection takes the tenant's role in the round trip that sets its search path."""

from __future__ import annotations

import django.db.utils
import psycopg
from django.conf import settings
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_limit_set_calls, get_public_schema_name, quote_schema_name

from apps.tenancy.rules import role_of


class DatabaseWrapper(base.DatabaseWrapper):
    def _handle_search_path(self, cursor=None) -> None:
        if self._setting_search_path or (get_limit_set_calls() and self.search_path_set_schemas):
            return
        search_path = self._get_cursor_search_paths()
        self._setting_search_path = True
        setting = cursor or self.connection.cursor()
        try:
            # Without parameters psycopg sends both statements in one simple query.
            setting.execute(f"{self._role_statement()}; SET search_path = {_quoted(search_path)}")
        except (django.db.utils.DatabaseError, psycopg.InternalError):
            # In a transaction that has already failed; its rollback makes the next cursor try again.
            self.search_path_set_schemas = None
            if not self._in_failed_transaction():
                raise
        else:
            self.search_path_set_schemas = search_path
        finally:
            self._setting_search_path = False
            if cursor is None:
                setting.close()

    def _in_failed_transaction(self) -> bool:
        state = psycopg.pq.TransactionStatus.INERROR
        return self.connection is not None and self.connection.info.transaction_status == state

    def _role_statement(self) -> str:
        if settings.AS_OWNER or self.schema_name == get_public_schema_name():
            return "RESET ROLE"
        return f'SET ROLE "{role_of(self.schema_name)}"'

    def leave(self) -> None:
        """Put the connection back at nothing: no tenant, no role."""
        self.set_schema_to_public()
        if self.connection is not None and not self.in_atomic_block:
            try:
                self.connection.execute("RESET ROLE; SET search_path = public")
            except psycopg.Error:
                self.close()


def _quoted(search_path: list[str]) -> str:
    return ",".join(quote_schema_name(schema) for schema in search_path)
