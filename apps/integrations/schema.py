"""The OpenAPI description, made from the endpoints themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from apps.base import api, fields
from apps.integrations.idempotency import HEADER
from apps.integrations.problems import MEDIA_TYPE, ProblemSerializer, title


class Schema(AutoSchema):
    """What REST framework's own description leaves out: bodies of PATCH, filters, problems."""

    def get_request_serializer(self) -> Any:
        if self.method == "PATCH" and isinstance(self.view, api.Changed):
            return self.view.changes()
        return super().get_request_serializer()

    def get_description(self) -> str:
        """Docstrings are for us; what is said to others stands in extend_schema, to be translated."""
        return ""

    def get_override_parameters(self) -> list[Any]:
        parameters = super().get_override_parameters()
        if self.method == "POST":
            parameters = [*parameters, _key_parameter()]
        if isinstance(self.view, api.Listed) and self.view.action == "list":
            parameters = [*parameters, api.query_of(type(self.view))]
        return parameters

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict]:
        given = super()._resolve_path_parameters(variables)
        return [parameter | {"schema": {"type": "string", "format": "uuid"}} for parameter in given]

    def _process_override_parameters(self, direction: str = "request") -> dict:
        """Without the paging's own, which the pager describes better."""
        found = super()._process_override_parameters(direction)
        return {key: value for key, value in found.items() if key not in _PAGING}

    def _get_response_bodies(self, direction: str = "response") -> dict:
        problem = self.resolve_serializer(ProblemSerializer, direction).ref
        answers = super()._get_response_bodies(direction)
        for status in self._problems():
            answers[str(status)] = {
                "description": title(status),
                "content": {MEDIA_TYPE: {"schema": problem}},
            }
        return answers

    def _problems(self) -> list[int]:
        statuses = [400, 401, 404, 406, 429]
        if self.method != "GET":
            statuses += [403, 409]
        if self.method in ("POST", "PUT", "PATCH"):
            statuses += [413, 415]
        if self.method == "POST":
            statuses.append(422)
        if self.method == "PATCH":
            statuses.append(428)
        return sorted(statuses)


_PAGING = {("limit", OpenApiParameter.QUERY), ("cursor", OpenApiParameter.QUERY)}


def _key_parameter() -> OpenApiParameter:
    return OpenApiParameter(
        HEADER,
        {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
        OpenApiParameter.HEADER,
        description=_("同じキーと内容のPOSTは、24時間のあいだ一度だけ行われます。"),
    )


def with_conventions(result: dict, generator: Any, request: Any, public: bool) -> dict:
    """What holds at every endpoint: in words, and that bodies refuse unknown fields."""
    result["info"]["description"] = _(
        "ほかの記録は、idか、取り込み元の番号(external_id)で指します。日時はISO 8601で書きます。時差がなければ会社の時間帯で読み、"
        "日付だけならその日のこととして扱います。一覧の続きはnextのアドレスで読みます。変更(PATCH)には、見た内容のversionを付けます。"
        "POSTにIdempotency-Keyを付けると、同じものを送り直しても一度だけ行われます。"
    )
    for name, schema in result["components"]["schemas"].items():
        schema.pop("description", None)  # a docstring
        if name.endswith("Request") and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return result


class Bearer(OpenApiAuthenticationExtension):
    target_class = "apps.integrations.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict:
        return {"type": "http", "scheme": "bearer"}


class RefSchema(OpenApiSerializerFieldExtension):
    """Asked for by id or external_id, shown as id."""

    target_class = fields.Ref

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict:
        if direction == "request":
            return {"type": "string", "minLength": 1, "maxLength": fields.LONGEST_NUMBER}
        return {"type": "string", "format": "uuid"}


class MomentSchema(OpenApiSerializerFieldExtension):
    """A moment or a bare day may be given; a moment is shown."""

    target_class = fields.Moment
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict:
        moment = {"type": "string", "format": "date-time"}
        if direction == "request":
            return {"anyOf": [moment, {"type": "string", "format": "date"}]}
        return moment
