"""What holds of follows and visits alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.activities.models import Activity
from apps.base.refusal import Refused
from apps.customers.models import Contact


class NotOfThisCompany(Refused):
    pass


class InTrash(Refused):
    pass


class NotYet(Refused):
    pass


def day_of(moment: datetime) -> date:
    return timezone.localdate(moment)


def check_company(activity: Activity, contacts: Sequence[Contact]) -> None:
    """Contact and deal belong to the company, and none of them lies in the trash."""
    if activity.company.trashed_at:
        raise InTrash(_("ごみ箱にある顧客には記録できません。"), field="company")
    if any(contact.company_id != activity.company_id for contact in contacts):
        raise NotOfThisCompany(_("この担当者は別の会社の人です。"), field="contact")
    if activity.deal and activity.deal.company_id != activity.company_id:
        raise NotOfThisCompany(_("この案件は別の会社のものです。"), field="deal")
    if activity.deal and activity.deal.trashed_at:
        raise InTrash(_("ごみ箱にある案件には記録できません。"), field="deal")


def kept(activity: Any, *, version: int | None = None) -> Any:
    activity = activity.locked(version=version)
    if activity.trashed_at:
        raise InTrash(_("ごみ箱にあります。先に元に戻してください。"))
    return activity


def take(activity: Activity, facts: Mapping[str, Any]) -> dict[str, Any]:
    before = {
        name: getattr(activity, name) for name, value in facts.items() if getattr(activity, name) != value
    }
    for name, value in facts.items():
        setattr(activity, name, value)
    return before
