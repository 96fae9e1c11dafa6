"""Expected against different: what became of the issues that reps expected on their visits, by kind and by rep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.activities import queries as activities
from apps.base.month import Month
from apps.reviews.queries import rows_of
from apps.reviews.rules import Tally
from apps.reviews.scope import Scope

NOTES_SHOWN = 20


@dataclass(frozen=True)
class Cell:
    """What a rep's issues of one kind came to. None: without a known rep, without a kind."""

    rep: UUID | None
    kind: UUID | None
    tally: Tally


@dataclass(frozen=True)
class Line:
    """A kind or a rep with what its cells add up to."""

    pk: UUID | None
    name: str
    tally: Tally


_CELLS = """
    SELECT v.owner_id, i.kind_id, i.turnout, count(*)
    {issues}
    GROUP BY v.owner_id, i.kind_id, i.turnout
"""
_NOTES = """
    SELECT v.id, v.starts_at, c.name, coalesce(u.name, ''), coalesce(k.label, ''), i.text, i.how_different
    {issues} AND i.turnout = 'different' AND i.how_different <> ''
    ORDER BY v.starts_at DESC, i.id DESC LIMIT {most}
"""
_ISSUES = """
    FROM activities_visit v
    JOIN activities_expectedissue i ON i.visit_id = v.id
    JOIN customers_company c ON c.id = v.company_id
    LEFT JOIN accounts_user u ON u.id = v.owner_id
    LEFT JOIN activities_issuekind k ON k.id = i.kind_id
    WHERE v.starts_at >= %(since)s AND v.starts_at < %(before)s
      AND v.trashed_at IS NULL AND v.status = 'done' AND {in_scope}
"""


def cells(scope: Scope, *, months: Sequence[Month], zone: tzinfo) -> list[Cell]:
    """Of the visits done in these months, per rep and kind."""
    issues, given = _issues(scope, months, zone)
    found: defaultdict[tuple[UUID | None, UUID | None], Tally] = defaultdict(Tally)
    for rep, kind, turnout, count in rows_of(_CELLS.format(issues=issues), given):
        name = turnout or "unmarked"
        found[rep, kind] = replace(found[rep, kind], **{name: count})
    return [Cell(rep, kind, tally) for (rep, kind), tally in found.items()]


def _issues(scope: Scope, months: Sequence[Month], zone: tzinfo) -> tuple[str, dict[str, Any]]:
    in_scope, given = scope.sql("v.owner_id", "v.starts_on")
    window = {"since": months[0].starts_at(zone), "before": months[-1].ends_at(zone)}
    return _ISSUES.format(in_scope=in_scope), given | window


def by_kind(of: Sequence[Cell]) -> list[Line]:
    """In the tenant's order; what has no kind comes last."""
    names = [(kind.pk, kind.label) for kind in activities.every_issue_kind()]
    return _lines(of, lambda cell: cell.kind, [*names, (None, _("種類なし"))])


def by_rep(of: Sequence[Cell]) -> list[Line]:
    """By reading, never by how it came: this is no ranking."""
    people = accounts.everybody().filter(pk__in={cell.rep for cell in of if cell.rep})
    return _lines(of, lambda cell: cell.rep, [*people.values_list("pk", "name"), (None, _("担当なし"))])


def crossed(of: Sequence[Cell]) -> list[tuple[Line, Line, Tally]]:
    """Rep, kind and what came of it, in the order of both."""
    tallies = {(cell.rep, cell.kind): cell.tally for cell in of}
    reps, kinds = by_rep(of), by_kind(of)
    return [
        (rep, kind, tally)
        for rep in reps
        for kind in kinds
        if (tally := tallies.get((rep.pk, kind.pk))) and tally.n
    ]


def _lines(
    of: Sequence[Cell], key: Callable[[Cell], UUID | None], names: Sequence[tuple[UUID | None, str]]
) -> list[Line]:
    sums: defaultdict[UUID | None, Tally] = defaultdict(Tally)
    for cell in of:
        sums[key(cell)] += cell.tally
    return [Line(pk, name, sums[pk]) for pk, name in names if sums[pk].n]


@dataclass(frozen=True)
class Note:
    """How an issue differed, and on which visit."""

    visit: UUID
    at: datetime
    company: str
    rep: str
    kind: str
    text: str
    how: str


ANY = object()
"""Of whichever kind, or of none."""


def notes(scope: Scope, *, months: Sequence[Month], zone: tzinfo, kind: Any = ANY) -> list[Note]:
    """The latest ones; `kind`: its id, or None for issues without one."""
    issues, given = _issues(scope, months, zone)
    if kind is not ANY:
        issues, given = f"{issues} AND i.kind_id IS NOT DISTINCT FROM %(kind)s", given | {"kind": kind}
    return [Note(*row) for row in rows_of(_NOTES.format(issues=issues, most=NOTES_SHOWN), given)]
