"""ひとことで記録 for other programs: a line is read without writing anything, and kept as the page keeps it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import check
from apps.accounts.vocabulary import Act
from apps.actions import forms, operations, queries
from apps.actions.capture.reading import Certainty
from apps.actions.captured import Captured
from apps.actions.models import Capture, UnseenLine
from apps.activities import queries as activities
from apps.activities.api import moment
from apps.activities.vocabulary import Direction, FollowOutcome
from apps.base.api import Body, Listed, Resource, Retrieved, checked
from apps.base.fields import Choice, Day, Flag, Moment, Ref, Text, Whole, Yen, of
from apps.base.models import new_id
from apps.base.pages import found_or_404
from apps.customers import queries as customers
from apps.deals import queries as deals
from apps.deals.models import Deal
from apps.deals.vocabulary import Rank, Stage


class SaidSerializer(Body):
    """What a line says. Given: what is to be kept instead of what was read."""

    company = Ref(customers.companies, required=False, allow_null=True)
    contact = Ref(customers.contacts, required=False, allow_null=True)
    kind = Choice(choices=forms.KINDS, required=False, allow_null=True)
    outcome = Choice(choices=FollowOutcome.choices, required=False, allow_null=True)
    direction = Choice(choices=Direction.choices, required=False, allow_null=True)
    minutes = Whole(required=False, allow_null=True, min_value=0, max_value=1440)
    happened_on = Day(required=False, allow_null=True, help_text=gettext_lazy("なければ今"))
    result = Text(max_length=forms.LONGEST, required=False, allow_blank=True)
    plan = of(Deal, "plan")
    amount = Yen(required=False, allow_null=True)
    expected_month = of(Deal, "expected_month")
    next_action = of(Deal, "next_action")
    next_action_on = of(Deal, "next_action_on")
    deal = Ref(deals.deals, required=False, allow_null=True)
    opens_deal = Flag(required=False, help_text=gettext_lazy("この内容で案件を始める"))

    def to_representation(self, values: SimpleNamespace) -> dict[str, Any]:
        """Without the deal where one of several must be named: sent back, null would say that it is none of them."""
        shown = super().to_representation(values)
        return {name: value for name, value in shown.items() if name != "deal" or not values.deal_is_asked}


def _one_line(line: str) -> None:
    if "\n" in line:
        raise serializers.ValidationError(_("1行ずつ送ってください。"))


def _written(**given: Any) -> Text:
    return Text(max_length=forms.LONGEST, validators=[_one_line], **given)


class WrittenSerializer(Body):
    line = _written()
    written_at = Moment(required=False, help_text=gettext_lazy("なければ今"))

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        given["written_at"] = moment(given.get("written_at", now), now=now)
        if given["written_at"] > now:
            raise serializers.ValidationError({"written_at": [_("これからの日時は入れられません。")]})
        return given


class WhichSerializer(WrittenSerializer):
    """A line, or one that waits for a look."""

    line = _written(required=False)
    waiting = serializers.UUIDField(
        required=False, help_text=gettext_lazy("確かめる行のid。lineとwritten_atの代わり")
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("line" in given) == ("waiting" in given) or {"waiting", "written_at"} <= given.keys():
            raise serializers.ValidationError(
                {"line": [_("line か waiting のどちらか1つを入れてください。")]}
            )
        return super().validate(given)


class LineSerializer(WhichSerializer, SaidSerializer):
    """A line, and what is corrected in it."""


class ChipSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    words = serializers.CharField(source="value")
    certainty = serializers.ChoiceField(choices=[each.value for each in Certainty], source="certainty.value")


class NamedSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="pk")
    name = serializers.CharField(source="__str__")


class MissingSerializer(serializers.Serializer):
    field = serializers.CharField(allow_null=True)
    detail = serializers.CharField()


class BecomesSerializer(serializers.Serializer):
    stage = Choice(choices=Stage.choices)
    rank = Choice(choices=Rank.choices, allow_null=True)


class ReadingSerializer(serializers.Serializer):
    line = serializers.CharField()
    written_at = Moment()
    chips = ChipSerializer(many=True)
    values = SaidSerializer(help_text=gettext_lazy("このまま、または直して送ると記録になる"))
    companies = NamedSerializer(many=True)
    new_company = serializers.CharField(allow_null=True)
    deals = NamedSerializer(many=True)
    deal_becomes = BecomesSerializer(allow_null=True)
    ready = serializers.BooleanField()
    missing = MissingSerializer(many=True)
    awaiting = serializers.UUIDField(
        allow_null=True, help_text=gettext_lazy("記録の代わりに外出後報告を待っている訪問")
    )


class CaptureSerializer(Body):
    id = serializers.UUIDField(read_only=True)
    follow = Ref(activities.follows, read_only=True, allow_null=True)
    visit = Ref(activities.visits, read_only=True, allow_null=True)
    deal = Ref(deals.deals, read_only=True, allow_null=True)
    opened_deal = Flag(read_only=True)


class CaptureViewSet(Retrieved, Resource):
    """ひとことで記録"""

    serializer_class = CaptureSerializer

    def get_queryset(self) -> QuerySet[Capture]:
        return queries.captures(self.request.user)

    @extend_schema(
        description=gettext_lazy("行を読み取る。何も記録しない"),
        request=LineSerializer,
        responses={200: ReadingSerializer},
    )
    @action(detail=False, methods=["post"])
    def read(self, request: Request) -> Response:
        return Response(ReadingSerializer(_told(_line(request))).data)

    @extend_schema(
        description=gettext_lazy("行を記録する。推測のままの顧客では記録しない"),
        request=LineSerializer,
        responses={201: CaptureSerializer},
    )
    def create(self, request: Request) -> Response:
        line = _line(request)
        if line.awaiting:
            raise operations.AwaitsReport(_("予定していた訪問です。外出後報告として送ってください。"))
        if not line.ready:
            faults = {_field(name) or "non_field_errors": said for name, said in line.form.errors.items()}
            raise serializers.ValidationError(faults)
        line.keep(at=timezone.now())
        kept = queries.captures(request.user).get(pk=line.form.cleaned_data["key"])
        return Response(self.shown(kept), status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: str) -> Response:
        """All that the line became is taken back."""
        operations.take_back_captures([self.get_object()], **self.deed())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _line(request: Request) -> Captured:
    """The line as the page would hold it; what could not be chosen there is refused rather than passed over."""
    check(request.user, Act.RECORD_FOLLOWS)
    said = checked(LineSerializer, request.data)
    line, written_at, key = said.pop("line", ""), said.pop("written_at"), new_id()
    if "waiting" in said:
        waiting = _waiting(request, said.pop("waiting"))
        line, written_at, key = waiting.line, waiting.written_at, waiting.pk
    posted = {name: _typed(value) for name, value in said.items()}
    before = {"read": line} if posted else {}
    found = Captured(line, user=request.user, now=written_at, posted=posted | before | {"key": str(key)})
    if found.company:
        for name, sentence in _NOT_THERE.items():
            chosen = found.form[name].value() if name in found.form.fields else ""
            if posted.get(name) and posted[name] != str(chosen):
                raise serializers.ValidationError({name: [sentence]})
    return found


_NOT_THERE = {
    "contact": gettext_lazy("この担当者は別の会社の人です。"),
    "deal": gettext_lazy("この会社の、自分の進行中の案件ではありません。"),
}


def _waiting(request: Request, pk: UUID) -> UnseenLine:
    try:
        return found_or_404(queries.unseen_lines(request.user), pk)
    except Http404:
        unknown = Ref.default_error_messages["unknown"] % {"given": pk}
        raise serializers.ValidationError({"waiting": [unknown]}) from None


def _typed(value: Any) -> str:
    """As it would stand in the field of the page."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(getattr(value, "pk", value))


