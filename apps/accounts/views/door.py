"""Coming in and going out."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from apps.accounts import links, operations, queries
from apps.accounts.forms import ForgottenForm, LoginForm, TakePasswordForm
from apps.accounts.models import SYSTEM, User
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on


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
            if queries.needs_second_step(user):
                _wait_for_second_step(request, user, goes_on)
                return redirect("accounts:second-step")
            come_in(request, user)
            return redirect(goes_on or settings.LOGIN_REDIRECT_URL)
        form.add_error(None, _("メールアドレスかパスワードが違います。"))
    return page(request, "accounts/login.html", {"form": form, "next": goes_on})


_WAITING = "waiting"
"""In a session that is nobody's yet: whose password was right, when, and where they want to go."""
WAITS = 30 * 60  # seconds


def _wait_for_second_step(request: HttpRequest, user: User, goes_on: str) -> None:
    request.session.flush()
    state = user.get_session_auth_hash()
    request.session[_WAITING] = [str(user.pk), state, timezone.now().timestamp(), goes_on]


def waiting_person(request: HttpRequest) -> tuple[User | None, str]:
    """Who stands between the two steps, and the address to go on to."""
    user_id, state, since, goes_on = request.session.get(_WAITING, [None, "", 0, ""])
    user = User.objects.active().filter(pk=user_id).first() if user_id else None
    if user is None or timezone.now().timestamp() - since > WAITS:
        return None, ""
    if not constant_time_compare(state, user.get_session_auth_hash()):
        return None, ""
    return user, goes_on or resolve_url(settings.LOGIN_REDIRECT_URL)


def come_in(request: HttpRequest, user: User) -> None:
    request.session.pop(_WAITING, None)
    auth.login(request, user, backend="apps.accounts.backends.TenantBackend")
    if user.language:
        request.session["language"] = user.language
    remember_device(request, user)


def remember_device(request: HttpRequest, user: User) -> None:
    operations.begin_login(
        user,
        session_key=request.session.session_key,
        agent=request.headers.get("User-Agent", ""),
        ip_address=get_client_ip_address(request),
        by=user,
        at=timezone.now(),
    )


def _safe(request: HttpRequest, url: str) -> str:
    """The address if it is a path on this host, else nothing."""
    stays = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if stays and url.startswith("/") and url != resolve_url(settings.LOGIN_URL) else ""


@login_not_required  # a session that has ended already is logged out, too
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        here = request.user.logins.filter(session_key=request.session.session_key).first()
        if here:
            operations.end_login(here, by=request.user, at=timezone.now())
    auth.logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    # of others whose session had ended, words may wait in this browser: then the script has emptied the rest
    response["Clear-Site-Data"] = '"cache"' if "others_wait" in request.POST else '"cache", "storage"'
    return response


@login_not_required
@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """The language of this browser, for whoever has chosen none of their own."""
    return set_language(request)


@login_not_required
@require_http_methods(["GET", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether or not the address exists, and takes as long."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            place = get_client_ip_address(request)
            operations.ask_for_password(**form.cleaned_data, ip_address=place, by=SYSTEM, at=timezone.now())
            told = {"sent": True, "email": form.cleaned_data["email"]}
            return page(request, "accounts/forgotten-password.html", told)
    return page(request, "accounts/forgotten-password.html", {"form": form})


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def take_password(request: HttpRequest, link: str) -> HttpResponse:
    person = links.person(link)
    if person is None:
        return page(request, "accounts/take-password.html", status=404)
    form = TakePasswordForm(request.POST or None, person=person)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.take_password(person, link=link, **form.cleaned_data, by=person, at=timezone.now())
            messages.success(request, _("パスワードを決めました。ログインしてください。"))
            return redirect("accounts:login")
    return page(request, "accounts/take-password.html", {"form": form, "person": person})


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict) -> HttpResponse:
    """What axes answers to too many attempts; the same whether or not the address exists."""
    until = queries.locked_until(username=credentials["username"], ip_address=request.axes_ip_address)
    return render(request, "accounts/locked-out.html", {"until": until}, status=429)
