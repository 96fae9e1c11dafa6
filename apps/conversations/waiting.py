"""What waits in daily reports, counted beside a person's own row, so that the menu of every page can say it.

The same as `reading.questions_to`, and as `reading.unread` of those who are led; the counting itself is kept by the
database (`migrations/0004`), where it is planned once and not with every request.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from apps.accounts.backends import BESIDE
from apps.accounts.queries import SELLING
from apps.accounts.vocabulary import Role

LOOKED_BACK = timedelta(days=30)
"""What nobody has read since then waits for nobody any more."""


def questions() -> RawSQL:
    """Questions in the person's reports that they have not answered."""
    return RawSQL("conversations_questions_to(accounts_user.id)", (), output_field=IntegerField())


def unread() -> RawSQL:
    """Reports of the teams that the person leads and that they have not read; others owe no reading."""
    counted = "conversations_unread_by(accounts_user.id, %s::date, %s::date, %s::text[])"
    today = timezone.localdate()
    known = (Role.MANAGER.value, today, today - LOOKED_BACK, [role.value for role in SELLING])
    reads = f"CASE WHEN %s::text = ANY (accounts_user.roles) THEN {counted} ELSE 0 END"
    return RawSQL(reads, known, output_field=IntegerField())  # noqa: S611 - all of it our own words


BESIDE |= {"questions_waiting": questions, "dailies_unread": unread}
