"""Who is asking: the API knows people by their token and by nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts import queries
from apps.accounts.models import User

API = "/api/"
FOR_BROWSERS = ("/api/v1/docs", "/api/v1/schema")


class CookiesStayOutside:
    """Under /api/ there are no sessions: neither does a cookie open it, nor does it make or read one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API) or request.path.startswith(FOR_BROWSERS):
            return self.get_response(request)
        request.COOKIES.clear()
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. A revoked token and a deactivated user are nobody at once."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        speak(accepted_language(request))
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        user = queries.user_of_token(token.strip())
        if user is None:
            raise exceptions.AuthenticationFailed(_("このトークンは使えません。"))
        speak(user.language)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def speak(language: str) -> None:
    """Answer in this language; without one, in the one that was spoken before. The middleware ends it."""
    if language:
        translation.activate(language)


def accepted_language(request: Request) -> str:
    """The first of the asker's languages that Baton speaks, or nothing."""
    for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        try:
            return translation.get_supported_language_variant(name)
        except LookupError:
            continue
    return ""
