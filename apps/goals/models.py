"""What should happen: each person's targets and benchmarks, month by month."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.base.history import audited
from apps.base.models import MonthField, Versioned


@audited()
class MonthlyGoal(Versioned):
    """月の目標 — targets of what flows in the month plus list size; benchmarks of a normal month's table.

    Money in yen. `benchmarks` maps row codes of the goal/process table to whole numbers. Empty is no target.
    """

    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="monthly_goals", verbose_name=_("担当")
    )
    month = MonthField(_("月"))
    sales = models.PositiveBigIntegerField(_("売上目標"), null=True, blank=True)
    orders = models.PositiveIntegerField(_("受注件数"), null=True, blank=True)
    new_deals = models.PositiveIntegerField(_("新しい商談"), null=True, blank=True)
    new_topics = models.PositiveIntegerField(_("新しい話題"), null=True, blank=True)
    visits = models.PositiveIntegerField(_("訪問件数"), null=True, blank=True)
    follows = models.PositiveIntegerField(_("フォロー件数"), null=True, blank=True)
    list_size = models.PositiveIntegerField(_("リスト件数"), null=True, blank=True)
    benchmarks = models.JSONField(_("ベンチマーク"), default=dict, blank=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(fields=["rep", "month"], name="one_goal_per_rep_and_month"),
        ]
        indexes = [models.Index(fields=["month", "rep"], name="goals_by_month")]

    def __str__(self) -> str:
        return f"{self.rep.name} {self.month}"

    @property
    def responsible_id(self) -> UUID:
        return self.rep_id
