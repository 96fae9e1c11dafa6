"""Every deed about daily reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.activities import checks
from apps.activities.models import DailyReport
from apps.base.refusal import Stale
from apps.base.templatetags.baton import full_day
from apps.journal.operations import note, note_many


class AlreadySent(Stale):
    pass


@only_who_may(Act.SEND_DAILY)
@transaction.atomic
def send_daily(
    *, day: date, by: User, at: datetime, reflection: str = "", tomorrow: str = "", **origin: Any
) -> DailyReport:
    """日報を送る — nobody sends it for another; a day that is over may be told of later."""
    if day > checks.day_of(at):
        raise checks.NotYet(_("まだ来ていない日の日報は送れません。"))
    # held, so that of two tabs one is told that the other was first
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if earlier := DailyReport.objects.filter(user=by, day=day).first():
        raise AlreadySent(
            _("%(day)sの日報は、もう送ってあります。") % {"day": full_day(day)}, present=earlier
        )
    report = DailyReport(
        user=by, day=day, reflection=reflection, tomorrow=tomorrow, sent_at=at, **origin
    ).saved(at=at)
    note("daily.sent", report, by=by)
    return report


@only_who_may(Act.SEND_DAILY)
@transaction.atomic
def send_dailies(*, reports: Sequence[Mapping[str, Any]], by: User, at: datetime) -> list[DailyReport]:
    """日報をまとめて送る — all of them or none."""
    return [send_daily(**facts, by=by, at=at) for facts in reports]


@only_who_may(Act.SEND_DAILY)
@transaction.atomic
def revise_daily(
    report: DailyReport,
    *,
    by: User,
    at: datetime,
    reflection: str | None = None,
    tomorrow: str | None = None,
    version: int | None = None,
) -> DailyReport:
    """日報を直す — what it said before stays, and when it was sent."""
    report = report.locked(version=version)
    if reflection is not None:
        report.reflection = reflection
    if tomorrow is not None:
        report.tomorrow = tomorrow
    report.saved(at=at)
    note("daily.revised", report, by=by)
    return report


@only_who_may(Act.IMPORT)
@transaction.atomic
def load_dailies(
    *, reports: Sequence[Mapping[str, Any]], by: User | System, at: datetime
) -> list[DailyReport]:
    """取り込み — reports that their authors sent elsewhere, each with its `user` and when it was sent."""
    new = [DailyReport(**facts, created_at=at, changed_at=at) for facts in reports]
    new = DailyReport.objects.bulk_create(new, batch_size=1_000)
    note_many("daily.sent", new, by=by)
    return new
