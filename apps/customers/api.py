"""Companies and contacts for other programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.base.api import Changed, Listed, Made, Resource, Retrieved, SourcedSerializer, Trashed
from apps.base.fields import Choice, Flag, Ref, Text, Whole, of
from apps.customers import codes, operations, queries
from apps.customers.forms import MOST_EMPLOYEES
from apps.customers.models import Company, Contact

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
    existing = Flag(required=False, label=_("既存顧客"))
    industry = Choice(choices=INDUSTRIES, required=False, allow_null=True, label=_("業種"))
    area = Area(max_length=5, required=False, allow_blank=True, label=_("エリア"))
    employees = Whole(
        min_value=0, max_value=MOST_EMPLOYEES, required=False, allow_null=True, label=_("従業員数")
    )
    busy_months = Months(label=_("忙しい月"))
    buying_months = Months(label=_("購入を検討する月"))
    note = of(Company, "note")


class CompanyViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """顧客"""

    serializer_class = CompanySerializer
    filters = {
        "q": Text(required=False, help_text=_("会社名・よみ")),
        "industry": Choice(choices=INDUSTRIES, required=False),
        "prefecture": Choice(choices=PREFECTURES, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_company)
    change = staticmethod(operations.change_company)
    trash = staticmethod(operations.trash_company)

    def get_queryset(self) -> QuerySet[Company]:
        return queries.companies()

    def chosen(
        self, rows: QuerySet, *, q: str = "", industry: str = "", prefecture: str = "", **asked: Any
    ) -> QuerySet:
        found = queries.companies(words=q, industry=industry, prefecture=prefecture)
        return super().chosen(found, **asked)


class ContactSerializer(SourcedSerializer):
    once = ("company", *SourcedSerializer.once)

    company = Ref(queries.companies)
    name = of(Contact, "name")
    reading = of(Contact, "reading")
    department = of(Contact, "department")
    title = of(Contact, "title")
    role = of(Contact, "role")
    stance = of(Contact, "stance")
    email = of(Contact, "email")
    phone = of(Contact, "phone")
    note = of(Contact, "note")


class ContactViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """担当者"""

    serializer_class = ContactSerializer
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
