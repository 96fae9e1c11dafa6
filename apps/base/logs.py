"""Log lines as JSON: where and when, never bodies or personal data."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection

request_id: ContextVar[str] = ContextVar("request_id", default="")


class Place(logging.Filter):
    """Add tenant and request to every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.tenant = getattr(connection, "schema_name", None) or "public"
        record.request_id = request_id.get()
        return True


class JSONLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "tenant": getattr(record, "tenant", ""),
            "request": getattr(record, "request_id", ""),
            "message": record.getMessage(),
        } | getattr(record, "facts", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
