"""What everybody sets for themselves."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import operations
from apps.accounts.forms import ChangePasswordForm, LanguageForm
from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def choose_language(request: HttpRequest) -> HttpResponse:
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if form.is_valid():
        language = form.cleaned_data["language"]
        operations.choose_language(request.user, language=language, by=request.user, at=timezone.now())
        request.session["language"] = language
        with translation.override(language or request.tenant.language):
            messages.success(request, _("保存しました。"))
        return redirect("accounts:settings")
    return page(request, "accounts/choose-language.html", {"form": form})


@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None, person=request.user)
    if form.is_valid():
        with refusals_shown_on(form):
            changed = operations.change_password(
                request.user, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            update_session_auth_hash(request, changed)
            messages.success(request, _("新しいパスワードにしました。"))
            return redirect("accounts:settings")
    return page(request, "accounts/change-password.html", {"form": form})
