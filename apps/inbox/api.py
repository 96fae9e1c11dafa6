"""What reaches a person, for other programs: the notifications of the token's owner."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.base.api import Body, Listed, Resource, Retrieved, checked
from apps.base.fields import Moment
from apps.inbox import operations, queries, wording
from apps.inbox.kinds import CODES
from apps.inbox.models import Notification


class NotificationSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="one.pk")
    kind = serializers.CharField(source="one.kind")
    words = serializers.CharField()
    quote = serializers.CharField()
    record = serializers.CharField(help_text=_("記録の名前。今は見られない記録なら空"))
    page = serializers.CharField(source="address")
    about_kind = serializers.SerializerMethodField()
    about = serializers.UUIDField(source="one.subject_id")
    by = serializers.UUIDField(source="one.by_id", allow_null=True)
    count = serializers.IntegerField(
        source="one.count",
    )
    at = Moment(source="one.at")
    read_at = Moment(source="one.read_at", allow_null=True)

    def get_about_kind(self, told: wording.Told) -> str | None:
        return CODES.get(told.one.subject_kind)


class ReadAllSerializer(Body):
    until = serializers.UUIDField(required=False)


class ReadSerializer(serializers.Serializer):
    count = serializers.IntegerField()


class NotificationViewSet(Listed, Retrieved, Resource):
    """通知"""

    serializer_class = NotificationSerializer
    order = ("-id",)
    filters = {"unread": serializers.BooleanField(required=False)}

    def get_queryset(self) -> QuerySet[Notification]:
        return queries.notifications_of(self.request.user.pk)

    def chosen(self, rows: QuerySet, *, unread: bool | None = None, **asked: Any) -> QuerySet:
        rows = super().chosen(rows, **asked)
        if unread is None:
            return rows
        return rows.unread() if unread else rows.filter(read_at__isnull=False)

    def paginate_queryset(self, queryset: QuerySet) -> list[wording.Told]:
        return wording.told(super().paginate_queryset(queryset))

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._told(self.get_object())

    @extend_schema(description=_("既読にする"), request=None, responses={200: NotificationSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        one = self.get_object()
        operations.mark_read(request.user.pk, only=one.pk, at=timezone.now())
        return self._told(self.get_object())

    @extend_schema(
        description=_("まとめて既読にする"), request=ReadAllSerializer, responses={200: ReadSerializer}
    )
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        given = checked(ReadAllSerializer, request.data)
        count = operations.mark_read(request.user.pk, at=timezone.now(), **given)
        return Response(ReadSerializer({"count": count}).data)

    def _told(self, one: Notification) -> Response:
        return Response(self.get_serializer(wording.told([one])[0]).data)
