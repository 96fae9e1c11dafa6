"""Mail into files: for the demo and for development. Django's own writes one file per process, not per mail."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection


def folder() -> Path:
    """Where the present tenant's mail lies."""
    return Path(settings.EMAIL_FILES) / connection.schema_name


class Files(BaseEmailBackend):
    """One .eml per Message-ID and tenant: handing a mail over again replaces its own file."""

    def send_messages(self, email_messages) -> int:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            name = message.extra_headers["Message-ID"].strip("<>").split("@")[0]
            unfinished = folder() / f".{name}.part"
            unfinished.write_bytes(message.message().as_bytes())
            os.replace(unfinished, folder() / f"{name}.eml")
        return len(email_messages)
