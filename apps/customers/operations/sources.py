"""Every deed about where companies come from: lead sources and campaigns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.models import Versioned
from apps.base.refusal import Refused
from apps.customers.models import Campaign, LeadSource
from apps.customers.operations.records import differing
from apps.customers.vocabulary import SourceKind
from apps.journal.operations import note


class NameTaken(Refused):
    pass


class EndsBeforeItBegins(Refused):
    pass


@only_who_may(Act.KEEP_CAMPAIGNS)
@transaction.atomic
def add_lead_source(*, by: User | System, at: datetime, **facts: Any) -> LeadSource:
    """流入元を加える"""
    made = LeadSource(**facts)
    _refuse_taken(made)
    made.saved(at=at)
    note("lead_source.added", made, by=by)
    return made


@only_who_may(Act.KEEP_CAMPAIGNS)
@transaction.atomic
def change_lead_source(
    lead_source: LeadSource, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> LeadSource:
    """流入元を直す"""
    lead_source = lead_source.locked(version=version)
    changed = differing(lead_source, facts)
    _refuse_taken(lead_source)
    lead_source.saved(at=at)
    note("lead_source.changed", lead_source, by=by, **changed)
    return lead_source


@only_who_may(Act.KEEP_CAMPAIGNS)
@transaction.atomic
def retire_lead_source(lead_source: LeadSource, *, by: User | System, at: datetime) -> LeadSource:
    """流入元を使わないようにする — companies that came from it keep it."""
    lead_source = lead_source.no_longer(at=at)
    note("lead_source.retired", lead_source, by=by)
    return lead_source


@only_who_may(Act.KEEP_CAMPAIGNS)
@transaction.atomic
def bring_back_lead_source(lead_source: LeadSource, *, by: User | System, at: datetime) -> LeadSource:
    """流入元をまた使う"""
    lead_source = lead_source.again(at=at)
    note("lead_source.brought_back", lead_source, by=by)
    return lead_source


@only_who_may(Act.KEEP_CAMPAIGNS)
@transaction.atomic
def add_campaign(*, by: User | System, at: datetime, **facts: Any) -> Campaign:
    """施策を加える"""
    made = Campaign(**facts)
    _settle(made)
    made.saved(at=at)
    note("campaign.added", made, by=by)
    return made


@only_who_may(Act.KEEP_CAMPAIGNS)
@transaction.atomic
def change_campaign(
    campaign: Campaign, *, by: User | System, at: datetime, version: int | None = None, **facts: Any
) -> Campaign:
    """施策を直す — its source stays: companies came through it from there."""
    campaign = campaign.locked(version=version)
    changed = differing(campaign, facts)
    _settle(campaign)
    campaign.saved(at=at)
    note("campaign.changed", campaign, by=by, **changed)
    return campaign


def _settle(campaign: Campaign) -> None:
    _refuse_taken(campaign)
    if campaign.until_on and campaign.until_on < campaign.from_on:
        raise EndsBeforeItBegins(_("終わりは始まりより後にしてください。"), field="until_on")


def _refuse_taken(named: Versioned) -> None:
    if type(named)._base_manager.filter(name=named.name).exclude(pk=named.pk).exists():  # type: ignore[attr-defined]
        raise NameTaken(_("同じ名前がすでにあります。"), field="name")


DEFAULT_SOURCES = {
    SourceKind.SEO_SEM: "検索",
    SourceKind.AD: "広告",
    SourceKind.EXHIBITION: "展示会",
    SourceKind.SEMINAR: "セミナー",
    SourceKind.REFERRAL: "紹介",
    SourceKind.INBOUND: "問い合わせ",
    SourceKind.COLD_LIST: "新規開拓リスト",
}


@transaction.atomic
def furnish(*, at: datetime) -> None:
    """The lead sources that a new tenant begins with. Safe to run again."""
    if not LeadSource.objects.exists():
        for kind, name in DEFAULT_SOURCES.items():
            LeadSource(kind=kind, name=name).saved(at=at)
