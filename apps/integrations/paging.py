"""Lists by keyset: a page is found by where the last one ended, however long the list."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from apps.base.pages import Slice, keyset_slice

USUAL, MOST = 50, 200


class Keyset(BasePagination):
    """`next` is the address of the next page. Cursors are signed for their tenant, list and order: no other opens here."""

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list:
        self.request = request
        order = ",".join(view.order)
        self.signer = signing.Signer(salt=f"cursor:{connection.schema_name}:{request.path}:{order}")
        self.slice: Slice = keyset_slice(
            queryset, order=view.order, after=self._cursor(), size=_limit(request)
        )
        return self.slice.rows

    def _cursor(self) -> str | None:
        given = self.request.query_params.get("cursor")
        if given is None:
            return None
        try:
            return self.signer.unsign(given)
        except signing.BadSignature:
            raise ValidationError(
                {"cursor": [_("この一覧の続きではありません。最初から読んでください。")]}
            ) from None

    def get_paginated_response(self, data: list) -> Response:
        return Response({"results": data, "next": self._next()})

    def _next(self) -> str | None:
        if self.slice.next is None:
            return None
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "cursor", self.signer.sign(self.slice.next))

    def get_paginated_response_schema(self, schema: dict) -> dict:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        return [
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            },
            {
                "name": "cursor",
                "in": "query",
                "description": _("nextの中にある、続きの印"),
                "schema": {"type": "string"},
            },
        ]


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(USUAL))
    if not given.isascii() or not given.isdigit() or len(given) > 3 or not 1 <= int(given) <= MOST:
        raise ValidationError({"limit": [_("1から%(most)dまでの整数で入れてください。") % {"most": MOST}]})
    return int(given)
