"""The lost reasons, in the settings."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.base.forms import TidyCharField
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on
from apps.deals import operations, queries
from apps.deals.models import LostReason
from apps.deals.vocabulary import Cause


class ReasonForm(forms.Form):
    label = TidyCharField(label=gettext_lazy("理由"), max_length=100)
    cause = forms.ChoiceField(label=gettext_lazy("原因"), choices=Cause, widget=forms.RadioSelect)


@row(Section.SALES, Act.MANAGE_WORDS)
def lost_reasons_row(user: User) -> Row:
    used = queries.lost_reasons().count()
    return Row(
        _("ボツの理由"), ngettext("%(n)s個", "%(n)s個", used) % {"n": used}, reverse("deals:lost-reasons")
    )


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def lost_reasons(request: HttpRequest) -> HttpResponse:
    """Every reason under its cause; the form adds one."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            reason = operations.add_lost_reason(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("「%(label)s」を加えました。") % {"label": reason.label})
            return redirect("deals:lost-reasons")
    reasons = list(queries.lost_reasons(retired=True))
    causes = [(cause, [reason for reason in reasons if reason.cause == cause]) for cause in Cause]
    return page(request, "deals/lost-reasons.html", {"form": form, "causes": causes})


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def retire_lost_reason(request: HttpRequest, reason_id: UUID) -> HttpResponse:
    reason = get_object_or_404(LostReason, pk=reason_id)
    operations.retire_lost_reason(reason, by=request.user, at=timezone.now())
    messages.success(request, _("「%(label)s」は、もう選べません。") % {"label": reason.label})
    return redirect("deals:lost-reasons")


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def bring_back_lost_reason(request: HttpRequest, reason_id: UUID) -> HttpResponse:
    reason = get_object_or_404(LostReason, pk=reason_id)
    operations.bring_back_lost_reason(reason, by=request.user, at=timezone.now())
    messages.success(request, _("「%(label)s」をまた選べます。") % {"label": reason.label})
    return redirect("deals:lost-reasons")
