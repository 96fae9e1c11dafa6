"""Companies and contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.base.forms import TidyCharField
from apps.base.text import search_key
from apps.customers import codes, operations, queries
from apps.customers.forms import AreaField
from apps.customers.models import Company, Contact
from apps.customers.vocabulary import DecisionRole, Power, Stance
from apps.integrations.imports.fields import (
    CountField,
    MonthsField,
    ReadingField,
    WordField,
    YesField,
    reference,
    text,
)
from apps.integrations.imports.finding import Unknown, told_apart
from apps.integrations.imports.kinds import Fate, Kind, Row, each


class IndustryField(TidyCharField):
    """An industry by its code or its name in the 日本標準産業分類."""

    def to_python(self, value):
        given = super().to_python(value)
        if given and (code := codes.industry_in(given)) is None:
            raise ValidationError(
                _("「%(given)s」という業種は、日本標準産業分類にありません。") % {"given": given}
            )
        return code if given else ""


CHOSEN, NEW = "record", "new"
"""What a person said a row is: a record's id, or a new one."""


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def numbered() -> forms.Field:
    return reference(gettext_lazy("番号"))


class Companies(Kind):
    label = pgettext_lazy("one", "顧客")
    model = Company
    meets = True
    related = ("lead_source", "campaign")
    identity = ("name", "postal_code", "address")
    aliases = {
        "Company name": "name",
        "Account Name": "name",
        "Organization": "name",
        "顧客名": "name",
        "取引先名": "name",
        "企業名": "name",
        "フリガナ": "reading",
        "カナ": "reading",
        "Record ID": "external_id",
        "取引先 ID": "external_id",
        "顧客コード": "external_id",
        "TEL": "phone",
        "TEL会社": "phone",
        "電話番号": "phone",
        "URL": "website",
        "従業員": "employees",
        "社員数": "employees",
        "Number of Employees": "employees",
        "業界": "industry",
        "Industry": "industry",
        "都道府県": "area",
        "リードソース": "lead_source",
        "キャンペーン": "campaign",
        "備考": "note",
    }

    def asked(self) -> dict[str, forms.Field]:
        return {
            "external_id": numbered(),
            "name": text(Company, "name", required=True),
            "reading": ReadingField(label=gettext_lazy("よみ"), max_length=300, required=False),
            "postal_code": text(Company, "postal_code"),
            "address": text(Company, "address"),
            "phone": text(Company, "phone"),
            "website": forms.URLField(
                label=gettext_lazy("ウェブサイト"), max_length=300, required=False, assume_scheme="https"
            ),
            "existing": YesField(label=gettext_lazy("既存顧客")),
            "industry": IndustryField(label=gettext_lazy("業種"), max_length=100, required=False),
            "area": AreaField(label=gettext_lazy("エリア"), max_length=100, required=False),
            "employees": CountField(label=gettext_lazy("従業員数"), required=False),
            "lead_source": reference(gettext_lazy("流入元")),
            "campaign": reference(gettext_lazy("施策")),
            "busy_months": MonthsField(label=gettext_lazy("忙しい月")),
            "buying_months": MonthsField(label=gettext_lazy("購入を検討する月")),
            "note": text(Company, "note"),
        }

    def resolve(self, rows: Sequence[Row]) -> None:
        known: dict[str, dict[str, Any]] = {
            "lead_source": {source.name: source for source in queries.every_lead_source()},
            "campaign": {campaign.name: campaign for campaign in queries.campaigns()},
        }

        def put(row: Row) -> None:
            for field in known.keys() & row.facts.keys():
                if (name := row.facts[field]) not in known[field]:
                    raise Unknown(
                        _("「%(name)s」という流入元・施策はありません。先に設定で加えてください。")
                        % {"name": name}
                    )
                row.facts[field] = known[field][name]

        each(rows, put)

    def present(self, rows: Sequence[Row]) -> dict[str, Company]:
        """Also companies of this source that another file's rows named before they had a number."""
        present = super().present(rows)
        unnumbered = Company.objects.kept().filter(source=self.source, external_id=None)
        by_name = {c.name: c for c in unnumbered.filter(name__in=[row.facts["name"] for row in rows])}
        for row in rows:
            if row.key not in present and (company := by_name.pop(row.facts["name"], None)):
                present[row.key] = company
        return present | self._met(row for row in rows if row.key not in present) if self.asks else present

    def _met(self, rows: Iterable[Row]) -> dict[str, Company]:
        """Companies from elsewhere that rows mean by their name; a row that may mean several asks which."""
        rows = list(rows)
        alike = self.find.written_alike(row.facts["name"] for row in rows)
        met = {}
        for row in rows:
            meant = [one for one in alike.get(search_key(row.facts["name"]), ()) if self._may_be(one, row)]
            if chosen := row.said.get(CHOSEN):
                meant = [one for one in meant if str(one.pk) == chosen]
            if len(meant) > 1:
                row.refuse(
                    Unknown(
                        _("同じ名前の顧客が%(count)d社あります。") % {"count": len(meant)},
                        field=CHOSEN,
                        choices=[*told_apart(meant), (NEW, _("新しい顧客にする"))],
                    )
                )
            elif meant:
                met[row.key] = meant[0]
        return met

    def _may_be(self, company: Company, row: Row) -> bool:
        """Not another row of this file, nor another number of its source, nor at another place."""
        if company.source == self.source:
            numbered = "external_id" in row.facts and not (company.external_id or "").startswith("digest:")
            if company.created_at >= self.at or numbered:
                return False
        here, there = company.postal_code, row.facts.get("postal_code", "")
        return not here or not there or _digits(here) == _digits(there)

    def compare(self, record: Company, row: Row) -> None:
        if record.external_id is None and record.source == self.source:
            self.change(record, row.facts | {"external_id": row.key})
            row.fate = Fate.CHANGED
        else:
            super().compare(record, row)

    def add(self, rows: Sequence[Row]) -> None:
        operations.add_companies(companies=[self.named(row) for row in rows], by=self.by, at=self.at)

    def change(self, record: Company, facts: dict[str, Any]) -> None:
        operations.change_company(record, by=self.by, at=self.at, **facts)


