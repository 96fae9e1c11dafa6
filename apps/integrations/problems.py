"""Every error of the API as application/problem+json (RFC 9457), in the words of whoever refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import psycopg.errors
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from apps.base import errors
from apps.base.refusal import Refused, Stale
from apps.integrations.authentication import API, accepted_language, speak
from apps.integrations.parsers import TooLarge

log = logging.getLogger("baton.api")
MEDIA_TYPE = "application/problem+json"


class FaultSerializer(serializers.Serializer):
    """One thing that is wrong, and where; without a field it is about the whole."""

    field = serializers.CharField(required=False)
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """Why it was not done."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)
    present = serializers.JSONField(
        required=False, help_text=gettext_lazy("記録が変わっていたとき: 今の内容")
    )


def title(status: int) -> str:
    return {
        307: _("ほかの記録に統合されています"),
        400: _("内容に誤りがあります"),
        401: _("トークンが必要です"),
        403: _("許可されていません"),
        404: _("見つかりません"),
        405: _("この方法では使えません"),
        406: _("この形式では返せません"),
        409: _("今は受け付けられません"),
        413: _("大きすぎます"),
        415: _("この形式は読めません"),
        422: _("同じキーがほかの内容に使われています"),
        428: _("versionが必要です"),
        429: _("短い間に回数が多すぎます"),
        500: _("こちらの不具合です"),
    }[status]


def described(status: int, detail: str, *, kind: str = "", **more: Any) -> dict[str, Any]:
    """The problem as an object. `kind` tells problems of one status apart; programs may rely on it."""
    kind = kind or HTTPStatus(status).phrase.lower().replace(" ", "-")
    return {"type": f"urn:baton:{kind}", "title": title(status), "status": status, "detail": detail, **more}


def problem(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception, for REST framework; None lets what nobody foresaw become a 500."""
    found = _problem(exception, context["view"])
    if found is None:
        return None
    headers = {}
    if where := getattr(exception, "where", None):
        headers["Location"] = where
    if header := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(found, status=found["status"], headers=headers, content_type=MEDIA_TYPE)


def _problem(exception: Exception, view: Any) -> dict[str, Any] | None:
    match exception:
        case Stale():
            return described(409, str(exception), kind="stale", present=view.shown(exception.present))
        case Refused():
            more = {"errors": [_fault(exception.field, str(exception))]} if exception.field else {}
            kind = "refused" if exception.status == 409 else ""
            return described(exception.status, str(exception), kind=kind, **more)
        case IntegrityError():
            return _clash(exception)
        case RequestDataTooBig():
            return described(413, str(TooLarge.default_detail))
        case Http404():
            return described(404, _("この記録はないか、見ることができません。"))
        case PermissionDenied():
            return described(403, _("許可されていません。"))
        case exceptions.ValidationError():
            faults = [_fault(*fault) for fault in _faults(exception.detail)]
            return described(400, faults[0]["detail"], kind="invalid", errors=faults)
        case exceptions.APIException():
            kind = exception.default_code.replace("_", "-")
            return described(exception.status_code, str(exception.detail), kind=kind)
    return None


def _fault(field: str | None, detail: str) -> dict[str, str]:
    return {"field": field, "detail": detail} if field else {"detail": detail}


def _faults(detail: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """The sentences in what REST framework nests, each with its dotted path."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _faults(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _faults(inner, (*path, str(position)) if nested else path)
    else:
        yield ".".join(path), str(detail)


def _clash(error: IntegrityError) -> dict[str, Any] | None:
    """Two did at once what can be done once, or facts that exclude each other. Anything else is our fault."""
    cause = error.__cause__
    if not isinstance(
        cause,
        psycopg.errors.UniqueViolation | psycopg.errors.CheckViolation | psycopg.errors.ExclusionViolation,
    ):
        return None
    constraint = cause.diag.constraint_name or ""
    if constraint.endswith("_known_once_per_source"):
        sentence = _("このexternal_idの記録は、もうあります。")
        return described(409, sentence, kind="known-already", errors=[_fault("external_id", sentence)])
    log.warning("refused by the database", extra={"facts": {"constraint": constraint}})
    return described(
        409, _("ほかの記録と合わないので、保存できませんでした。今の内容を確かめてください。"), kind="refused"
    )


# ── what never reaches a view ──────────────────────────────────────────────────────────────────────


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _by_a_program(request):
        return errors.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _plain(413, str(TooLarge.default_detail))
    return _plain(400, _("この要求は読めません。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if not _by_a_program(request):
        return errors.not_found(request, exception)
    return _plain(404, _("このアドレスには何もありません。"))


def server_error(request: HttpRequest) -> HttpResponse:
    if not _by_a_program(request):
        return errors.server_error(request)
    return _plain(
        500,
        _("思いがけないことが起きました。記録は変わっていません。少し待ってから、もう一度試してください。"),
    )


def _by_a_program(request: HttpRequest) -> bool:
    """Whether the API was asked; it answers in the program's language."""
    if not request.path.startswith(API):
        return False
    speak(accepted_language(request))
    return True


def _plain(status: int, detail: str) -> HttpResponse:
    return JsonResponse(
        described(status, detail),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
