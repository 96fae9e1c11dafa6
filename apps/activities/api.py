"""Follows and visits, with the reports around a visit, for other programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries as accounts
from apps.activities import operations, queries
from apps.activities.lists import FOLLOWS, VISITS
from apps.activities.models import ExpectedIssue, Follow, PostVisitReport, PreVisitReport, Visit
from apps.base.api import (
    Body,
    Changed,
    Listed,
    Made,
    Resource,
    Retrieved,
    SourcedSerializer,
    Trashed,
    checked,
)
from apps.base.fields import Moment, Ref, Refs, Since, Text, Until, Whole, Yen, of, start_of
from apps.customers import queries as customers
from apps.deals import queries as deals
from apps.deals.models import Deal

LONGEST_TALK = 24 * 60 * 60
MOST_ISSUES = 50


def moment(given: datetime | date, *, now: datetime) -> datetime:
    """A bare day is now if it is today, else its first moment."""
    if isinstance(given, datetime):
        return given
    return now if given == timezone.localdate(now) else start_of(given)


def _with_moments(given: dict[str, Any], *names: str, now: datetime) -> dict[str, Any]:
    return given | {name: moment(given[name], now=now) for name in names if given.get(name)}


class FollowSerializer(SourcedSerializer):
    company = Ref(customers.companies)
    contact = Ref(customers.contacts, required=False, allow_null=True)
    deal = Ref(deals.deals, required=False, allow_null=True)
    owner = Ref(accounts.people, required=False, help_text=_("なければトークンの人"))
    kind = of(Follow, "kind")
    direction = of(Follow, "direction")
    outcome = of(Follow, "outcome")
    talk_seconds = Whole(required=False, allow_null=True, min_value=0, max_value=LONGEST_TALK)
    body = of(Follow, "body")
    happened_at = Moment(required=False, help_text=_("なければ今"))


class FollowViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """フォロー"""

    serializer_class = FollowSerializer
    directory = FOLLOWS
    order = ("-happened_at", "-id")
    filters = {
        "owner": Ref(accounts.people, required=False),
        "company": Ref(customers.companies, required=False),
        "deal": Ref(deals.deals, required=False),
        "from": Since(required=False, source="happened_at__gte"),
        "until": Until(required=False, source="happened_at__lte"),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    trash = staticmethod(operations.trash_activity)

    def get_queryset(self) -> QuerySet[Follow]:
        return queries.follows()

    def make(self, *, at: datetime, **given: Any) -> Follow:
        given = {"owner": self.request.user} | _with_moments(given, "happened_at", now=at)
        return operations.record_follow(at=at, **given)

    def change(self, follow: Follow, *, at: datetime, **given: Any) -> Follow:
        return operations.change_follow(follow, at=at, **_with_moments(given, "happened_at", now=at))


class VisitSerializer(SourcedSerializer):
    company = Ref(customers.companies)
    contacts = Refs(customers.contacts, required=False)
    deal = Ref(deals.deals, required=False, allow_null=True)
    kind = of(Visit, "kind")
    starts_at = Moment()
    ends_at = Moment(required=False, allow_null=True)
    owner = Ref(accounts.people)
    companions = Refs(accounts.people, required=False)
    status = of(Visit, "status")


class KindOfIssueSerializer(Body):
    text = of(ExpectedIssue, "text")
    kind = Ref(queries.issue_kinds, allow_null=True)


class PreReportSerializer(Body):
    """外出前報告"""

    visit = Ref(queries.visits, read_only=True)
    situation = of(PreVisitReport, "situation")
    goal = of(PreVisitReport, "goal")
    issues = serializers.ListField(
        child=Text(max_length=500), required=False, max_length=MOST_ISSUES, help_text=_("想定した課題")
    )
    kinds = KindOfIssueSerializer(
        many=True, required=False, help_text=_("想定した課題の種類。言わなかった課題のものは変わらない")
    )
    answer = of(PreVisitReport, "answer")
    author = Ref(accounts.people, read_only=True)
    version = Whole(required=False, min_value=0)
    created_at = Moment(read_only=True)
    changed_at = Moment(read_only=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "kinds" in given:
            given["kinds"] = {said["text"]: said["kind"] for said in given["kinds"]}
            _refuse_unknown(given["kinds"], known=given.get("issues", ()), name="kinds")
        return given


class IssueSerializer(Body):
    text = of(ExpectedIssue, "text")
    turnout = of(ExpectedIssue, "turnout")
    how_different = of(ExpectedIssue, "how_different")


class LearnedSerializer(Body):
    plan = of(Deal, "plan")
    amount = Yen(required=False, allow_null=True)
    expected_month = of(Deal, "expected_month")


class PostReportSerializer(Body):
    """外出後報告"""

    visit = Ref(queries.visits, read_only=True)
    progress = of(PostVisitReport, "progress")
    result = of(PostVisitReport, "result", help_text=_("進み具合がなければ必須"))
    issues = IssueSerializer(many=True, required=False, help_text=_("想定した課題がどうだったか"))
    next_action = of(PostVisitReport, "next_action")
    next_action_on = of(PostVisitReport, "next_action_on")
    learned = LearnedSerializer(
        write_only=True, required=False, help_text=_("訪問の案件について分かったこと")
    )
    author = Ref(accounts.people, read_only=True)
    version = Whole(required=False, min_value=0)
    created_at = Moment(read_only=True)
    changed_at = Moment(read_only=True)


class VisitViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """訪問"""

    serializer_class = VisitSerializer
    directory = VISITS
    order = ("-starts_at", "-id")
    filters = {
        "owner": Ref(accounts.people, required=False),
        "company": Ref(customers.companies, required=False),
        "deal": Ref(deals.deals, required=False),
        "status": of(Visit, "status"),
        "from": Since(required=False, source="starts_at__gte"),
        "until": Until(required=False, source="starts_at__lte"),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    trash = staticmethod(operations.trash_activity)

    def get_queryset(self) -> QuerySet[Visit]:
        return queries.visits().prefetch_related("contacts", "companions")

    def shown(self, record: Any) -> Any:
        """A report that changed meanwhile is shown as its own address would answer."""
        told = {PreVisitReport: _pre_report, PostVisitReport: _post_report}.get(type(record))
        return told(record.visit) if told else super().shown(record)

    def make(self, *, at: datetime, **given: Any) -> Visit:
        return operations.plan_visit(at=at, **_with_moments(given, "starts_at", "ends_at", now=at))

    def change(self, visit: Visit, *, at: datetime, **given: Any) -> Visit:
        return operations.change_visit(visit, at=at, **_with_moments(given, "starts_at", "ends_at", now=at))

    @extend_schema(description=_("外出前報告を読む"), responses={200: PreReportSerializer})
    @action(detail=True, methods=["get"], url_path="pre-report")
    def pre_report(self, request: Request, pk: str) -> Response:
        return Response(_pre_report(self.get_object()))

    @extend_schema(
        description=_("外出前報告を書く"), request=PreReportSerializer, responses={200: PreReportSerializer}
    )
    @pre_report.mapping.put
    def prepare(self, request: Request, pk: str) -> Response:
        visit = self.get_object()
        given = checked(PreReportSerializer, request.data)
        operations.prepare_visit(visit, **{"issues": []} | given, **self.deed())
        return Response(_pre_report(self.get_object()))

    @extend_schema(
        description=_("外出前報告を書く"), request=PreReportSerializer, responses={201: PreReportSerializer}
    )
    @pre_report.mapping.post
    def add_pre_report(self, request: Request, pk: str) -> Response:
        return _created(self.prepare(request, pk))

    @extend_schema(description=_("外出後報告を読む"), responses={200: PostReportSerializer})
    @action(detail=True, methods=["get"], url_path="post-report")
    def post_report(self, request: Request, pk: str) -> Response:
        return Response(_post_report(self.get_object()))

    @extend_schema(
        description=_("外出後報告を書く。訪問は済みになる"),
        request=PostReportSerializer,
        responses={200: PostReportSerializer},
    )
    @post_report.mapping.put
    def report(self, request: Request, pk: str) -> Response:
        visit = self.get_object()
        given = checked(PostReportSerializer, request.data)
        turnouts = _turnouts(visit, given.pop("issues", []))
        operations.report_visit(visit, turnouts=turnouts, **given, **self.deed())
        return Response(_post_report(self.get_object()))

    @extend_schema(
        description=_("外出後報告を書く。訪問は済みになる"),
        request=PostReportSerializer,
        responses={201: PostReportSerializer},
    )
    @post_report.mapping.post
    def add_post_report(self, request: Request, pk: str) -> Response:
        return _created(self.report(request, pk))

    @extend_schema(
        description=_("外出後報告を元に戻す。訪問も案件も、報告がなかったときに戻る"), responses={204: None}
    )
    @post_report.mapping.delete
    def withdraw_report(self, request: Request, pk: str) -> Response:
        operations.withdraw_report(self.get_object(), **self.deed())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _pre_report(visit: Visit) -> dict[str, Any]:
    report = _written(PreVisitReport, visit)
    report.kinds = visit.issues.all()
    report.issues = [issue.text for issue in report.kinds]
    return PreReportSerializer(report).data


def _post_report(visit: Visit) -> dict[str, Any]:
    report = _written(PostVisitReport, visit)
    report.issues = visit.issues.all()
    return PostReportSerializer(report).data


def _written(kind: type, visit: Visit) -> Any:
    report = kind.objects.filter(visit=visit).first()
    if report is None:
        raise Http404
    return report


def _created(answer: Response) -> Response:
    answer.status_code = status.HTTP_201_CREATED
    return answer


def _refuse_unknown(told: Iterable[str], *, known: Collection[str], name: str) -> None:
    if unknown := [words for words in told if words not in known]:
        sentence = _("外出前報告にない課題です: %(text)s") % {"text": unknown[0]}
        raise serializers.ValidationError({name: [sentence]})


def _turnouts(visit: Visit, told: list[dict[str, Any]]) -> dict[Any, tuple[str, str]]:
    """What became of which expected issue; an issue is named by its words."""
    known = {issue.text: issue.pk for issue in visit.issues.all()}
    _refuse_unknown([issue["text"] for issue in told], known=known, name="issues")
    return {
        known[issue["text"]]: (issue.get("turnout", ""), issue.get("how_different", "")) for issue in told
    }
