"""Coming in and going out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import queries
from apps.accounts.forms import LoginForm
from apps.base.pages import page


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    goes_on = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(goes_on or settings.LOGIN_REDIRECT_URL)
    form = LoginForm(request.POST or None)
    if form.is_valid():
        if user := auth.authenticate(request, **form.cleaned_data):
            auth.login(request, user)
            if user.language:
                request.session["language"] = user.language
            return redirect(goes_on or settings.LOGIN_REDIRECT_URL)
        form.add_error(None, _("メールアドレスかパスワードが違います。"))
    return page(request, "accounts/login.html", {"form": form, "next": goes_on})


def _safe(request: HttpRequest, url: str) -> str:
    """The address if it is a path on this host, else nothing."""
    stays = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if stays and url.startswith("/") and url != resolve_url(settings.LOGIN_URL) else ""


@login_not_required  # a session that has ended already is logged out, too
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict) -> HttpResponse:
    """What axes answers to too many attempts; the same whether or not the address exists."""
    until = queries.locked_until(username=credentials["username"], ip_address=request.axes_ip_address)
    return render(request, "accounts/locked-out.html", {"until": until}, status=429)
