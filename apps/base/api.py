"""The frame of every API endpoint: bodies that refuse what they do not know, and the five ways to a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from apps.base import text
from apps.base.fields import LONGEST_NUMBER, Moment, Text, Whole
from apps.base.listing import Asker, Directory
from apps.base.listing.api import asked_by, parameters

API = "api"
"""The source of records that came with an external_id but without the name of where from."""


class VersionMissing(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = _("どの内容を見て変えたのかが分かるように、version を付けてください。")
    default_code = "version-missing"


class Elsewhere(APIException):
    """Another record stands for this one today; as long as it does, `where` is its address."""

    status_code = status.HTTP_307_TEMPORARY_REDIRECT
    default_code = "merged"

    def __init__(self, detail: str, *, where: str) -> None:
        super().__init__(detail)
        self.where = where


class Body(serializers.Serializer):
    """An object whose unknown fields are refused rather than ignored."""

    default_error_messages = {
        "unknown": _("知らない項目です。"),
        "unwritable": _("この項目は書き込めません。"),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            self._refuse_others(data)
        return super().to_internal_value(data)

    def _refuse_others(self, data: Mapping[str, Any]) -> None:
        writable = {field.field_name for field in self._writable_fields}
        faults = {
            text.without_controls(name)[:100]: self.error_messages[
                "unwritable" if name in self.fields else "unknown"
            ]
            for name in data
            if name not in writable
        }
        if faults:
            raise serializers.ValidationError(faults)


class RecordSerializer(Body):
    """A record as it is shown, and what may be said of it. `once`: fields that are given only when it is made."""

    once: ClassVar[tuple[str, ...]] = ()

    id = serializers.UUIDField(read_only=True)
    version = Whole(read_only=True)
    created_at = Moment(read_only=True)
    changed_at = Moment(read_only=True)


class SourcedSerializer(RecordSerializer):
    """A record that may bring the number under which another system knows it."""

    once = ("external_id", "source")

    external_id = Text(max_length=LONGEST_NUMBER, required=False, allow_null=True, nothing=None)
    source = Text(max_length=60, required=False, allow_blank=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("external_id"):
            given["source"] = given.get("source") or API
        return given


@cache
def changes_of(kind: type[RecordSerializer]) -> type[RecordSerializer]:
    """The body of a PATCH: the version that was seen, and of the fields any that are to change."""

    class Changes(kind):  # type: ignore[valid-type, misc]
        version = Whole(min_value=0)

        def get_fields(self) -> dict[str, serializers.Field]:
            fields = super().get_fields()
            for name in kind.once:
                fields[name].read_only = True
            for name, field in fields.items():
                field.required = name == "version"
            return fields

    Changes.__name__ = kind.__name__.replace("Serializer", "ChangesSerializer")
    Changes.__doc__ = None
    return Changes


def checked(kind: type[serializers.Serializer], given: Any, *, many: bool = False, **context: Any) -> Any:
    """What was given, in the shape of the body; a ValidationError says what is wrong with it."""
    body = kind(data=given, context=context, many=many)
    if given is None:  # REST framework would say so, but in English only
        raise serializers.ValidationError(body.error_messages["null"])
    body.is_valid(raise_exception=True)
    return body.validated_data


class Resource(viewsets.GenericViewSet):
    """Records of one kind. `order` is the list's, `filters` its query parameters: a field's source is the look-up.

    `directory`: the list of people that shows the same records; its conditions and orders can be asked for, too.
    """

    lookup_value_regex = "[0-9a-fA-F-]{36}"
    order: ClassVar[tuple[str, ...]] = ("id",)
    filters: ClassVar[dict[str, serializers.Field]] = {}
    directory: ClassVar[Directory | None] = None

    def shown(self, record: Any) -> Any:
        """The record as its address would answer, or None where it is no longer there."""
        fresh = self.get_queryset().filter(pk=record.pk).first()
        return fresh and self.get_serializer(fresh).data

    def deed(self) -> dict[str, Any]:
        """Who does it and when: what every operation wants to know."""
        return {"by": self.request.user, "at": timezone.now()}


class Listed:
    def list(self, request: Request) -> Response:
        given = request.query_params
        repeated = {"where": given.getlist("where")} if "where" in given else {}
        asked = checked(query_of(type(self)), given.dict() | repeated)
        rows = self.paginate_queryset(self.listed(**asked))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def listed(self, *, where: Sequence[str] = (), sort: str = "", **asked: Any) -> QuerySet:
        rows = self.chosen(self.get_queryset(), **asked)
        if self.directory is None:
            return rows
        asker = Asker(self.request.user, timezone.localdate())
        found = asked_by(self.directory, asker, where=where, sort=sort)
        rows = found.narrowed(rows, implied=False)
        if not sort:
            return rows
        self.order = found.order
        return found.ordered(rows)

    def chosen(self, rows: QuerySet, **asked: Any) -> QuerySet:
        """The rows that the query parameters ask for."""
        return rows.filter(**asked)


@cache
def query_of(view: type[Resource]) -> type[Body]:
    """The query parameters of the view's list as one body; those of the paging are read by the paging."""
    paging = {name: serializers.CharField(required=False) for name in ("limit", "cursor")}

    class Query(Body):
        def validate(self, given: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in given.items() if name not in paging}

    people = parameters(view.directory) if view.directory else {}
    return type("Query", (Query,), {**view.filters, **people, **paging})


class Retrieved:
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class Made:
    make: Callable[..., Any]

    def create(self, request: Request) -> Response:
        given = checked(self.serializer_class, request.data, **self.get_serializer_context())
        return Response(self.shown(self.make(**given, **self.deed())), status=status.HTTP_201_CREATED)


class Changed:
    change: Callable[..., Any]

    def partial_update(self, request: Request, pk: str) -> Response:
        record = self.get_object()
        if isinstance(request.data, Mapping) and "version" not in request.data:
            raise VersionMissing
        given = checked(self.changes(), request.data, **self.get_serializer_context())
        return Response(self.shown(self.change(record, **given, **self.deed())))

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return changes_of(cls.serializer_class)


class Words(Listed, Retrieved, Made, Changed):
    """What a tenant keeps to choose from, before a Resource: `retired` ends that, and begins it again."""

    filters: ClassVar[dict[str, serializers.Field]] = {"retired": serializers.BooleanField(required=False)}
    correct: Callable[..., Any]
    retire: Callable[..., Any]
    bring_back: Callable[..., Any]
    every: Callable[[], QuerySet]

    def get_queryset(self) -> QuerySet:
        return self.every().annotate(retired=Q(retired_at__isnull=False))

    def change(
        self, word: Any, *, version: int, retired: bool | None = None, by: Any, at: datetime, **facts: Any
    ) -> Any:
        if facts:
            word = self.correct(word, version=version, by=by, at=at, **facts)
            version = word.version
        if retired is not None:
            turn = self.retire if retired else self.bring_back
            word = turn(word, version=version, by=by, at=at)
        return word


class Trashed:
    trash: Callable[..., Any]

    def destroy(self, request: Request, pk: str) -> Response:
        """Into the trash, from where people bring it back."""
        self.trash(self.get_object(), **self.deed())
        return Response(status=status.HTTP_204_NO_CONTENT)
