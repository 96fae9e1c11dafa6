"""Companies and contacts for other programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import queries as accounts
from apps.base.api import (
    Changed,
    Elsewhere,
    Listed,
    Made,
    RecordSerializer,
    Resource,
    Retrieved,
    SourcedSerializer,
    Trashed,
    changes_of,
    checked,
)
from apps.base.fields import Choice, Day, Flag, Moment, Ref, Text, Whole, Yen, of
from apps.base.pages import found_or_404
from apps.customers import codes, merging, operations, queries
from apps.customers.forms import MOST_EMPLOYEES
from apps.customers.lists import COMPANIES, CONTACTS, TARGET_LISTS
from apps.customers.models import Campaign, Company, Contact, LeadSource, ListEntry, TargetList

INDUSTRIES = [(code, industry.name) for code, industry in codes.INDUSTRIES.items()]
PREFECTURES = [(code, prefecture.name) for code, prefecture in codes.PREFECTURES.items()]


class Area(Text):
    """A prefecture by its two digits, or a municipality by its five (JIS X 0401, 0402)."""

    default_error_messages = {"unknown": _("都道府県の2桁か、市区町村の5桁の番号を入れてください。")}

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code and code not in codes.PREFECTURES and code not in codes.MUNICIPALITIES:
            self.fail("unknown")
        return code


class Months(serializers.ListField):
    """Months of any year, each once and in their order."""

    def __init__(self, **given: Any) -> None:
        child = Whole(min_value=1, max_value=12)
        super().__init__(child=child, required=False, max_length=12, **given)

    def to_internal_value(self, data: Any) -> list[int]:
        return sorted(set(super().to_internal_value(data)))


class CompanySerializer(SourcedSerializer):
    name = of(Company, "name")
    reading = of(Company, "reading")
    postal_code = of(Company, "postal_code")
    address = of(Company, "address")
    phone = of(Company, "phone")
    website = of(Company, "website")
    existing = Flag(required=False, label=_("既存顧客"), help_text=_("人かファイルがそう言ったか"))
    is_existing = serializers.BooleanField(
        read_only=True, label=_("既存顧客"), help_text=_("existing か、受注がある")
    )
    lead_source = Ref(queries.every_lead_source, required=False, allow_null=True, label=_("流入元"))
    campaign = Ref(queries.campaigns, required=False, allow_null=True, label=_("施策"))
    industry = Choice(choices=INDUSTRIES, required=False, allow_null=True, label=_("業種"))
    area = Area(max_length=5, required=False, allow_blank=True, label=_("エリア"))
    employees = Whole(
        min_value=0, max_value=MOST_EMPLOYEES, required=False, allow_null=True, label=_("従業員数")
    )
    busy_months = Months(label=_("忙しい月"))
    buying_months = Months(label=_("購入を検討する月"))
    note = of(Company, "note")


def merge_of(kind: type[RecordSerializer], among: Callable[[], QuerySet]) -> type[RecordSerializer]:
    """The body of a merge: the other record, the versions that were seen, and values that the survivor takes."""

    class MergeBody(changes_of(kind)):  # type: ignore[misc]
        other = Ref(among)
        other_version = Whole(min_value=0, required=False)

        def get_fields(self) -> dict[str, serializers.Field]:
            fields = super().get_fields()
            fields["other"].required = True
            return fields

    MergeBody.__name__ = kind.__name__.replace("Serializer", "MergeSerializer")
    MergeBody.__doc__ = None
    return MergeBody


class Merged:
    """統合する・統合を戻す — of records that may turn out to be the same."""

    merge_body: type[RecordSerializer]
    survivors: type[Company] | type[Contact]

    def retrieve(self, request: Request, pk: str) -> Response:
        """Of what was merged: where the record is that took its place, for as long as they are one."""
        try:
            return super().retrieve(request, pk)  # type: ignore[misc]
        except Http404:
            merged = queries.or_merged(self.survivors).filter(merged_into__isnull=False)
            survivor = queries.survivor_of(found_or_404(merged, pk))
        where = reverse(request.resolver_match.view_name, args=[survivor.pk])
        raise Elsewhere(_("「%(name)s」に統合されました。") % {"name": survivor}, where=where)

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        survivor = self.get_object()
        given = checked(self.merge_body, request.data)
        other = given.pop("other")
        facts = merging.suggested(survivor, other) | given
        operations.merge(survivor, other=other, **facts, **self.deed())
        return Response(self.shown(survivor))

    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, pk: str) -> Response:
        survivor = self.get_object()
        operations.unmerge_latest(survivor, **self.deed())
        return Response(self.shown(survivor))


def merged_as(kind: type[RecordSerializer], body: type[RecordSerializer]) -> Callable:
    return extend_schema_view(
        retrieve=extend_schema(
            description=_("統合された記録の番号では、統合先を Location に示して307を返す"),
            responses={200: kind, 307: OpenApiResponse(description=_("統合先は Location にある"))},
        ),
        merge=extend_schema(
            description=_("other を統合する。渡さない項目は、この記録が空のときだけ other の値になる"),
            request=body,
            responses={200: kind},
        ),
        unmerge=extend_schema(description=_("最後の統合を戻す"), request=None, responses={200: kind}),
    )


CompanyMergeSerializer = merge_of(CompanySerializer, queries.companies)


@merged_as(CompanySerializer, CompanyMergeSerializer)
class CompanyViewSet(Merged, Listed, Retrieved, Made, Changed, Trashed, Resource):
    """顧客"""

    serializer_class = CompanySerializer
    directory = COMPANIES
    merge_body = CompanyMergeSerializer
    survivors = Company
    filters = {
        "q": Text(required=False, help_text=_("会社名・よみ")),
        "industry": Choice(choices=INDUSTRIES, required=False),
        "prefecture": Choice(choices=PREFECTURES, required=False),
        "is_existing": Flag(required=False),
        "lead_source": Ref(queries.every_lead_source, required=False),
        "campaign": Ref(queries.campaigns, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_company)
    change = staticmethod(operations.change_company)
    trash = staticmethod(operations.trash_company)

    def get_queryset(self) -> QuerySet[Company]:
        return queries.with_standing(queries.companies())

    def chosen(
        self, rows: QuerySet, *, q: str = "", industry: str = "", prefecture: str = "", **asked: Any
    ) -> QuerySet:
        found = queries.companies(words=q, industry=industry, prefecture=prefecture)
        return super().chosen(queries.with_standing(found), **asked)


class ContactSerializer(SourcedSerializer):
    once = ("company", *SourcedSerializer.once)

    company = Ref(queries.companies)
    name = of(Contact, "name")
    reading = of(Contact, "reading")
    department = of(Contact, "department")
    title = of(Contact, "title")
    role = of(Contact, "role")
    stance = of(Contact, "stance")
    power = of(Contact, "power")
    email = of(Contact, "email")
    phone = of(Contact, "phone")
    note = of(Contact, "note")


ContactMergeSerializer = merge_of(ContactSerializer, queries.contacts)


@merged_as(ContactSerializer, ContactMergeSerializer)
class ContactViewSet(Merged, Listed, Retrieved, Made, Changed, Trashed, Resource):
    """担当者"""

    serializer_class = ContactSerializer
    directory = CONTACTS
    merge_body = ContactMergeSerializer
    survivors = Contact
    filters = {
        "company": Ref(queries.companies, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_contact)
    change = staticmethod(operations.change_contact)
    trash = staticmethod(operations.trash_contact)

    def get_queryset(self) -> QuerySet[Contact]:
        return queries.contacts()


class LeadSourceSerializer(SourcedSerializer):
    name = of(LeadSource, "name")
    kind = of(LeadSource, "kind")
    retired_at = Moment(read_only=True, allow_null=True, label=_("使わなくした時"))


class LeadSourceViewSet(Listed, Retrieved, Made, Changed, Resource):
    """流入元"""

    serializer_class = LeadSourceSerializer
    filters = {"external_id": Text(required=False), "source": Text(required=False)}
    make = staticmethod(operations.add_lead_source)
    change = staticmethod(operations.change_lead_source)

    def get_queryset(self) -> QuerySet[LeadSource]:
        return queries.every_lead_source()


class CampaignSerializer(SourcedSerializer):
    once = ("lead_source", *SourcedSerializer.once)

    name = of(Campaign, "name")
    lead_source = Ref(queries.every_lead_source, label=_("流入元"))
    from_on = of(Campaign, "from_on")
    until_on = of(Campaign, "until_on")
    cost = Yen(required=False, allow_null=True, label=_("費用"))


class CampaignViewSet(Listed, Retrieved, Made, Changed, Resource):
    """施策"""

    serializer_class = CampaignSerializer
    filters = {
        "lead_source": Ref(queries.every_lead_source, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_campaign)
    change = staticmethod(operations.change_campaign)

    def get_queryset(self) -> QuerySet[Campaign]:
        return queries.campaigns()


class TargetListSerializer(SourcedSerializer):
    name = of(TargetList, "name")
    owner = Ref(accounts.people)


class TargetListViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """リスト"""

    serializer_class = TargetListSerializer
    directory = TARGET_LISTS
    filters = {
        "owner": Ref(accounts.people, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_list)
    change = staticmethod(operations.change_list)
    trash = staticmethod(operations.trash_list)

    def get_queryset(self) -> QuerySet[TargetList]:
        return queries.lists()


class ListEntrySerializer(SourcedSerializer):
    list = Ref(queries.lists)
    company = Ref(queries.companies)
    from_on = of(ListEntry, "from_on")
    removed_on = Day(read_only=True, allow_null=True, label=_("外した日"))


class ListEntryChangesSerializer(changes_of(RecordSerializer)):  # type: ignore[misc]
    """When the company is taken off the list."""

    removed_on = Day()


class ListEntryViewSet(Listed, Retrieved, Made, Changed, Resource):
    """リストの会社"""

    serializer_class = ListEntrySerializer
    filters = {
        "list": Ref(queries.lists, required=False),
        "company": Ref(queries.companies, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }

    def get_queryset(self) -> QuerySet[ListEntry]:
        return queries.entries()

    def make(self, *, list: TargetList, from_on: date, **given: Any) -> ListEntry:  # noqa: A002
        return operations.put_on_list(list, on=from_on, **given)

    def change(self, entry: ListEntry, *, removed_on: date | None = None, **given: Any) -> ListEntry:
        """An entry can only end; a PATCH that does not say when leaves it as it is."""
        return operations.take_off_list(entry, on=removed_on, **given) if removed_on else entry

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return ListEntryChangesSerializer
