"""確認が必要な行 as the page shows them: rows of one cause together, each with what would mend it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.customers import codes
from apps.integrations.imports import wording
from apps.integrations.imports.fields import WordField, folded
from apps.integrations.imports.working import kind_of
from apps.integrations.models import Import, Problem
from apps.integrations.vocabulary import Settled

MOST_GROUPS = 50
PERSONS = ("owner", "rep", "companions")


@dataclass(frozen=True)
class Cause:
    """Rows that say the same in the same field. `first`: one of them; `proposal`: what would mend it, in words."""

    first: Problem
    rows: int
    title: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str
    may_be_empty: bool
    may_be_typed: bool

    @property
    def others(self) -> int:
        return self.rows - 1


def causes(import_: Import) -> list[Cause]:
    """What keeps rows outside, in the order of the file."""
    open_ = import_.problems.filter(settled=Settled.OPEN)
    grouped = (
        open_.values("field", "cell", "reason")
        .annotate(rows=Count("pk"), first_line=Min("line"))
        .order_by("first_line")[:MOST_GROUPS]
    )
    sizes = {group["first_line"]: group["rows"] for group in grouped}
    kind = kind_of(import_)
    people: list[tuple[str, str]] = []
    found = []
    for problem in open_.filter(line__in=sizes).order_by("line"):
        asked = kind.fields.get(problem.field)
        choices = [(value, label) for value, label in problem.choices]
        if problem.field in PERSONS:
            people = people or _people()
            choices = people
        elif problem.field == "industry":
            choices = [(code, str(label)) for code, label in codes.INDUSTRIES.items()]
        elif isinstance(asked, WordField):
            choices = [(word.value, str(word.label)) for word in asked.words]
        found.append(
            Cause(
                first=problem,
                rows=sizes[problem.line],
                title=_title(import_, problem),
                label=str(asked.label) if asked else "",
                choices=choices,
                chosen=_nearest(problem.cell, choices),
                may_be_empty=asked is not None and not asked.required and bool(problem.cell),
                may_be_typed=asked is not None and not choices,
            )
        )
    return found


def like(problem: Problem) -> QuerySet[Problem]:
    """Open rows of the same cause, this one among them."""
    return Problem.objects.filter(
        import_of=problem.import_of_id,
        settled=Settled.OPEN,
        field=problem.field,
        cell=problem.cell,
        reason=problem.reason,
    )


def _people() -> list[tuple[str, str]]:
    people = User.objects.active().order_by("reading", "pk")
    return [(one.email or one.name, one.name) for one in people]


def _nearest(cell: str, choices: list[tuple[str, str]]) -> str:
    """The choice that is written most like the cell, if one is."""
    words = {folded(label): value for value, label in choices}
    near = difflib.get_close_matches(folded(cell), words, n=1, cutoff=0.5) if cell else []
    return words[near[0]] if near else ""


def _title(import_: Import, problem: Problem) -> str:
    """What the row calls itself."""
    columns: dict[str, Any] = import_.mapping.get("columns", {})
    for name in wording.TITLES:
        if name in columns:
            numbers = columns[name] if isinstance(columns[name], list) else [columns[name]]
            parts = [
                problem.values[n - 1] for n in numbers if isinstance(n, int) and n <= len(problem.values)
            ]
            return " ".join(part.strip() for part in parts if part.strip()) or _("—")
    return _("—")
