"""Every deed of a person's day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.actions import queries
from apps.actions.models import Snooze
from apps.customers.models import Company
from apps.deals.models import Deal
from apps.journal.operations import note


@only_who_may(Act.PUT_OFF)
@transaction.atomic
def put_off(subject: Deal | Company, *, by: User, at: datetime) -> Snooze:
    """明日にする — what stands still is out of this person's sight until the next working day; nothing changes in it."""
    snooze, _new = Snooze.objects.update_or_create(
        user=by, subject_id=subject.pk, defaults={"until_on": queries.next_day_of(by, at=at)}
    )
    note(f"{subject._meta.model_name}.put_off", subject, by=by, until=snooze.until_on)
    return snooze


@only_who_may(Act.PUT_OFF)
@transaction.atomic
def take_up_again(subject: Deal | Company, *, by: User, at: datetime) -> None:
    """明日にしたものを今日に戻す"""
    if Snooze.objects.filter(user=by, subject_id=subject.pk).delete()[0]:
        note(f"{subject._meta.model_name}.taken_up_again", subject, by=by)