class OfCompany(Kind):
    """What belongs to a company, which a file calls by name (`company`) or by number (`company_id`)."""

    def company_fields(self) -> dict[str, forms.Field]:
        return {
            "company": reference(gettext_lazy("会社")),
            "company_id": reference(gettext_lazy("会社の番号")),
        }

    def resolve(self, rows: Sequence[Row]) -> None:
        self.find.know_companies(row.facts["company"] for row in rows if "company" in row.facts)
        numbered = self.find.company_numbered(
            row.facts["company_id"] for row in rows if "company_id" in row.facts
        )

        def put(row: Row) -> None:
            number, name = row.facts.pop("company_id", None), row.facts.get("company")
            if number and number not in numbered:
                raise Unknown(
                    _("番号「%(number)s」の顧客が見つかりません。先に顧客を取り込んでください。")
                    % {"number": number},
                    field="company_id",
                )
            if number:
                row.facts["company"] = numbered[number]
            elif name:
                row.facts["company"] = self.find.company(name) or self._made(name, row)
            else:
                self.without_company(row)
            if row.facts["company"].trashed_at:
                raise operations.InTrash(_("ごみ箱にある顧客には加えられません。"))

        each(rows, put)

    def _made(self, name: str, row: Row) -> Company:
        row.remarks.append(("company", name))
        return self.find.make_company(name)

    def without_company(self, row: Row) -> None:
        raise Unknown(_("会社がわかりません。会社の名前か番号を入れてください。"), field="company")


class Contacts(OfCompany):
    label = pgettext_lazy("one", "担当者")
    model = Contact
    meets = True
    related = ("company",)
    one_of = (("company", "company_id"),)
    identity = ("company", "company_id", "name")
    aliases = {
        "会社名": "company",
        "取引先名": "company",
        "顧客名": "company",
        "Organization": "company",
        "Account Name": "company",
        "Full Name": "name",
        "担当者名": "name",
        "フリガナ": "reading",
        "E-mail": "email",
        "メール": "email",
        "部署名": "department",
        "Job Title": "title",
        "TEL直通": "phone",
        "電話番号": "phone",
        "Record ID": "external_id",
        "備考": "note",
    }

    def asked(self) -> dict[str, forms.Field]:
        return {
            "external_id": numbered(),
            **self.company_fields(),
            "name": text(Contact, "name", required=True),
            "reading": ReadingField(label=gettext_lazy("よみ"), max_length=200, required=False),
            "department": text(Contact, "department"),
            "title": text(Contact, "title"),
            "role": WordField(DecisionRole, label=gettext_lazy("決裁での役割")),
            "stance": WordField(Stance, label=gettext_lazy("立場")),
            "power": WordField(Power, label=gettext_lazy("決める力")),
            "email": forms.EmailField(label=gettext_lazy("メールアドレス"), max_length=254, required=False),
            "phone": text(Contact, "phone"),
            "note": text(Contact, "note"),
        }

    def present(self, rows: Sequence[Row]) -> dict[str, Contact]:
        """Where a person chose so, also whoever goes by that name at the company already."""
        present = super().present(rows)
        new = [row for row in rows if self.asks and row.key not in present]
        if not new:
            return present
        there = Contact.objects.kept().filter(
            company__in={row.facts["company"].pk for row in new}, name__in={row.facts["name"] for row in new}
        )
        met = {(one.company_id, one.name): one for one in there.filter(created_at__lt=self.at).order_by("pk")}
        for row in new:
            if one := met.get((row.facts["company"].pk, row.facts["name"])):
                present[row.key] = one
        return present

    def add(self, rows: Sequence[Row]) -> None:
        operations.add_contacts(contacts=[self.named(row) for row in rows], by=self.by, at=self.at)

    def change(self, record: Contact, facts: dict[str, Any]) -> None:
        operations.change_contact(record, by=self.by, at=self.at, **facts)
