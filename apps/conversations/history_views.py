"""The page of a record's history."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.base.pages import page
from apps.conversations import history as trail
from apps.conversations import subjects, wording


@require_safe
def history(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """変更の履歴 — who changed what, when, from which value to which, and by which way."""
    subject = subjects.subject_or_404(kind, subject_id)
    try:
        steps, after = trail.steps(subject, kind, after=request.GET.get("after", ""))
    except trail.NoSuchStep:
        raise Http404 from None
    context = {
        "subject": subject,
        "kind": subjects.KINDS[kind],
        "back": subjects.address(subject),
        "steps": wording.told(steps),
        "next": after and f"?after={after}",
    }
    return page(request, "conversations/history.html", context)
