"""The goal/process table and the records behind its figures."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts import queries as accounts
from apps.accounts.permissions import reach
from apps.accounts.vocabulary import Act
from apps.base.month import Month
from apps.base.pages import page
from apps.base.spreadsheet import csv_response
from apps.goals.vocabulary import UNITS, Row
from apps.reviews import behind, drawing, periods, presentation, queries, rules
from apps.reviews.forms import BoardForm, PeriodForm, RecordsForm
from apps.reviews.scope import Scope
from apps.reviews.workbook import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    form = BoardForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return not_understood(request, form)
    board = _board(form)
    live = not form.cleaned_data["as_of"] < form.now
    elapsed = _elapsed(board)
    on = presentation.month_on_phone(board, form.cleaned_data["month"])
    address = form.address
    moments = periods.moments(board.running, now=form.now, zone=form.zone)
    rows = presentation.table(
        board,
        elapsed=elapsed,
        fates=queries.fates(board, zone=form.zone),
        now=None if live else _board(form, as_of=form.now),
    )
    place_on = board.months.index(on) + 1
    context = head(form) | {
        "board": board,
        "columns": presentation.columns(board),
        "on": on,
        "place_on": place_on,
        "month_before": on - 1,
        "month_after": on + 1,
        "rows": rows,
        "drawn": [(row, drawing.cells(row, on=place_on, address=address)) for row in rows],
        "density": presentation.density(rows),
        "strip": presentation.strip(board, elapsed=elapsed),
        "lacks_goal": live and presentation.lacks_goal(board),
        "sets_goals": reach(request.user, Act.SET_GOALS) is not None,
        "past_due_amount": sum(name.amount or 0 for name in board.past_due),
        "live": live,
        "moments": moments,
        "other_moment": not live and address.get("as_of") not in [moment.as_of for moment in moments],
        "belongs_to": accounts.teams_of(board.scope.rep, on=timezone.localdate(board.as_of))
        if board.scope.rep
        else [],
    }
    return page(request, "reviews/table.html", context)


def head(form: PeriodForm) -> dict[str, Any]:
    """Whose figures and which months, and what else there is to choose."""
    asked, year_starts = form.cleaned_data, _year_starts()
    months = asked["period"]
    return {
        "scope": asked["scope"],
        "people": accounts.reps(),
        "teams": list(accounts.teams()),
        "address": form.address,
        "months": months,
        "length": len(months),
        "earlier": str(months[0] - len(months)),
        "later": str(months[-1] + 1),
        "period": periods.name(months, year_starts=year_starts),
        "periods": periods.offered(timezone.localdate(), year_starts=year_starts),
    }


@require_safe
def table_csv(request: HttpRequest) -> HttpResponseBase:
    form = BoardForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return not_understood(request, form)
    board = _board(form)
    return csv_response(f"{_file_name(board)}.csv", list(presentation.as_rows(board)))


@require_safe
def table_xlsx(request: HttpRequest) -> HttpResponseBase:
    """A sheet of the table and, for a team or the organisation, one per person."""
    form = BoardForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return not_understood(request, form)
    board = _board(form)
    people = queries.tables_of_people(board.scope, months=board.months, as_of=board.as_of, zone=form.zone)
    file = workbook([board, *people], title=_("目標・プロセス管理表"), tenant=request.tenant.name)
    return FileResponse(file, as_attachment=True, filename=f"{_file_name(board)}.xlsx", content_type=XLSX)


def _file_name(board: queries.Board) -> str:
    """目標プロセス管理表_高橋美咲_2026上期_20261015"""
    day = timezone.localdate(board.as_of)
    return file_name(_("目標プロセス管理表"), board.scope, board.months, day=day)


def file_name(what: str, scope: Scope, months: list[Month], *, day: date) -> str:
    """What it is, whose, of when and as of which day, without what file systems refuse."""
    period = periods.in_file_name(months, year_starts=_year_starts())
    name = f"{what}_{scope.name or _('組織')}_{period}_{day:%Y%m%d}"
    return re.sub(r'[\s\x00-\x1f<>:"/\\|?*]+', "", name)


def _year_starts() -> int:
    return accounts.organisation().fiscal_year_starts


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    form = RecordsForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return not_understood(request, form)
    asked = form.cleaned_data
    row, cell = Row(asked["row"]), asked["cell"]
    place = {"as_of": asked["as_of"], "zone": form.zone}
    months = asked["period"] if isinstance(cell, str) else [cell]
    found = behind.records(
        asked["scope"], row, months=months, undated=cell == "undated", also_undated=cell == "all", **place
    )
    moves = behind.moves(
        asked["scope"],
        row,
        months=[] if cell == "undated" else months,
        undated=cell in ("undated", "all"),
        **place,
    )
    live = not asked["as_of"] < form.now
    context = {
        "found": found,
        "details": _with_details(found) if live and found.kind == "deals" else [],
        "live": live,
        "amount": sum(record.amount or 0 for record in found.rows)
        if found.kind in ("deals", "closings")
        else None,
        "moves": [presentation.told(move) for move in moves],
        "since": Month.of(timezone.localtime(asked["as_of"])),
        "row": row,
        "unit": UNITS[row],
        "cell": cell,
        "scope": asked["scope"],
        "as_of": asked["as_of"],
        "address": form.address,
        "most": behind.RECORDS_SHOWN,
    }
    return page(request, "reviews/records.html", context, parts=["records"])


def _with_details(found: behind.Records) -> list[tuple[rules.Name, behind.Detail]]:
    details = behind.details(found)
    return [(name, details[name.deal]) for name in found.rows[: behind.RECORDS_SHOWN]]


def _board(form: BoardForm, *, as_of: datetime | None = None) -> queries.Board:
    asked = form.cleaned_data
    at = as_of or asked["as_of"]
    return queries.board(asked["scope"], months=asked["period"], as_of=at, zone=form.zone)


def _elapsed(board: queries.Board) -> Fraction:
    """The share of the running month's working days that have gone by, today included."""
    team = board.scope.team.pk if board.scope.team else None
    time = accounts.working_time(team)
    first, last = board.running.first_day, (board.running + 1).first_day
    days = [day for day in time.days(first, last) if day < last]
    gone = [day for day in days if day <= timezone.localdate(board.as_of)]
    return Fraction(len(gone), len(days)) if days else Fraction(1)


def not_understood(request: HttpRequest, form: PeriodForm) -> HttpResponse:
    reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return render(request, "errors/400.html", {"reason": reason}, status=400)
