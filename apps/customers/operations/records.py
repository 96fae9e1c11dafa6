"""Every deed about companies and contacts themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base import text
from apps.base.refusal import Refused
from apps.customers import codes, queries
from apps.customers.models import Campaign, Company, Contact, LeadSource, TargetList
from apps.journal.operations import note, note_many


class StillInUse(Refused):
    pass


class InTrash(Refused):
    pass


class AnotherSource(Refused):
    pass


class NotToBeParted(Refused):
    pass


IN_USE: list[Callable[[Company], bool]] = []
"""Asked before a company goes to the trash; apps above add what must not lose its company."""


@only_who_may(Act.KEEP_COMPANIES)
def add_company(*, by: User | System, at: datetime, **facts: Any) -> Company:
    """顧客を加える"""
    return add_companies(companies=[facts], by=by, at=at)[0]


@only_who_may(Act.KEEP_COMPANIES)
@transaction.atomic
def add_companies(*, companies: Sequence[dict[str, Any]], by: User | System, at: datetime) -> list[Company]:
    """Many at the cost of one; `companies` are the fields of each."""
    new = [Company(**facts, created_at=at, changed_at=at) for facts in companies]
    for company in new:
        settle(company)
    new = Company.objects.bulk_create(new, batch_size=1_000)
    note_many("company.added", new, by=by)
    return new


def settle(company: Company) -> None:
    """What follows from what was said: the key it is found by, the area where only the address names it, the source
    where only the campaign does.
    """
    company.search_key = key_of(company)
    company.area = company.area or codes.area_of(company.address)
    if company.campaign_id:
        company.lead_source = company.lead_source or company.campaign.lead_source
        if company.lead_source_id != company.campaign.lead_source_id:
            raise AnotherSource(
                _("「%(campaign)s」は「%(source)s」の施策です。流入元か施策を選び直してください。")
                % {"campaign": company.campaign, "source": company.campaign.lead_source},
                field="campaign",
            )


def key_of(named: Company | Contact) -> str:
    """What it is found by: name and reading, apart so that no word matches across them, and those of what was
    merged into it.
    """
    own = f"{text.search_key(named.name)} {text.search_key(named.reading)}"
    merged = () if named._state.adding else queries.merged_keys(named)
    return " ".join((own, *merged))[: named._meta.get_field("search_key").max_length]


@only_who_may(Act.KEEP_COMPANIES)
@transaction.atomic
def change_company(
    company: Company, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Company:
    """顧客を直す"""
    company = company.locked(version=version)
    changed = take(company, facts)
    settle(company)
    company.saved(at=at)
    note("company.changed", company, by=by, **changed)
    return company


def take(record: Company | Contact, facts: dict[str, Any]) -> dict[str, Any]:
    """`differing`, but not of what lies in the trash."""
    if record.trashed_at:
        raise InTrash(_("ごみ箱にあります。先に元に戻してください。"))
    return differing(record, facts)


def differing(
    record: Company | Contact | TargetList | LeadSource | Campaign, facts: dict[str, Any]
) -> dict[str, Any]:
    """Set the facts; returns the names of those that differ, with what stood there before."""
    before = {name: getattr(record, name) for name, value in facts.items() if getattr(record, name) != value}
    for name, value in facts.items():
        setattr(record, name, value)
    return before


@only_who_may(Act.TRASH_COMPANIES)
@transaction.atomic
def trash_company(company: Company, *, by: User | System, at: datetime) -> Company:
    """ごみ箱へ移す — only a company without deals and activities: their figures must keep their customer."""
    company = company.locked()
    if any(in_use(company) for in_use in IN_USE):
        raise StillInUse(_("案件や活動の記録がある顧客はごみ箱へ移せません。先にそれらを移してください。"))
    company.trashed_at = at
    company.saved(at=at)
    note("company.trashed", company, by=by)
    return company


@only_who_may(Act.TRASH_COMPANIES)
@transaction.atomic
def restore_company(company: Company, *, by: User | System, at: datetime) -> Company:
    """ごみ箱から戻す"""
    company = _mergeless(company.locked())
    company.trashed_at = None
    company.saved(at=at)
    note("company.restored", company, by=by)
    return company


def _mergeless(record: Any) -> Any:
    """What was merged comes back by taking the merge back, with all that followed."""
    if record.merged_into_id:
        raise NotToBeParted(_("統合された記録です。統合先の画面から、統合を戻してください。"))
    return record


@only_who_may(Act.KEEP_COMPANIES)
def add_contact(*, by: User | System, at: datetime, **facts: Any) -> Contact:
    """担当者を加える"""
    return add_contacts(contacts=[facts], by=by, at=at)[0]


@only_who_may(Act.KEEP_COMPANIES)
@transaction.atomic
def add_contacts(*, contacts: Sequence[dict[str, Any]], by: User | System, at: datetime) -> list[Contact]:
    """Many at the cost of one; `contacts` are the fields of each."""
    if any(facts["company"].trashed_at for facts in contacts):
        raise InTrash(_("ごみ箱にある顧客には加えられません。"), field="company")
    new = [Contact(**facts, created_at=at, changed_at=at) for facts in contacts]
    for contact in new:
        contact.search_key = key_of(contact)
    new = Contact.objects.bulk_create(new, batch_size=1_000)
    note_many("contact.added", new, by=by)
    return new


@only_who_may(Act.KEEP_COMPANIES)
@transaction.atomic
def change_contact(
    contact: Contact, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Contact:
    """担当者を直す"""
    contact = contact.locked(version=version)
    changed = take(contact, facts)
    contact.search_key = key_of(contact)
    contact.saved(at=at)
    note("contact.changed", contact, by=by, **changed)
    return contact


@only_who_may(Act.TRASH_COMPANIES)
@transaction.atomic
def trash_contact(contact: Contact, *, by: User | System, at: datetime) -> Contact:
    """ごみ箱へ移す — what was done with the person stays."""
    contact = contact.locked()
    contact.trashed_at = at
    contact.saved(at=at)
    note("contact.trashed", contact, by=by)
    return contact


@only_who_may(Act.TRASH_COMPANIES)
@transaction.atomic
def restore_contact(contact: Contact, *, by: User | System, at: datetime) -> Contact:
    """ごみ箱から戻す"""
    contact = _mergeless(contact.locked())
    contact.trashed_at = None
    contact.saved(at=at)
    note("contact.restored", contact, by=by)
    return contact
