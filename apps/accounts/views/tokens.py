"""One's own API tokens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import operations, queries
from apps.accounts.forms import TokenForm
from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import page


@require_safe
@only_for_who_may(Act.MAKE_TOKENS)
def tokens(request: HttpRequest) -> HttpResponse:
    return page(request, "accounts/tokens.html", {"tokens": queries.tokens_of(request.user)})


@never_cache
@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MAKE_TOKENS)
def make_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if form.is_valid():
        name = form.cleaned_data["name"]
        token = operations.make_token(request.user, name=name, by=request.user, at=timezone.now())
        # Answered by the POST itself: a redirect would have to keep the token somewhere.
        return page(request, "accounts/new-token.html", {"name": name, "token": token})
    return page(request, "accounts/make-token.html", {"form": form})


@require_POST
@only_for_who_may(Act.MAKE_TOKENS)
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    token = get_object_or_404(queries.tokens_of(request.user), pk=token_id)
    operations.revoke_token(token, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)sを止めました。") % {"name": token.name})
    return redirect("accounts:tokens")
