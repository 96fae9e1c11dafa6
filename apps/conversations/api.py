"""Comments and files for other programs."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.base.api import Changed, Listed, Made, Resource, Retrieved, SourcedSerializer, Trashed
from apps.base.fields import LONGEST_NUMBER, Choice, Flag, Moment, Ref, Refs, Text, Whole
from apps.conversations import operations, queries, reading, rules, serving, subjects
from apps.conversations.forms import LONGEST
from apps.conversations.models import Attachment, Comment
from apps.conversations.vocabulary import FileKind


class About(Text):
    """The record, by its id or by the external_id that it came with; `about_kind` says of which kind."""

    def to_representation(self, value: Any) -> str:
        return str(value)


class AboutKind(Choice):
    def get_attribute(self, instance: Any) -> str:
        return subjects.by_stored(instance.subject_kind).code


class BesideSerializer(SourcedSerializer):
    once = ("about_kind", "about", *SourcedSerializer.once)

    about_kind = AboutKind(choices=[(kind.code, kind.label) for kind in subjects.KINDS.values()])
    about = About(max_length=LONGEST_NUMBER, source="subject_id", help_text=_("記録のidか、取り込み元の番号"))

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(given)
        if "about_kind" in given:
            among = Ref(subjects.KINDS[given.pop("about_kind")].seen)
            try:
                given["about"] = among.to_internal_value(given.pop("subject_id"))
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"about": error.detail}) from error
        return given


class Said(Text):
    """A comment's text as it was typed, names for the people whom it names."""

    def get_attribute(self, instance: Comment) -> str:
        return rules.spoken(instance.text, {m.person_id: m.person.name for m in instance.mentions.all()})


class Named(Refs):
    def get_attribute(self, instance: Comment) -> list[Any]:
        return [mention.person_id for mention in instance.mentions.all()]


class CommentSerializer(BesideSerializer):
    once = ("asks", *BesideSerializer.once)

    text = Said(max_length=LONGEST, label=_("コメント"))
    author = Ref(accounts.people, read_only=True)
    mentioned = Named(accounts.people, read_only=True, help_text=_("本文で @氏名 と呼ばれた人"))
    asks = Flag(required=False, help_text=_("true: 日報への質問として、書いた人の返事を待つ"))
    waits = Flag(read_only=True, help_text=_("返事を待っている質問"))
    edited_at = Moment(read_only=True, allow_null=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("asks") and given.get("about_kind") != "daily":
            raise serializers.ValidationError({"asks": [_("質問は日報にだけできます。")]})
        return super().validate(given)


class CommentViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """コメント"""

    serializer_class = CommentSerializer
    order = queries.LATEST_FIRST
    filters = {
        "about": serializers.UUIDField(required=False, source="subject_id"),
        "author": Ref(accounts.people, required=False),
        "waits": serializers.BooleanField(required=False),
        "asked_of": Ref(
            accounts.people, required=False, help_text=_("この人の日報への、まだ答えていない質問")
        ),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.write_comment)
    trash = staticmethod(operations.take_back_comment)

    def get_queryset(self) -> QuerySet[Comment]:
        return reading.with_waits(queries.comments()).prefetch_related("mentions__person")

    def chosen(self, rows: QuerySet, *, asked_of: User | None = None, **asked: Any) -> QuerySet:
        rows = super().chosen(rows, **asked)
        return rows.filter(pk__in=reading.questions_to(asked_of).values("pk")) if asked_of else rows

    def change(self, comment: Comment, *, text: str | None = None, **given: Any) -> Comment:
        """A PATCH that says nothing new leaves it as it is."""
        return comment if text is None else operations.change_comment(comment, text=text, **given)


@extend_schema_field({"type": "string", "format": "byte"})
class Content(serializers.Field):
    """A file's bytes in Base64: as large as a body may be, about 3.5 MB; larger ones are laid down on the page."""

    default_error_messages = {"invalid": _("ファイルの中身をBase64の文字で入れてください。")}

    def to_internal_value(self, data: Any) -> ContentFile:
        try:
            return ContentFile(base64.b64decode(data, validate=True))
        except (binascii.Error, TypeError, ValueError):
            self.fail("invalid")


class AttachmentSerializer(BesideSerializer):
    name = Text(max_length=1_000, label=_("ファイル名"))
    content = Content(write_only=True, help_text=_("ファイルの中身(Base64)。約3.5MBまで"))
    kind = Choice(choices=FileKind.choices, read_only=True, label=_("種類"))
    size = Whole(read_only=True, label=_("大きさ"))
    digest = Text(read_only=True, help_text=_("SHA-256"))
    added_by = Ref(accounts.people, read_only=True)


class AttachmentViewSet(Listed, Retrieved, Made, Trashed, Resource):
    """ファイル"""

    serializer_class = AttachmentSerializer
    order = queries.LATEST_FIRST
    filters = {
        "about": serializers.UUIDField(required=False, source="subject_id"),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    trash = staticmethod(operations.remove_file)

    def get_queryset(self) -> QuerySet[Attachment]:
        return queries.attachments()

    def make(self, *, content: ContentFile, at: datetime, **given: Any) -> Attachment:
        return operations.attach_file(file=content, at=at, **given)

    @extend_schema(
        description=_("ファイルの中身"), responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: str) -> FileResponse:
        return serving.given_out(self.get_object())
