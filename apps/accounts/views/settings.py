"""The settings' first page, and what is too small for a module of its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import operations, queries, settings_rows
from apps.accounts.forms import FiscalYearForm
from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import page, searched


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    words = searched(request)
    sections = settings_rows.sections_for(request.user, words=words)
    return page(
        request, "accounts/settings.html", {"sections": sections, "words": words}, parts=["setting-rows"]
    )


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def start_fiscal_year(request: HttpRequest) -> HttpResponse:
    organisation = queries.organisation()
    form = FiscalYearForm(request.POST or None, initial={"month": organisation.fiscal_year_starts})
    if form.is_valid():
        operations.start_fiscal_year(organisation, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("保存しました。"))
        return redirect("accounts:settings")
    return page(request, "accounts/start-fiscal-year.html", {"form": form})
