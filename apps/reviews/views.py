"""The goal/process table and the records behind its figures."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts import queries as accounts
from apps.base.pages import page
from apps.base.spreadsheet import csv_response
from apps.goals.vocabulary import UNITS, Row
from apps.reviews import presentation, queries, rules
from apps.reviews.forms import BoardForm, RecordsForm
from apps.reviews.scope import Scope


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    form = BoardForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return _not_understood(request, form)
    board = _board(form)
    live = not form.cleaned_data["as_of"] < form.now
    elapsed = _elapsed(board)
    context = {
        "board": board,
        "columns": presentation.columns(board),
        "rows": presentation.table(
            board,
            elapsed=elapsed,
            fates=queries.fates(board, zone=form.zone),
            now=None if live else _board(form, as_of=form.now),
        ),
        "strip": presentation.strip(board, elapsed=elapsed),
        "past_due_amount": sum(name.amount or 0 for name in board.past_due),
        "people": accounts.reps(),
        "teams": accounts.teams(),
        "address": _address(form),
        "live": live,
        "length": len(board.months),
        "month_start": f"{board.running.first_day:%Y-%m-%d}T00:00",
        "earlier": str(board.months[0] - len(board.months)),
        "later": str(board.months[-1] + 1),
        "half": rules.fiscal_period(
            timezone.localdate(), year_starts=accounts.organisation().fiscal_year_starts, length=6
        )[0],
    }
    return page(request, "reviews/table.html", context)


@require_safe
def table_csv(request: HttpRequest) -> HttpResponseBase:
    form = BoardForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return _not_understood(request, form)
    board = _board(form)
    day = timezone.localdate(board.as_of)
    name = _("目標プロセス管理表_%(whose)s_%(day)s.csv") % {
        "whose": board.scope.name or _("組織"),
        "day": f"{day:%Y%m%d}",
    }
    return csv_response(name, list(presentation.as_rows(board)))


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    form = RecordsForm(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return _not_understood(request, form)
    asked = form.cleaned_data
    row, cell = Row(asked["row"]), asked["cell"]
    found = queries.records(
        asked["scope"],
        row,
        months=asked["period"] if isinstance(cell, str) else [cell],
        undated=cell == "undated",
        also_undated=cell == "all",
        as_of=asked["as_of"],
        zone=form.zone,
    )
    context = {
        "found": found,
        "row": row,
        "unit": UNITS[row],
        "cell": cell,
        "scope": asked["scope"],
        "as_of": asked["as_of"],
        "address": _address(form),
        "most": queries.RECORDS_SHOWN,
    }
    return page(request, "reviews/records.html", context, parts=["records"])


def _board(form: BoardForm, *, as_of: datetime | None = None) -> queries.Board:
    asked = form.cleaned_data
    at = as_of or asked["as_of"]
    return queries.board(asked["scope"], months=asked["period"], as_of=at, zone=form.zone)


def _address(form: BoardForm) -> QueryDict:
    """The present table's own address, complete: whose, from when, how long, as of when if it was asked."""
    asked = form.cleaned_data
    scope: Scope = asked["scope"]
    address = QueryDict(mutable=True)
    address.update(
        {"rep": scope.rep.pk} if scope.rep else {"team": scope.team.pk} if scope.team else {"org": 1}
    )
    address.update({"from": str(asked["period"][0]), "months": len(asked["period"])})
    if form.data.get("as_of"):
        address["as_of"] = form.data["as_of"]
    return address


def _elapsed(board: queries.Board) -> Fraction:
    """The share of the running month's working days that have gone by, today included."""
    team = board.scope.team.pk if board.scope.team else None
    time = accounts.working_time(team)
    first, last = board.running.first_day, (board.running + 1).first_day
    days = [day for day in time.days(first, last) if day < last]
    gone = [day for day in days if day <= timezone.localdate(board.as_of)]
    return Fraction(len(gone), len(days)) if days else Fraction(1)


def _not_understood(request: HttpRequest, form: BoardForm) -> HttpResponse:
    reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return render(request, "errors/400.html", {"reason": reason}, status=400)
