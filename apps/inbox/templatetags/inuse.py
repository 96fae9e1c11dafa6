"""What `static/js/inuse.js` needs to know of a page."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.inbox import opening, wording
from apps.journal.hearing import anything_heard

register = template.Library()


@register.simple_tag(takes_context=True)
def in_use(context) -> SafeString | str:
    """For <body>: since when the page is open. A form that comes back with errors goes on where it was."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if not getattr(user, "is_authenticated", False) or context.get("kept_page"):
        return ""
    if request.method == "POST" and not anything_heard():
        try:
            sent = opening.sent(request)
        except opening.BadOpening:
            sent = None
        if sent and sent.opening.at:
            return format_html(
                ' data-in-use-since="{}" data-in-use="{}.{}"',
                request.POST[opening.SINCE], sent.until, sent.part,
            )  # fmt: skip
    return format_html(' data-in-use-since="{}"', opening.token(user.pk, at=timezone.now()))


register.filter("spent", wording.spent)
