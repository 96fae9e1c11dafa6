"""Bodies are JSON in UTF-8 and say each thing once; anything else is refused before it is understood by half."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("送られた内容が大きすぎます。分けて送ってください。")
    default_code = "too-large"


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = body_of(parser_context["request"])
        try:
            given = json.loads(
                body.decode(),
                parse_constant=_refuse_constant,
                object_pairs_hook=_each_once,
                parse_float=_finite,
            )
            json.dumps(given, ensure_ascii=False).encode()  # fails on half a surrogate pair
        except (ValueError, RecursionError) as error:
            raise ParseError(_("JSONとして読めません。UTF-8の正しいJSONを送ってください。")) from error
        return given


def body_of(request: Request) -> bytes:
    """The body as it was sent. Raises TooLarge before reading one that is."""
    try:
        return request._request.body
    except RequestDataTooBig as error:
        raise TooLarge from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(number: str) -> float:
    if (value := float(number)) in (float("inf"), float("-inf")):
        raise ValueError(f"{number} is beyond every number")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return given
