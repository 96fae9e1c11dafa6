"""今日 for other programs: the same rows, the same sentence, and 明日にする."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from apps.actions import operations
from apps.actions.sentence import sentence
from apps.actions.today import MEASURES, Progress, Today, today_of
from apps.activities.daily_api import MetSerializer
from apps.activities.models import Visit
from apps.base.api import Body, checked
from apps.base.fields import LONGEST_NUMBER, Choice, Day, MonthText, Ref, Text, Whole
from apps.conversations.models import Comment
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.deals import operations as deeds
from apps.deals import queries as deals
from apps.deals.api import DealSerializer
from apps.deals.models import Deal


class Kind(StrEnum):
    """What a row is about."""

    REPORT = "report"
    QUESTION = "question"
    ACTION = "action"
    STILL = "still"
    LEAD = "lead"
    BUYING = "buying"


class Deed(StrEnum):
    """What a row asks for."""

    REPORT = "report"
    PREPARE = "prepare"
    ANSWER = "answer"
    FOLLOW = "follow"
    DECIDE = "decide_next"


_OF_DEALS = (Kind.ACTION, Kind.STILL)
_CAN_WAIT = [(kind.value, kind.value) for kind in (*_OF_DEALS, Kind.LEAD, Kind.BUYING)]


class DayRowSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    about_kind = serializers.ChoiceField(choices=["visit", "comment", "deal", "company"])
    about = serializers.UUIDField()
    company = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    text = serializers.CharField()
    on = Day(allow_null=True, help_text=_("期日、訪問の日、リストに載った日、検討の月の初日"))
    overdue = serializers.BooleanField()
    silent_days = serializers.IntegerField(allow_null=True)
    act = serializers.ChoiceField(choices=[deed.value for deed in Deed])
    can_wait = serializers.BooleanField()
    page = serializers.CharField()


class VisitRowSerializer(MetSerializer):
    act = serializers.ChoiceField(choices=[deed.value for deed in Deed], allow_null=True)
    page = serializers.CharField(source="get_absolute_url")


class MeasureSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=MEASURES)
    done = serializers.IntegerField()
    target = serializers.IntegerField(allow_null=True)
    is_low = serializers.BooleanField(help_text=_("営業日の目安の8割に届いていない"))


class ProgressSerializer(serializers.Serializer):
    month = MonthText()
    day = serializers.IntegerField()
    days = serializers.IntegerField()
    measures = MeasureSerializer(many=True)


class MoreSerializer(serializers.Serializer):
    """How many there are beside those that stand in the rows."""

    report = serializers.IntegerField(source="owed.more")
    action = serializers.IntegerField(source="actions.more")
    still = serializers.IntegerField(source="still.more")
    lead = serializers.IntegerField(source="leads.more")
    buying = serializers.IntegerField(source="buying.more")


@extend_schema_serializer(many=False)
class TodaySerializer(serializers.Serializer):
    on = Day()
    next_on = Day()
    sentence = serializers.CharField()
    is_over = serializers.BooleanField(help_text=_("今日はここまで"))
    rows = DayRowSerializer(many=True)
    more = MoreSerializer(help_text=_("rowsのほかに何件あるか"))
    visits = VisitRowSerializer(many=True)
    visits_next = VisitRowSerializer(many=True)
    progress = ProgressSerializer()


class RowGiven(Body):
    """A row of the day that can be put off."""

    kind = Choice(choices=_CAN_WAIT)
    about = Text(max_length=LONGEST_NUMBER, help_text=_("案件か顧客のidか、取り込み元の番号"))

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        among = Ref(deals.deals if given["kind"] in _OF_DEALS else customers.companies)
        try:
            return given | {"about": among.to_internal_value(given["about"])}
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"about": error.detail}) from error


class RowTakenUp(RowGiven):
    version = Whole(
        required=False, min_value=0, help_text=_("次の一手のとき必須。明日にしたときに返った version")
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["kind"] == Kind.ACTION and "version" not in given:
            raise serializers.ValidationError(
                {"version": [self.fields["version"].error_messages["required"]]}
            )
        return super().validate(given)


class PutOffSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=_CAN_WAIT)
    about = serializers.UUIDField()
    until_on = Day()
    version = serializers.IntegerField(allow_null=True, help_text=_("次の一手のとき: 案件の version"))


class TodayViewSet(ViewSet):
    """今日"""

    def shown(self, deal: Deal) -> Any:
        """A deal that changed meanwhile, as its own address would answer."""
        return DealSerializer(deal).data

    @extend_schema(
        description=_("トークンの人の今日"), operation_id="today", responses={200: TodaySerializer}
    )
    def list(self, request: Request) -> Response:
        day = today_of(request.user, now=timezone.now())
        return Response(TodaySerializer(_told(day)).data)

    @extend_schema(
        description=_("明日にする。次の一手は期日が次の営業日になり、ほかは次の営業日まで出ない"),
        request=RowGiven,
        responses={200: PutOffSerializer},
    )
    @action(detail=False, methods=["post"], url_path="put-off")
    def put_off(self, request: Request) -> Response:
        given, at = checked(RowGiven, request.data), timezone.now()
        told = {"kind": given["kind"], "about": given["about"].pk, "version": None}
        if given["kind"] == Kind.ACTION:
            deal = operations.put_off_action(given["about"], by=request.user, at=at)
            told |= {"until_on": deal.next_action_on, "version": deal.version}
        else:
            told["until_on"] = operations.put_off(given["about"], by=request.user, at=at).until_on
        return Response(PutOffSerializer(told).data)

    @extend_schema(description=_("明日にしたものを今日に戻す"), request=RowTakenUp, responses={204: None})
    @action(detail=False, methods=["post"], url_path="take-up-again")
    def take_up_again(self, request: Request) -> Response:
        given, at = checked(RowTakenUp, request.data), timezone.now()
        if given["kind"] == Kind.ACTION:
            deeds.take_back(given["about"], version=given["version"], by=request.user, at=at)
        else:
            operations.take_up_again(given["about"], by=request.user, at=at)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _told(day: Today) -> dict[str, Any]:
    return {
        "on": day.on,
        "next_on": day.next_on,
        "sentence": sentence(day),
        "is_over": day.is_over,
        "rows": list(_rows(day)),
        "more": day,
        "visits": [_with_act(visit) for visit in day.visits],
        "visits_next": [_with_act(visit) for visit in day.visits_next],
        "progress": _progress(day.progress),
    }


def _rows(day: Today) -> Iterator[dict[str, Any]]:
    """In the order of the page."""
    for visit in day.owed.rows:
        page = reverse("activities:report", args=[visit.pk])
        yield _row(
            Kind.REPORT, visit, visit.company, Deed.REPORT, on=visit.starts_on, overdue=True, page=page
        )
    for question in day.questions:
        page = reverse("activities:daily-report", args=[question.subject_id]) + "#beside"
        yield _row(
            Kind.QUESTION,
            question,
            None,
            Deed.ANSWER,
            name=question.author.name,
            text=question.said,
            page=page,
        )
    for deal in day.actions.rows:
        late = deal.next_action_on < day.on
        yield _of_deal(Kind.ACTION, deal, can_wait=deal.next_action_on <= day.on, overdue=late)
    for silence in day.still.rows:
        yield _of_deal(Kind.STILL, silence.deal, silent_days=silence.days)
    for entry in day.leads.rows:
        yield _row(
            Kind.LEAD, entry.company, entry.company, Deed.FOLLOW, text=entry.list.name, on=entry.from_on
        )
    for company in day.buying.rows:
        yield _row(Kind.BUYING, company, company, Deed.FOLLOW, on=company.begins)


def _of_deal(kind: Kind, deal: Deal, **facts: Any) -> dict[str, Any]:
    act = Deed.DECIDE if kind == Kind.STILL and not deal.next_action else Deed.FOLLOW
    return _row(kind, deal, deal.company, act, text=deal.next_action, on=deal.next_action_on, **facts)


def _row(
    kind: Kind,
    about: Visit | Comment | Deal | Company,
    company: Company | None,
    act: Deed,
    *,
    name: str = "",
    text: str = "",
    on: date | None = None,
    overdue: bool = False,
    silent_days: int | None = None,
    can_wait: bool = True,
    page: str = "",
) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "about_kind": about._meta.model_name,
        "about": about.pk,
        "company": company and company.pk,
        "name": company.name if company else name,
        "text": text,
        "on": on,
        "overdue": overdue,
        "silent_days": silent_days,
        "act": act.value,
        "can_wait": can_wait and (kind.value, kind.value) in _CAN_WAIT,
        "page": page or about.get_absolute_url(),
    }


def _with_act(visit: Visit) -> Visit:
    """What a visit asks for: its report once it is owed, else the one before it."""
    visit.act = None
    if getattr(visit, "is_owed", False):
        visit.act = Deed.REPORT.value
    elif not hasattr(visit, "post_report") and not hasattr(visit, "pre_report"):
        visit.act = Deed.PREPARE.value
    return visit


def _progress(of: Progress) -> dict[str, Any]:
    measures = [
        {"code": code, "done": pace.done, "target": pace.target, "is_low": pace.is_low}
        for code, pace in of.paces.items()
    ]
    return {"month": of.month, "day": of.day, "days": of.days, "measures": measures}
