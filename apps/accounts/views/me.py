"""What everybody sets for themselves."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import operations, queries
from apps.accounts.forms import ChangePasswordForm, LanguageForm, ProfileForm
from apps.accounts.models import Login
from apps.accounts.permissions import only_for_who_may, reach
from apps.accounts.views.door import remember_device
from apps.accounts.vocabulary import Act, Relation
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
        response = redirect("accounts:settings")
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)  # what was chosen at the door speaks no more
        return response
    return page(request, "accounts/choose-language.html", {"form": form})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def change_profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, record=request.user)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_profile(request.user, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("保存しました。"))
            return redirect("accounts:settings")
    return page(request, "accounts/change-profile.html", {"form": form})


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
            remember_device(request, changed)
            messages.success(request, _("新しいパスワードにしました。"))
            return redirect("accounts:settings")
    return page(request, "accounts/change-password.html", {"form": form})


@require_safe
@only_for_who_may(Act.END_LOGINS)
def logins(request: HttpRequest) -> HttpResponse:
    context = {
        "logins": queries.logins_of(request.user, at=timezone.now()),
        "here": request.session.session_key,
    }
    return page(request, "accounts/logins.html", context)


@require_POST
@only_for_who_may(Act.END_LOGINS)
def end_login(request: HttpRequest, login_id: UUID) -> HttpResponse:
    """One's own, or as an admin anybody's: a stolen laptop is not always told by its owner."""
    everybody = reach(request.user, Act.END_LOGINS) == Relation.ALL
    reached = Login.objects.select_related("user") if everybody else request.user.logins
    login = get_object_or_404(reached, pk=login_id)
    operations.end_login(login, by=request.user, at=timezone.now())
    messages.success(request, _("%(device)sをログアウトさせました。") % {"device": login})
    if login.user_id == request.user.pk:
        return redirect("accounts:logins")
    return redirect("accounts:user", login.user_id)


@require_POST
@only_for_who_may(Act.END_LOGINS)
def end_other_logins(request: HttpRequest) -> HttpResponse:
    here = request.session.session_key
    operations.end_other_logins(request.user, kept=here, by=request.user, at=timezone.now())
    messages.success(request, _("ほかの端末をすべてログアウトさせました。"))
    return redirect("accounts:logins")
