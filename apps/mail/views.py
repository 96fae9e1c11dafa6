"""The mail that left and that waits, for those who may read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.base.pages import listed, page
from apps.base.refusal import Forbidden
from apps.mail import queries
from apps.mail.models import Message


class OutboxFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("状態"),
        required=False,
        choices=[
            ("", gettext_lazy("すべて")),
            ("waiting", gettext_lazy("送信待ち")),
            ("sent", gettext_lazy("送信済み")),
        ],
        widget=forms.Select(attrs={"class": "in", "data-go": True, "aria-label": gettext_lazy("状態")}),
    )

    def waiting(self) -> bool | None:
        return {"waiting": True, "sent": False}.get(self.is_valid() and self.cleaned_data["state"])


def only_for_readers(view: Callable) -> Callable:
    """The permission table lies above this app, so the person is asked rather than the table."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **given) -> HttpResponse:
        if not request.user.may("read_outbox"):
            raise Forbidden(_("送ったメールは、管理者だけが見られます。"))
        return view(request, *args, **given)

    return guarded


@require_safe
@only_for_readers
def outbox(request: HttpRequest) -> HttpResponse:
    wanted = OutboxFilter(request.GET)
    mails = listed(request, queries.messages(waiting=wanted.waiting()), order=["-written_at", "-pk"])
    return page(request, "mail/outbox.html", {"wanted": wanted, "mails": mails})


@require_safe
@only_for_readers
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    return page(request, "mail/message.html", {"mail": get_object_or_404(Message, pk=message_id)})
