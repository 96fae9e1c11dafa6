"""Daily reports for other programs: everybody's to read, one's own to send and to revise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries as accounts
from apps.activities import daily_queries, operations
from apps.activities.models import DailyReport
from apps.base.api import Changed, Listed, Made, Resource, Retrieved, SourcedSerializer
from apps.base.fields import Day, Moment, Ref, Text, of


class DailyReportSerializer(SourcedSerializer):
    once = ("day", *SourcedSerializer.once)

    user = Ref(accounts.people, read_only=True, help_text=_("トークンの人"))
    day = Day()
    reflection = of(DailyReport, "reflection")
    tomorrow = of(DailyReport, "tomorrow")
    sent_at = Moment(read_only=True)


class DailyReportViewSet(Listed, Retrieved, Made, Changed, Resource):
    """日報"""

    serializer_class = DailyReportSerializer
    order = ("-day", "-id")
    filters = {
        "user": Ref(accounts.people, required=False),
        "day": Day(required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }

    def get_queryset(self) -> QuerySet[DailyReport]:
        return daily_queries.daily_reports()

    def make(self, *, at: datetime, **given: Any) -> DailyReport:
        return operations.send_daily(at=at, **given)

    def change(self, report: DailyReport, **given: Any) -> DailyReport:
        return operations.revise_daily(report, **given)
