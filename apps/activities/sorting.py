"""What kind of issue each line of a pre-visit report is: as somebody says, as it was before, or as its words say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from apps.accounts.models import User
from apps.activities import queries, rules
from apps.activities.models import ExpectedIssue, IssueKind, Visit


@dataclass(frozen=True)
class Sorted:
    """Each line with its kind and whether that is only proposed, and what it can be besides."""

    kinds: Sequence[IssueKind]
    rows: Sequence[tuple[str, IssueKind | None, bool]]


def choosable(visit: Visit) -> list[IssueKind]:
    """What is offered, and what the visit's issues have already."""
    had = visit.issues.order_by().values("kind")
    return list(queries.every_issue_kind().filter(Q(retired_at__isnull=True) | Q(pk__in=had)))


def sorted_lines(
    visit: Visit,
    lines: Iterable[str],
    *,
    kinds: Sequence[IssueKind],
    said: Mapping[str, Any],
    to: User,
) -> Sorted:
    """`said`: line → the id of a kind, or nothing where somebody took it away; other lines are proposed one."""
    lines = list(dict.fromkeys(lines))
    proposed = proposals([line for line in lines if line not in said], visit=visit, kinds=kinds, to=to)
    chosen = {str(kind.pk): kind for kind in kinds}
    rows = [
        (line, chosen.get(str(said[line])), False) if line in said else (line, proposed[line], True)
        for line in lines
    ]
    return Sorted(kinds, rows)


def proposals(
    lines: Sequence[str], *, visit: Visit, kinds: Sequence[IssueKind], to: User
) -> dict[str, IssueKind | None]:
    """What the line was called before at this company or by this person, else what its words say."""
    offered = {kind.pk: kind for kind in kinds if not kind.retired_at}
    words = {pk: kind.said_by for pk, kind in offered.items()}
    before = _called_before(lines, visit=visit, by=to) if lines and offered else {}
    found = {line: before.get(line) for line in lines}
    return {line: offered.get(pk) or offered.get(rules.kind_said(line, words)) for line, pk in found.items()}


def _called_before(lines: Sequence[str], *, visit: Visit, by: User) -> dict[str, Any]:
    there = Q(visit__company=visit.company_id) | Q(visit__owner=by)
    earlier = ExpectedIssue.objects.filter(there, text__in=lines, kind__isnull=False, visit__trashed_at=None)
    return dict(earlier.exclude(visit=visit).order_by("id").values_list("text", "kind"))
