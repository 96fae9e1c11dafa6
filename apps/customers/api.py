"""Companies and contacts for other programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.base.api import Changed, Listed, Made, Resource, Retrieved, SourcedSerializer, Trashed
from apps.base.fields import Ref, Text, of
from apps.customers import operations, queries
from apps.customers.models import Company, Contact


class CompanySerializer(SourcedSerializer):
    name = of(Company, "name")
    reading = of(Company, "reading")
    postal_code = of(Company, "postal_code")
    address = of(Company, "address")
    phone = of(Company, "phone")
    website = of(Company, "website")
    note = of(Company, "note")


class CompanyViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """顧客"""

    serializer_class = CompanySerializer
    filters = {
        "q": Text(required=False, help_text=_("会社名・よみ")),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_company)
    change = staticmethod(operations.change_company)
    trash = staticmethod(operations.trash_company)

    def get_queryset(self) -> QuerySet[Company]:
        return queries.companies()

    def chosen(self, rows: QuerySet, *, q: str = "", **asked: Any) -> QuerySet:
        return super().chosen(rows, **asked).found_by(q)


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
