"""Deals, their history and how they ended for other programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries as accounts
from apps.base.api import (
    Body,
    Changed,
    Listed,
    Made,
    RecordSerializer,
    Resource,
    Retrieved,
    SourcedSerializer,
    Trashed,
    Words,
    changes_of,
    checked,
)
from apps.base.fields import Choice, Day, Flag, Moment, MonthText, Ref, Text, Whole, Yen, of
from apps.customers import queries as customers
from apps.deals import operations, queries
from apps.deals.lists import DEALS
from apps.deals.models import Deal, DealChange, LostReason, Plan
from apps.deals.vocabulary import LostKind, Outcome, Stage


def every_reason() -> QuerySet[LostReason]:
    return queries.lost_reasons(retired=True)


def every_plan() -> QuerySet[Plan]:
    return queries.plans(retired=True)


# ── deals ──────────────────────────────────────────────────────────────────────────────────────────


class DealSerializer(SourcedSerializer):
    once = ("company", "opened_at", *SourcedSerializer.once)

    company = Ref(customers.companies)
    owner = Ref(accounts.people)
    name = of(Deal, "name")
    plan = of(Deal, "plan")
    amount = Yen(required=False, allow_null=True)
    expected_month = of(Deal, "expected_month")
    rank = of(Deal, "rank")
    stage = Choice(choices=Stage.choices, read_only=True)
    next_action = of(Deal, "next_action")
    next_action_on = of(Deal, "next_action_on")
    buyer_stage = of(Deal, "buyer_stage")
    opened_at = Moment(required=False, help_text=_("いつからの案件か。なければ今から"))
    closed_at = Moment(read_only=True, allow_null=True)
    lost_kind = of(Deal, "lost_kind", read_only=True)
    lost_reason = Ref(every_reason, read_only=True, allow_null=True)
    comes_back_on = of(Deal, "comes_back_on", read_only=True)


class DealChangesSerializer(changes_of(DealSerializer)):  # type: ignore[misc]
    at = Moment(
        source="when", write_only=True, required=False, help_text=_("いつから正しいか。なければ今から")
    )


class Dated(Body):
    """What happened on a day, or at a moment that is known exactly: either word takes either."""

    on = Moment(required=False)
    at = Moment(required=False)
    version = Whole(required=False, min_value=0)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        moments = [given.pop(name) for name in ("on", "at") if name in given]
        if len(moments) != 1:
            raise serializers.ValidationError({"on": [_("on か at のどちらか1つを入れてください。")]})
        return given | {"on": moments[0]}


class WinSerializer(Dated):
    amount = Yen()


class LoseSerializer(Dated):
    kind = Choice(choices=LostKind.choices)
    reason = Ref(queries.lost_reasons)
    comes_back_on = Day(required=False, allow_null=True)


class ReopenSerializer(Body):
    reason = Text(max_length=500)
    mistake = Flag(required=False, help_text=_("true: 記録の誤り。受注・ボツがなかったことにする"))
    at = Moment(source="when", required=False)
    version = Whole(required=False, min_value=0)


# ── history ────────────────────────────────────────────────────────────────────────────────────────


class HistorySerializer(Body):
    """過去の変化 — a moment and the fields that hold from it on."""

    at = Moment()
    company = Ref(customers.companies, required=False)
    owner = Ref(accounts.people, required=False)
    name = of(Deal, "name")
    plan = of(Deal, "plan")
    amount = Yen(required=False, allow_null=True)
    expected_month = of(Deal, "expected_month")
    rank = of(Deal, "rank")
    next_action = of(Deal, "next_action")
    next_action_on = of(Deal, "next_action_on")
    buyer_stage = of(Deal, "buyer_stage")
    stage = Choice(choices=Outcome.choices, required=False, source="outcome")
    lost_kind = of(Deal, "lost_kind")
    reason = Ref(every_reason, required=False, allow_null=True, source="lost_reason")
    comes_back_on = of(Deal, "comes_back_on")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        outcome = given.get("outcome")
        told = [name for name in _OF_A_LOSS if given.get(name)]
        if told and outcome != Outcome.LOST:
            raise serializers.ValidationError(
                {"stage": [_("ボツの種類・理由・戻ってくる日は、stageがlostのときだけ入れられます。")]}
            )
        if (
            outcome == Outcome.LOST
            and given.get("lost_kind") == LostKind.NOT_NOW
            and not given.get("comes_back_on")
        ):
            raise serializers.ValidationError(
                {"comes_back_on": [_("今だめのときは、戻ってくる日を入れてください。")]}
            )
        if len(given) == 1:
            raise serializers.ValidationError(_("変わった項目を1つ以上入れてください。"))
        return given | (_NOT_LOST if outcome and outcome != Outcome.LOST else {})

    def to_representation(self, change: DealChange) -> dict[str, Any]:
        kept = {_SHOWN_AS.get(name, name): value for name, value in change.fields.items()}
        words = {name: kept[name] or None for name in _WORDS if name in kept}
        return {"at": timezone.localtime(change.at).isoformat()} | kept | words


_OF_A_LOSS = ("lost_kind", "lost_reason", "comes_back_on")
_NOT_LOST = {"lost_kind": "", "lost_reason": None, "comes_back_on": None}
_SHOWN_AS = {"outcome": "stage", "lost_reason": "reason"}
_WORDS = ("rank", "buyer_stage", "lost_kind")
"""Empty columns of these are null outside."""


def _pairs(rows: list[dict[str, Any]]) -> list[tuple[datetime | date, dict[str, Any]]]:
    return [(row["at"], {name: value for name, value in row.items() if name != "at"}) for row in rows]


# ── how they ended ─────────────────────────────────────────────────────────────────────────────────


class SummaryQuery(Body):
    by = Choice(choices=[(name, name) for name in ("owner", "team", "plan")])
    to = MonthText(required=False, help_text=_("この月まで"))


SummaryQuery = type(
    "SummaryQuery", (SummaryQuery,), {"from": MonthText(required=False, help_text=_("この月から"))}
)


class RateSerializer(serializers.Serializer):
    num = serializers.IntegerField()
    den = serializers.IntegerField()


class ClosedSerializer(serializers.Serializer):
    key = serializers.CharField(allow_null=True, help_text=_("担当・チームのid、またはプラン名"))
    name = serializers.CharField()
    won = serializers.IntegerField()
    lost = serializers.IntegerField()
    win_rate = RateSerializer(allow_null=True)
    won_amount = serializers.IntegerField()


class SummarySerializer(serializers.Serializer):
    by = serializers.ChoiceField(choices=["owner", "team", "plan"])
    results = ClosedSerializer(many=True)


# ── the endpoints ──────────────────────────────────────────────────────────────────────────────────


class DealViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """案件"""

    serializer_class = DealSerializer
    directory = DEALS
    filters = {
        "q": Text(required=False, help_text=_("会社名・案件名・プラン")),
        "company": Ref(customers.companies, required=False),
        "owner": Ref(accounts.people, required=False),
        "stage": Choice(choices=Stage.choices, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    change = staticmethod(operations.change_deal)
    trash = staticmethod(operations.trash_deal)

    def get_queryset(self) -> QuerySet[Deal]:
        return queries.deals()

    def chosen(self, rows: QuerySet, *, q: str = "", **asked: Any) -> QuerySet:
        return super().chosen(queries.deals(words=q), **asked)

    def make(self, *, opened_at: datetime | date | None = None, **given: Any) -> Deal:
        return operations.open_deal(opened=opened_at, **given)

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return DealChangesSerializer

    @extend_schema(description=_("受注にする"), request=WinSerializer, responses={200: DealSerializer})
    @action(detail=True, methods=["post"])
    def win(self, request: Request, pk: str) -> Response:
        return self._done(operations.win, WinSerializer)

    @extend_schema(description=_("ボツにする"), request=LoseSerializer, responses={200: DealSerializer})
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, pk: str) -> Response:
        return self._done(operations.lose, LoseSerializer)

    @extend_schema(description=_("受注取消・復活"), request=ReopenSerializer, responses={200: DealSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self._done(operations.reopen, ReopenSerializer)

    def _done(self, deed: Callable[..., Deal], kind: type[Body]) -> Response:
        deal = self.get_object()
        given = checked(kind, self.request.data)
        return Response(self.shown(deed(deal, **given, **self.deed())))

    @extend_schema(
        description=_("過去の変化、古い順"),
        operation_id="deals_history_list",
        responses={200: HistorySerializer(many=True)},
    )
    @action(detail=True, methods=["get"], order=("at", "id"))
    def history(self, request: Request, pk: str) -> Response:
        rows = self.paginate_queryset(queries.changes_of(self.get_object()))
        return self.get_paginated_response(HistorySerializer(rows, many=True).data)

    @extend_schema(
        description=_("過去の変化を書き入れる。1行または行の配列"),
        operation_id="deals_history_load",
        request=PolymorphicProxySerializer(
            component_name="HistoryRows",
            serializers=[HistorySerializer, HistorySerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        responses={201: HistorySerializer(many=True)},
    )
    @history.mapping.post
    def load_history(self, request: Request, pk: str) -> Response:
        deal = self.get_object()
        rows = request.data if isinstance(request.data, list) else [request.data]
        given = checked(HistorySerializer, rows, many=True)
        operations.load_history(deal, rows=_pairs(given), **self.deed())
        answer = self.history(request, pk)  # type: ignore[call-arg]  # bound, though its decorators hide it
        answer.status_code = status.HTTP_201_CREATED
        return answer

    @extend_schema(
        description=_("受注・ボツ・受注率・受注金額を、担当・チーム・プランごとに"),
        parameters=[SummaryQuery],
        responses={200: SummarySerializer},
    )
    @action(detail=False, methods=["get"])
    def summary(self, request: Request) -> Response:
        asked = checked(SummaryQuery, request.query_params.dict())
        zone = timezone.get_current_timezone()
        ended = queries.standing(
            since=asked["from"].starts_at(zone) if "from" in asked else None,
            before=asked["to"].ends_at(zone) if "to" in asked else None,
        )
        rows = _CLOSED_BY[asked["by"]](ended)
        return Response({"by": asked["by"], "results": [_closed(row) for row in rows]})


_CLOSED_BY = {
    "owner": queries.closed_by_owner,
    "team": queries.closed_by_team,
    "plan": queries.closed_by_plan,
}


def _closed(row: queries.Closed) -> dict[str, Any]:
    ended = row.won + row.lost
    return {
        "key": row.key,
        "name": row.name,
        "won": row.won,
        "lost": row.lost,
        "win_rate": {"num": row.won, "den": ended} if ended else None,
        "won_amount": row.won_amount,
    }


class LostReasonSerializer(RecordSerializer):
    label = of(LostReason, "label")
    cause = of(LostReason, "cause")
    retired = Flag(read_only=True)


class LostReasonChangesSerializer(changes_of(RecordSerializer)):  # type: ignore[misc]
    retired = Flag(help_text=_("true: もう選べないようにする"))

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["retired"].required = True
        return fields


class LostReasonViewSet(Words, Resource):
    """ボツの理由"""

    serializer_class = LostReasonSerializer
    every = staticmethod(every_reason)
    make = staticmethod(operations.add_lost_reason)
    retire = staticmethod(operations.retire_lost_reason)
    bring_back = staticmethod(operations.bring_back_lost_reason)

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return LostReasonChangesSerializer


class PlanSerializer(RecordSerializer):
    name = of(Plan, "name")
    price = Yen(required=False, allow_null=True)
    retired = Flag(read_only=True)


class PlanChangesSerializer(changes_of(PlanSerializer)):  # type: ignore[misc]
    retired = Flag(required=False, help_text=_("true: もう選べないようにする"))


class PlanViewSet(Words, Resource):
    """プラン"""

    serializer_class = PlanSerializer
    every = staticmethod(every_plan)
    make = staticmethod(operations.add_plan)
    correct = staticmethod(operations.change_plan)
    retire = staticmethod(operations.retire_plan)
    bring_back = staticmethod(operations.bring_back_plan)

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return PlanChangesSerializer
