"""An import from a page: the file, what was decided about it, how far it came, and the rows that did not go in."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.base.models import Row
from apps.base.storage import TenantFiles
from apps.integrations.vocabulary import Same, Settled, State

FATES = ("added", "changed", "same", "refused", "skipped")


class ImportQuerySet(models.QuerySet):
    def in_hands_of_worker(self) -> ImportQuerySet:
        """Those that somebody waits for."""
        return self.filter(state__in=Import.WORKING)


class Import(Row):
    """取り込み — one file on its way in."""

    WORKING = (State.READING, State.CHECKING, State.RUNNING, State.UNDOING)
    WAITING = (State.MAPPING, State.CHECKED)
    """For what a person says next."""

    key = models.UUIDField(_("二度押しを防ぐ番号"), unique=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("取り込んだ人")
    )
    """Nobody: it came in by command."""
    file_name = models.CharField(_("ファイル"), max_length=255)
    size = models.BigIntegerField(_("大きさ"), help_text="bytes")
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.READING)
    reason = models.TextField(_("わけ"), blank=True, default="")

    # How the file is read. What was found, unless a person corrected it.
    encoding = models.CharField(_("文字コード"), max_length=20, blank=True, default="")
    delimiter = models.CharField(_("区切り"), max_length=1, blank=True, default="")
    sheet = models.CharField(_("シート"), max_length=100, blank=True, default="")
    sheets = models.JSONField(default=list)
    header = models.BooleanField(_("1行目は見出し"), default=True)
    rows = models.PositiveIntegerField(_("行数"), null=True)
    sample = models.JSONField(default=list, help_text="the file's first lines, as lists of texts")

    # What its columns mean.
    kind = models.CharField(_("種類"), max_length=20, blank=True, default="")
    mapping = models.JSONField(default=dict, help_text="as in a mapping file; columns by number")
    decided = models.JSONField(default=list, help_text="numbers of columns that somebody left out on purpose")
    same = models.CharField(_("同じ記録があったとき"), max_length=6, choices=Same, default=Same.UPDATE)
    source = models.CharField(_("取り込み元"), max_length=60, blank=True, default="")

    # What came of it. Written in the transaction of the rows that it counts.
    checked = models.JSONField(default=dict, help_text="what the trial found")
    counts = models.JSONField(default=dict, help_text="rows by fate")
    remarks = models.JSONField(default=list, help_text="[kind, name, count]")
    line = models.PositiveIntegerField(default=0, help_text="the last line of the file that is settled")
    done = models.PositiveIntegerField(default=0, help_text="rows that this run has settled")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often a worker took it up in vain")
    again = models.BooleanField(default=False, help_text="this run takes only the rows that were repaired")

    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    run_at = models.DateTimeField(null=True, help_text="when the present run began")
    beat_at = models.DateTimeField(null=True, help_text="when the worker last gave a sign of life")
    ended_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="imports_by_age"),
            models.Index(
                fields=["beat_at"],
                name="imports_at_work",
                condition=Q(state__in=["reading", "checking", "running", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("integrations:import", args=[self.pk])

    @property
    def path(self) -> Path:
        """Where the file lies, in the tenant's own folder."""
        return Path(TenantFiles().path(f"imports/{self.pk}"))

    @property
    def seen_path(self) -> Path:
        """Where a run keeps what it has read, beside the file."""
        return self.path.with_name(f"{self.pk}.seen")

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def settled(self) -> int:
        """How many rows have a fate."""
        return sum(self.counts.get(fate, 0) for fate in FATES)


class Problem(Row):
    """確認が必要な行 — a row of the file that did not go in, and what shall become of it."""

    import_of = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField(_("行"))
    values = models.JSONField(help_text="the row's texts, as the file has them")
    reason = models.TextField(_("わけ"))
    field = models.CharField(max_length=40, blank=True, default="", help_text="which field it is about")
    cell = models.TextField(blank=True, default="", help_text="what stood there")
    choices = models.JSONField(default=list, help_text="[value, label] of what may have been meant")
    repair = models.JSONField(default=dict, help_text="field = text in the place of the file's own")
    settled = models.CharField(max_length=10, choices=Settled, default=Settled.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_of", "line"], name="one_problem_per_line"),
        ]
        indexes = [
            models.Index(fields=["import_of", "settled", "line"], name="problems_by_line"),
            models.Index(fields=["import_of", "field"], name="problems_alike"),
        ]


class Layout(Row):
    """列の対応 — a mapping that is used again for files with the same header."""

    name = models.CharField(_("名前"), max_length=100)
    kind = models.CharField(_("種類"), max_length=20)
    header = models.JSONField(help_text="the texts of the first line")
    mapping = models.JSONField()
    decided = models.JSONField(default=list)
    same = models.CharField(max_length=6, choices=Same, default=Same.UPDATE)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="one_layout_per_name")]

    def __str__(self) -> str:
        return self.name
