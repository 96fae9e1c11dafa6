"""Monthly goals for other programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries as accounts
from apps.base.api import Body, Changed, Listed, RecordSerializer, Resource, Retrieved, checked
from apps.base.fields import MonthText, Ref, Whole, Yen
from apps.goals import operations, queries
from apps.goals.models import MonthlyGoal
from apps.goals.vocabulary import BENCHMARKED, TARGETS

LARGEST_COUNT = 10**9


def _number(name: str) -> serializers.Field:
    kind = Yen if name == "sales" else Whole
    given = {} if name == "sales" else {"min_value": 0, "max_value": LARGEST_COUNT}
    return kind(required=False, allow_null=True, **given)


class _Targets(Body):
    def get_attribute(self, goal: MonthlyGoal) -> MonthlyGoal:
        return goal


class _Benchmarks(Body):
    def to_representation(self, typed: dict[str, int]) -> dict[str, int]:
        return typed


TargetsSerializer = type("TargetsSerializer", (_Targets,), {name: _number(name) for name in TARGETS})
BenchmarksSerializer = type(
    "BenchmarksSerializer",
    (_Benchmarks,),
    {str(row): Yen(required=False, allow_null=True) for row in BENCHMARKED},
)


class MonthlyGoalSerializer(RecordSerializer):
    once = ("rep", "month")

    rep = Ref(accounts.people)
    month = MonthText()
    targets = TargetsSerializer(required=False)
    benchmarks = BenchmarksSerializer(required=False)


class NewMonthlyGoalSerializer(MonthlyGoalSerializer):
    """With the version that was seen, if the goal is not to be set over what another typed meanwhile."""

    version = Whole(required=False, min_value=0)


class MonthlyGoalViewSet(Listed, Retrieved, Changed, Resource):
    """月の目標"""

    serializer_class = MonthlyGoalSerializer
    filters = {
        "rep": Ref(accounts.people, required=False),
        "month": MonthText(required=False),
        "from": MonthText(required=False, source="month__gte"),
        "to": MonthText(required=False, source="month__lte"),
    }

    def get_queryset(self) -> QuerySet[MonthlyGoal]:
        return queries.every_goal()

    @extend_schema(
        description=_("担当と月の目標を決める。すでにあれば、送られた項目だけを変える"),
        request=NewMonthlyGoalSerializer,
        responses={201: MonthlyGoalSerializer, 200: MonthlyGoalSerializer},
    )
    def create(self, request: Request) -> Response:
        given = checked(NewMonthlyGoalSerializer, request.data)
        goal = operations.set_monthly_goal(given.pop("rep"), **given, **self.deed())
        answer = status.HTTP_201_CREATED if goal.version == 1 else status.HTTP_200_OK
        return Response(self.shown(goal), status=answer)

    def change(self, goal: MonthlyGoal, **given: Any) -> MonthlyGoal:
        return operations.set_monthly_goal(goal.rep, month=goal.month, **given)
