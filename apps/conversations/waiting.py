"""What waits in daily reports, counted beside a person's own row, so that the menu of every page can say it."""

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

# Written out, like the bell's number: put together by Django it would cost every request twice as much.
# The same as `reading.questions_to`, and as `reading.unread` of those who are led.
_QUESTIONS = """
    SELECT count(*) FROM activities_dailyreport report JOIN conversations_comment asked ON asked.subject_id = report.id
    WHERE report.user_id = accounts_user.id AND asked.asks AND asked.trashed_at IS NULL
        AND asked.subject_kind = 'activities.dailyreport' AND asked.author_id <> report.user_id
        AND NOT EXISTS (
            SELECT FROM conversations_comment later
            WHERE later.subject_id = report.id AND later.author_id = report.user_id
                AND later.trashed_at IS NULL AND later.created_at > asked.created_at
        )
"""
_UNREAD = """
    CASE WHEN %s::text = ANY (accounts_user.roles) THEN (
        SELECT count(*) FROM activities_dailyreport report
        WHERE report.day >= %s::date
            AND report.user_id = ANY (ARRAY(
                WITH RECURSIVE led AS (
                    SELECT team_id FROM accounts_membership member
                    WHERE member.user_id = accounts_user.id
                        AND coalesce(from_on <= %s::date, true) AND coalesce(until_on >= %s::date, true)
                    UNION
                    SELECT team.id FROM accounts_team team JOIN led ON team.parent_id = led.team_id
                )
                SELECT author.id FROM led JOIN accounts_membership member ON member.team_id = led.team_id
                JOIN accounts_user author ON author.id = member.user_id
                WHERE coalesce(from_on <= %s::date, true) AND coalesce(until_on >= %s::date, true)
                    AND author.id <> accounts_user.id AND author.deactivated_at IS NULL
                    AND author.roles::text[] && %s::text[]
            ))
            AND NOT EXISTS (
                SELECT FROM conversations_readmark mark
                WHERE mark.subject_id = report.id AND mark.user_id = accounts_user.id
                    AND mark.subject_kind = 'activities.dailyreport'
            )
    ) ELSE 0 END
"""


def questions() -> RawSQL:
    """Questions in the person's reports that they have not answered."""
    return RawSQL(_QUESTIONS, (), output_field=IntegerField())  # noqa: S611 - all of it our own words


def unread() -> RawSQL:
    """Reports of the teams that the person leads and that they have not read; others owe no reading."""
    today = timezone.localdate()
    sell = [role.value for role in SELLING]
    known = (Role.MANAGER.value, today - LOOKED_BACK, today, today, today, today, sell)
    return RawSQL(_UNREAD, known, output_field=IntegerField())  # noqa: S611 - all of it our own words


BESIDE |= {"questions_waiting": questions, "dailies_unread": unread}
