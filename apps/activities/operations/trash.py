"""Into the trash and back; the daily roll-up counted anew."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.activities import checks, queries
from apps.activities.models import Follow, Visit
from apps.customers import operations as customers
from apps.journal.operations import note

customers.IN_USE.append(queries.has_activities)


@only_who_may(Act.TRASH_ACTIVITIES)
@transaction.atomic
def trash_activity(activity: Follow | Visit, *, by: User | System, at: datetime) -> Follow | Visit:
    """ごみ箱へ移す — it counts no more."""
    activity = checks.kept(activity)
    activity.trashed_at = at
    activity.saved(at=at)
    note(f"{activity._meta.model_name}.trashed", activity, by=by)
    return activity


@only_who_may(Act.TRASH_ACTIVITIES)
@transaction.atomic
def restore_activity(activity: Follow | Visit, *, by: User | System, at: datetime) -> Follow | Visit:
    """ごみ箱から戻す"""
    activity = activity.locked()
    if activity.company.trashed_at or (activity.deal and activity.deal.trashed_at):
        raise checks.InTrash(_("先に顧客や案件をごみ箱から戻してください。"))
    activity.trashed_at = None
    activity.saved(at=at)
    note(f"{activity._meta.model_name}.restored", activity, by=by)
    return activity


@transaction.atomic
def retally() -> None:
    """Count the daily roll-up anew from follows and visits; the triggers keep it between such times."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK activities_follow, activities_visit IN SHARE MODE")
        cursor.execute("DELETE FROM activities_daytally")
        cursor.execute(
            "INSERT INTO activities_daytally (owner_id, day, follows, visits)"
            " SELECT owner_id, day, sum(follows), sum(visits) FROM activities_counted GROUP BY owner_id, day"
        )
