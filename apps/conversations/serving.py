"""Giving a file out, whoever asks."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from apps.conversations import sniffing
from apps.conversations.models import Attachment

RUNS_NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Whatever a file holds, opened by itself it runs nothing and asks for nothing."""


def given_out(attachment: Attachment, *, shown: bool = False) -> FileResponse:
    """Always a download; only a picture may be shown by the browser itself, if that is asked for."""
    picture = sniffing.PICTURES.get(attachment.kind) if shown else None
    try:
        content = default_storage.open(attachment.place)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=picture is None,
        filename=attachment.name,
        content_type=picture or "application/octet-stream",
    )
    response["Content-Security-Policy"] = RUNS_NOTHING
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