def _told(found: Captured) -> dict[str, Any]:
    ready, form = found.ready, found.form
    return {
        "line": found.line,
        "written_at": found.now,
        "chips": found.chips,
        "values": _values(form),
        "companies": [found.company] if found.company else found.offered,
        "new_company": found.reading.new_name or None,
        "deals": form.deals,
        "deal_becomes": found.after,
        "ready": ready and not found.awaiting,
        "missing": [
            {"field": _field(name), "detail": error}
            for name, errors in form.errors.items()
            for error in errors
        ],
        "awaiting": found.awaiting and found.awaiting.pk,
    }


def _values(form: forms.CaptureForm) -> SimpleNamespace:
    """What would be recorded, for a serializer that shows records by their id."""
    values = {name: form.cleaned_data.get(name) for name in SaidSerializer().fields}
    ids = {f"{name}_id": record and record.pk for name, record in values.items() if name in _RECORDS}
    return SimpleNamespace(**values | ids, deal_is_asked="deal" in form.errors)


_RECORDS = ("company", "contact", "deal")


def _field(name: str) -> str | None:
    """The name of a field; what is about the whole has none."""
    return None if name == NON_FIELD_ERRORS else name


# ── lines that wait for a look ─────────────────────────────────────────────────────────────────────


class WaitingSerializer(WrittenSerializer):
    id = serializers.UUIDField(read_only=True)


class WaitingLineViewSet(Listed, Retrieved, Resource):
    """確かめる行"""

    serializer_class = WaitingSerializer
    order = ("written_at", "id")

    def get_queryset(self) -> QuerySet[UnseenLine]:
        return queries.unseen_lines(self.request.user)

    @extend_schema(description=gettext_lazy("行を置いて、書いた人に確かめてもらう。まだ何も記録しない"))
    def create(self, request: Request) -> Response:
        given, key = checked(WaitingSerializer, request.data), new_id()
        operations.lay_up_lines({key: given["line"]}, written_at=given["written_at"], **self.deed())
        laid_up = self.get_queryset().get(pk=key)
        return Response(self.get_serializer(laid_up).data, status=status.HTTP_201_CREATED)

    @extend_schema(description=gettext_lazy("行を捨てる"))
    def destroy(self, request: Request, pk: str) -> Response:
        operations.throw_away_line(self.get_object(), **self.deed())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        description=gettext_lazy("捨てた行を戻す"), request=None, responses={200: WaitingSerializer}
    )
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, pk: str) -> Response:
        line = found_or_404(UnseenLine.objects.filter(user=request.user), pk)
        operations.bring_back_line(line, **self.deed())
        return Response(self.shown(line))
