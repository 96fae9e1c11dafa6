"""Daily reports with who has read them and how they were answered."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.activities import daily_api
from apps.activities.models import DailyReport
from apps.base.api import Body, checked
from apps.base.fields import Choice
from apps.conversations import operations, reading
from apps.conversations.vocabulary import Sign


class ReactionSerializer(Body):
    sign = Choice(choices=Sign.choices, label=_("反応"))


class ReactionsSerializer(serializers.Serializer):
    sign = serializers.ChoiceField(choices=Sign.choices)
    people = serializers.ListField(child=serializers.UUIDField())


class TalkSerializer(serializers.Serializer):
    read_by = serializers.ListField(child=serializers.UUIDField())
    reactions = ReactionsSerializer(many=True)
    read = serializers.BooleanField(help_text=_("自分は既読か。自分の日報ならtrue"))
    mine = serializers.ChoiceField(choices=Sign.choices, allow_null=True)


class DailyReportViewSet(daily_api.DailyReportViewSet):
    """日報"""

    filters = daily_api.DailyReportViewSet.filters | {
        "unread": serializers.BooleanField(
            required=False, help_text=_("true: 自分がまだ読んでいない、ほかの人の日報")
        )
    }

    def chosen(self, rows: QuerySet, *, unread: bool | None = None, **asked: Any) -> QuerySet:
        rows = super().chosen(rows, **asked)
        if unread is None:
            return rows
        unread_by = reading.unread_by(self.request.user)
        return rows.filter(unread_by) if unread else rows.exclude(unread_by)

    @extend_schema(description=_("だれが読み、どう反応したか"), responses={200: TalkSerializer})
    @action(detail=True, methods=["get"])
    def talk(self, request: Request, pk: str) -> Response:
        return self._talk(self.get_object())

    @extend_schema(description=_("既読にする"), request=None, responses={200: TalkSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        report = self.get_object()
        operations.mark_read(about=report, **self.deed())
        return self._talk(report)

    @extend_schema(
        description=_("反応する。前の反応に代わる"),
        request=ReactionSerializer,
        responses={200: TalkSerializer},
    )
    @action(detail=True, methods=["put"], url_path="reaction")
    def react(self, request: Request, pk: str) -> Response:
        report = self.get_object()
        given = checked(ReactionSerializer, request.data)
        operations.react(about=report, sign=Sign(given["sign"]), stays=True, **self.deed())
        return self._talk(report)

    @extend_schema(description=_("反応を取り消す"), responses={204: None})
    @react.mapping.delete
    def take_back_reaction(self, request: Request, pk: str) -> Response:
        operations.take_back_reaction(about=self.get_object(), **self.deed())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _talk(self, report: DailyReport) -> Response:
        talk = reading.talks(self.request.user, [report])[report.pk]
        told = {
            "read_by": [reader.pk for reader in talk.readers],
            "reactions": [
                {"sign": sign, "people": [person.pk for person in people]}
                for sign, _label, people in talk.signs
                if people
            ],
            "read": talk.read,
            "mine": talk.mine or None,
        }
        return Response(TalkSerializer(told).data)
