"""Daily reports for other programs: everybody's to read, one's own to send and to revise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries as accounts
from apps.activities import daily_queries, operations
from apps.activities.models import DailyReport
from apps.activities.vocabulary import FollowKind, FollowOutcome, VisitStatus
from apps.base.api import Body, Changed, Listed, Made, Resource, Retrieved, SourcedSerializer, checked
from apps.base.fields import Choice, Day, Moment, Ref, Text, of


class DailyReportSerializer(SourcedSerializer):
    once = ("day", *SourcedSerializer.once)

    user = Ref(accounts.people, read_only=True, help_text=_("トークンの人"))
    day = Day()
    reflection = of(DailyReport, "reflection")
    tomorrow = of(DailyReport, "tomorrow")
    sent_at = Moment(read_only=True)


class DayQuery(Body):
    user = Ref(accounts.people, required=False, help_text=_("なければトークンの人"))
    on = Day(required=False, help_text=_("なければ今日"))


class FollowedSerializer(serializers.Serializer):
    kind = Choice(choices=FollowKind.choices)
    outcome = Choice(choices=FollowOutcome.choices)
    count = serializers.IntegerField()


class MetSerializer(serializers.Serializer):
    visit = serializers.UUIDField(source="pk")
    company = serializers.UUIDField(source="company_id")
    name = serializers.CharField(source="company.name")
    starts_at = Moment()
    status = Choice(choices=VisitStatus.choices)


class MovedSerializer(serializers.Serializer):
    deal = serializers.UUIDField(source="deal.pk")
    company = serializers.UUIDField(source="deal.company_id")
    name = serializers.CharField(source="deal.company.name")
    headline = serializers.CharField()
    learned = serializers.ListField(child=serializers.CharField())


class DaySerializer(serializers.Serializer):
    follows = FollowedSerializer(many=True, source="follows_by")
    answered = serializers.IntegerField()
    talk_minutes = serializers.IntegerField()
    visits = MetSerializer(many=True)
    moved = MovedSerializer(many=True)


class DailyReportViewSet(Listed, Retrieved, Made, Changed, Resource):
    """日報"""

    serializer_class = DailyReportSerializer
    order = ("-day", "-id")
    filters = {
        "user": Ref(accounts.people, required=False),
        "day": Day(required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }

    def get_queryset(self) -> QuerySet[DailyReport]:
        return daily_queries.daily_reports()

    def make(self, *, at: datetime, **given: Any) -> DailyReport:
        return operations.send_daily(at=at, **given)

    def change(self, report: DailyReport, **given: Any) -> DailyReport:
        return operations.revise_daily(report, **given)

    @extend_schema(
        description=_("その日にしたこと。日報がまだでも読める"),
        operation_id="daily_reports_day",
        parameters=[DayQuery],
        responses={200: DaySerializer},
    )
    @action(detail=False, methods=["get"])
    def day(self, request: Request) -> Response:
        asked = checked(DayQuery, request.query_params.dict())
        user, on = asked.get("user", request.user), asked.get("on", timezone.localdate())
        day = daily_queries.day_of(user, on)
        day.follows_by = [
            {"kind": kind, "outcome": outcome, "count": day.followed[kind][outcome]}
            for kind in FollowKind
            for outcome in FollowOutcome
            if outcome in day.followed.get(kind, ())
        ]
        return Response(DaySerializer(day).data)
