"""The goal/process table for other programs: every name, every part of every rate."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from apps.accounts import queries as accounts
from apps.activities.vocabulary import Turnout
from apps.base.api import Body, checked
from apps.base.fields import Moment, MonthText, Ref
from apps.goals.vocabulary import Row, Unit
from apps.reviews import expectations, queries, rules
from apps.reviews.queries import MOST_MONTHS
from apps.reviews.scope import Scope

USUAL_MONTHS = 6


class _Query(Body):
    """Whose figures, of which months."""

    rep = Ref(accounts.people, required=False)
    team = Ref(accounts.teams, required=False)
    org = serializers.ChoiceField(choices=[("1", "1")], required=False)
    months = serializers.IntegerField(min_value=1, max_value=MOST_MONTHS, default=USUAL_MONTHS)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if len([name for name in ("rep", "team", "org") if name in given]) != 1:
            raise serializers.ValidationError(_("rep、team、org=1 のどれか1つを指定してください。"))
        try:
            (given["from"] + given["months"] - 1).checked()
        except ValueError:
            raise serializers.ValidationError({"months": [_("2200年までの月を指定してください。")]}) from None
        return given


_FROM = {"from": MonthText(help_text=_("最初の月"))}
_AS_OF = {"as_of": Moment(required=False, help_text=_("どの時点の表か。なければ今"))}
BoardQuery = type("BoardQuery", (_Query,), _FROM | _AS_OF)
ExpectationsQuery = type("ExpectationsQuery", (_Query,), _FROM)

_RATIO = {
    "type": "object",
    "required": ["num", "den"],
    "properties": {"num": {"type": "integer"}, "den": {"type": "integer"}},
}
_NAMES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["deal", "company", "amount"],
        "properties": {
            "deal": {"type": "string", "format": "uuid"},
            "company": {"type": "string"},
            "amount": {"type": "integer", "nullable": True},
        },
    },
}


@extend_schema_field({"nullable": True, "anyOf": [{"type": "integer"}, _RATIO, _NAMES]})
class Figure(serializers.Field):
    """A whole number, a rate or price in its parts, deals by name, or null for "—"."""

    def to_representation(self, value: Any) -> Any:
        return value


class RowSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=Row.choices)
    label = serializers.CharField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    benchmark = Figure()
    values = serializers.ListField(child=Figure())
    undated = Figure()
    total = Figure()


@extend_schema_field(_NAMES)
class Names(serializers.Field):
    pass


@extend_schema_serializer(many=False)
class BoardSerializer(serializers.Serializer):
    as_of = serializers.DateTimeField()
    months = serializers.ListField(child=MonthText())
    rows = RowSerializer(many=True)
    past_due = Names()


class BoardViewSet(ViewSet):
    """目標・プロセス管理表"""

    @extend_schema(
        description=_("担当(rep)・チーム(team)・全体(org=1)の表。率と単価は約分しない分子と分母"),
        operation_id="board",
        parameters=[BoardQuery],
        responses={200: BoardSerializer},
    )
    def list(self, request: Request) -> Response:
        asked = checked(BoardQuery, request.query_params.dict())
        now, zone = timezone.now(), timezone.get_current_timezone()
        as_of = rules.as_asked(asked["as_of"].isoformat(), now=now, zone=zone) if "as_of" in asked else now
        months = list(asked["from"].range(asked["months"]))
        return Response(_told(queries.board(_scope(asked), months=months, as_of=as_of, zone=zone)))


class ExpectationSerializer(serializers.Serializer):
    """`expected` of one rep and kind, and what became of them."""

    rep = serializers.UUIDField(allow_null=True)
    rep_name = serializers.CharField()
    kind = serializers.UUIDField(allow_null=True)
    kind_label = serializers.CharField()
    expected = serializers.IntegerField(help_text=_("結果がついた想定の件数"))
    as_expected = serializers.IntegerField()
    different = serializers.IntegerField()
    did_not_come_up = serializers.IntegerField()


@extend_schema_serializer(many=False)
class ExpectationsSerializer(serializers.Serializer):
    months = serializers.ListField(child=MonthText())
    results = ExpectationSerializer(many=True)


class ExpectationsViewSet(ViewSet):
    """想定と結果"""

    @extend_schema(
        description=_("済んだ訪問の想定した課題がどうだったかを、担当と種類ごとに"),
        operation_id="expectations",
        parameters=[ExpectationsQuery],
        responses={200: ExpectationsSerializer},
    )
    def list(self, request: Request) -> Response:
        asked = checked(ExpectationsQuery, request.query_params.dict())
        months = list(asked["from"].range(asked["months"]))
        cells = expectations.cells(_scope(asked), months=months, zone=timezone.get_current_timezone())
        rows = [
            {
                "rep": rep.pk,
                "rep_name": rep.name,
                "kind": kind.pk,
                "kind_label": kind.name,
                "expected": tally.n,
            }
            | {turnout: getattr(tally, turnout) for turnout in Turnout.values}
            for rep, kind, tally in expectations.crossed(cells)
        ]
        return Response({"months": [str(month) for month in months], "results": rows})


def _scope(asked: dict[str, Any]) -> Scope:
    return Scope.of_team(asked["team"]) if "team" in asked else Scope(rep=asked.get("rep"))


def _told(board: queries.Board) -> dict[str, Any]:
    return {
        "as_of": timezone.localtime(board.as_of).isoformat(),
        "months": [str(month) for month in board.months],
        "rows": [_row(line) for line in board.lines if line.row != Row.PER_HEAD],
        "past_due": _value(board.past_due),
    }


def _row(line: rules.Line) -> dict[str, Any]:
    return {
        "code": line.row.value,
        "label": str(line.row.label),
        "unit": line.unit.value,
        "benchmark": _value(line.benchmark),
        "values": [_value(value) for value in line.values],
        "undated": _value(line.undated),
        "total": _value(line.total),
    }


def _value(value: Any) -> Any:
    if isinstance(value, rules.Ratio):
        return {"num": value.num, "den": value.den}
    if isinstance(value, list):
        return [{"deal": name.deal, "company": name.company, "amount": name.amount} for name in value]
    return value
