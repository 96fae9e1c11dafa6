"""Expected against different: per kind of issue and per rep, with what was told of the differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.activities.vocabulary import Turnout
from apps.base.pages import page
from apps.base.spreadsheet import csv_response
from apps.reviews import expectations
from apps.reviews.expectations import Cell, Line
from apps.reviews.forms import ExpectationsForm
from apps.reviews.rules import FLOOR, Tally
from apps.reviews.views import file_name, head, not_understood


@dataclass(frozen=True)
class Drawn:
    """A line with where it leads, and its bar: (look, from, width) in percent of the longest."""

    line: Line
    url: str
    chosen: bool
    bar: Sequence[tuple[str, float, float]]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    form = ExpectationsForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return not_understood(request, form)
    asked, kind = form.cleaned_data, form.kind_asked
    window: dict[str, Any] = {"months": asked["period"], "zone": form.zone}
    cells = expectations.cells(asked["scope"], **window)
    of_kind = [cell for cell in cells if kind is expectations.ANY or cell.kind == kind]
    kinds = expectations.by_kind(cells)
    reps = [] if asked["scope"].is_person else expectations.by_rep(of_kind)
    context = head(form) | {
        "total": _total(cells),
        "kinds": _drawn(kinds, form.address, "kind", chosen=form.data.get("kind")),
        "kind": next((line.name for line in kinds if line.pk == kind), ""),
        "narrowed": kind is not expectations.ANY,
        "most_different": max(filter(_named, kinds), key=lambda line: line.tally.different, default=None),
        "of_kind": _total(of_kind),
        "reps": _drawn(reps, form.address, "rep"),
        "notes": expectations.notes(asked["scope"], kind=kind, **window),
        "most": expectations.NOTES_SHOWN,
        "floor": FLOOR,
    }
    return page(request, "reviews/expectations.html", context)


def _named(line: Line) -> bool:
    return line.pk is not None


def _total(cells: Sequence[Cell]) -> Tally:
    return sum((cell.tally for cell in cells), Tally())


def _drawn(lines: Sequence[Line], address: QueryDict, name: str, *, chosen: str | None = None) -> list[Drawn]:
    longest = max((line.tally.n for line in lines), default=0)
    return [
        Drawn(
            line,
            _leads_to(address, name, line),
            bool(chosen) and chosen == _key(line),
            _bar(line.tally, longest),
        )
        for line in lines
    ]


def _key(line: Line) -> str:
    return str(line.pk or ExpectationsForm.NO_KIND)


def _leads_to(address: QueryDict, name: str, line: Line) -> str:
    """The same page of this kind or person; nobody has none of their own."""
    if name == "rep" and line.pk is None:
        return ""
    to = address.copy()
    if name == "rep":
        for other in ("team", "org"):
            to.pop(other, None)
    to[name] = _key(line)
    return f"{reverse('reviews:expectations')}?{to.urlencode()}"


def _bar(tally: Tally, longest: int) -> list[tuple[str, float, float]]:
    parts, begins = [], 0.0
    for turnout in Turnout.values:
        width = round(100 * getattr(tally, turnout) / longest, 2)
        parts.append((turnout.replace("_", "-"), round(begins, 2), width))
        begins += width
    return parts


@require_safe
def table_csv(request: HttpRequest) -> HttpResponseBase:
    """A row per rep and kind."""
    form = ExpectationsForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return not_understood(request, form)
    asked = form.cleaned_data
    cells = expectations.cells(asked["scope"], months=asked["period"], zone=form.zone)
    name = file_name(_("想定と結果"), asked["scope"], asked["period"], day=timezone.localdate(form.now))
    words = [_("担当"), _("種類"), _("件数"), *(str(turnout.label) for turnout in Turnout)]
    rows = [
        [rep.name, kind.name, tally.n, *_counts(tally)] for rep, kind, tally in expectations.crossed(cells)
    ]
    return csv_response(f"{name}.csv", [words, *rows])


def _counts(tally: Tally) -> list[int]:
    return [getattr(tally, turnout) for turnout in Turnout.values]
