"""取り込み: file, columns, trial, progress and result, a page each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.base.pages import listed, page
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.base.spreadsheet import csv_response
from apps.base.templatetags.baton import dated
from apps.base.uploads import taking_files
from apps.integrations import import_problems, operations
from apps.integrations.import_columns import Columns
from apps.integrations.import_forms import LayoutForm, ReadForm, RepairForm, UploadForm
from apps.integrations.imports import layouts, undoing
from apps.integrations.imports.delimited import ENCODINGS
from apps.integrations.imports.kept import kept
from apps.integrations.imports.results import Report
from apps.integrations.imports.running import KINDS
from apps.integrations.models import Import, Problem
from apps.integrations.vocabulary import Same, Settled, State

STEPS = {
    "file": (State.READING, State.UNREADABLE, State.MAPPING),
    "columns": (),
    "check": (State.CHECKING, State.CHECKED),
    "import": (State.RUNNING, State.STOPPED, State.DONE, State.UNDOING, State.UNDONE),
}


@row(Section.DATA, Act.IMPORT)
def imports_row(user: User) -> Row:
    imports = Import.objects.aggregate(
        working=Count("pk", filter=Q(state__in=Import.WORKING)),
        waiting=Count("pk", filter=Q(state__in=Import.WAITING)),
        last=Max("ended_at", filter=Q(state=State.DONE)),
    )
    if working := imports["working"]:
        value = ngettext("%(n)s件が進行中", "%(n)s件が進行中", working) % {"n": working}
    elif imports["last"]:
        value = _("前回 %(day)s") % {"day": dated(imports["last"])}
    else:
        value = _("CSV・XLSX")
    tag = _("確認待ち") if imports["waiting"] else ""
    return Row(_("取り込み"), value, reverse("integrations:imports"), _("CSV エクセル 移行"), tag=tag)


@taking_files(lambda: operations.MOST_BYTES)
@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file; every earlier import below."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES, too_large=request.too_large) if sent else UploadForm()
    if form.is_valid():
        with refusals_shown_on(form):
            import_ = operations.upload_import(
                file=form.cleaned_data["file"],
                key=form.cleaned_data["key"],
                by=request.user,
                at=timezone.now(),
            )
            return redirect(import_)
    earlier = listed(request, Import.objects.select_related("by"), order=["-created_at", "-id"], size=20)
    for import_ in earlier.rows:
        import_.kind_label = KINDS[import_.kind].label if import_.kind in KINDS else ""
    return page(request, "integrations/imports.html", {"form": form, "earlier": earlier, "step": "file"})


@require_safe
@only_for_who_may(Act.IMPORT)
def import_page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The step at which the import stands. Asked by htmx while a worker has it: only what is new."""
    import_ = _found(import_id)
    stamp = f"{import_.state}-{import_.done}-{import_.line}"
    if request.headers.get("HX-Request") and "seen" in request.GET:
        if request.GET["seen"] == stamp:
            return HttpResponse(status=204)
        if not import_.is_working:
            return redirect(import_)
    context = _context(import_) | {"stamp": stamp}
    match import_.state:
        case State.READING | State.CHECKING:
            template = "working"
        case State.UNREADABLE | State.MAPPING:
            return read_import(request, import_id=import_id)
        case State.CHECKED:
            template = "check"
            context |= {"remarks": _sentences(import_.checked.get("remarks", []))}
        case _:
            template = "result"
            context |= _result(import_)
    return page(request, f"integrations/import-{template}.html", context, parts=["import-progress"])


def _found(import_id: UUID) -> Import:
    return get_object_or_404(Import.objects.select_related("by"), pk=import_id)


def _context(import_: Import, step: str = "") -> dict[str, Any]:
    here = step or next(name for name, states in STEPS.items() if import_.state in states)
    kind = KINDS.get(import_.kind)
    return {"import": import_, "step": here, "kind_label": kind.label if kind else ""}


def _sentences(remarks: list[list[Any]]) -> list[str]:
    return Report(remarks=Counter({(kind, name): count for kind, name, count in remarks})).sentences()


def _result(import_: Import) -> dict[str, Any]:
    working, undone = import_.state == State.RUNNING, import_.state == State.UNDONE
    total = import_.rows or 0
    waiting = import_.problems.filter(settled=Settled.AGAIN).count()
    if import_.again:
        total = import_.done + waiting
    return {
        "total": total,
        "so_far": import_.done if import_.again else import_.settled,
        "percent": round(100 * (import_.done if import_.again else import_.settled) / total) if total else 0,
        "seconds_left": _seconds_left(import_, total) if working else None,
        "causes": [] if undone else import_problems.causes(import_),
        "problems": 0 if undone else import_.problems.filter(settled=Settled.OPEN).count(),
        "waiting": waiting,
        "came_in": import_.counts.get("added", 0) + import_.counts.get("changed", 0),
        "remarks": _sentences(import_.remarks),
        "undo_until": undoing.until(import_, at=timezone.now()),
        "kept": kept(import_) if undone else [],
        "may_repair": import_.state in (State.STOPPED, State.DONE) and import_.size,
    }


def _seconds_left(import_: Import, total: int) -> int | None:
    """By the pace of the present run; nothing is said before there is one."""
    if not (import_.done and import_.run_at and import_.beat_at):
        return None
    passed = (import_.beat_at - import_.run_at).total_seconds()
    left = total - (import_.done if import_.again else import_.settled)
    return max(1, round(left * passed / import_.done))


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.IMPORT)
def undo_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What would go and what would stay, before it is asked for."""
    if request.method == "POST":
        return _done(request, import_id, operations.undo_import)
    import_ = _found(import_id)
    context = _context(import_) | {"undo_until": undoing.until(import_, at=timezone.now())}
    try:
        context["foreseen"] = undoing.foreseen(import_, at=timezone.now())
    except undoing.CannotUndo as refusal:
        context["refusal"] = str(refusal)
    return page(request, "integrations/import-undo.html", context)


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.IMPORT)
def read_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How the file was read, correctable, and what kind of record it holds."""
    import_ = _found(import_id)
    form = ReadForm(request.POST if request.method == "POST" else None, import_=import_)
    if form.is_valid():
        said, deed = form.cleaned_data, {"by": request.user, "at": timezone.now()}
        with refusals_shown_on(form):
            if form.reads_differently or import_.state == State.UNREADABLE:
                operations.read_again(
                    import_,
                    encoding=said.get("encoding", ""),
                    delimiter=said.get("delimiter", ""),
                    sheet=said.get("sheet", ""),
                    header=said.get("header", import_.header),
                    **deed,
                )
                return redirect(import_)
            if said["kind"] != import_.kind:
                proposal = layouts.proposed(import_, said["kind"])
                operations.choose_columns(
                    import_,
                    kind=proposal.kind,
                    mapping=proposal.mapping,
                    decided=proposal.decided,
                    same=proposal.same,
                    **deed,
                )
            return redirect("integrations:map-import", import_id)
    context = _context(import_, "file") | {
        "form": form,
        "header": layouts.header_of(import_),
        "first": layouts.rows_of(import_)[:5],
        "encoding": ENCODINGS.get(import_.encoding, "XLSX"),
    }
    return page(request, "integrations/import-file.html", context)


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.IMPORT)
def map_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """列の対応 — each column with its field; asked with choices by GET, it shows what they would do."""
    import_ = _found(import_id)
    if import_.state not in (State.MAPPING, State.CHECKED):
        return redirect(import_)
    sent = request.POST if request.method == "POST" else request.GET
    columns = Columns(import_, sent.dict() if "column-1" in sent else None)
    same = sent.get("same") if sent.get("same") in Same.values else import_.same
    form = LayoutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown_on(form):
            deed = {"by": request.user, "at": timezone.now()}
            import_ = operations.choose_columns(
                import_,
                kind=import_.kind,
                mapping=columns.mapping,
                decided=columns.decided,
                same=Same(same),
                **deed,
            )
            if form.cleaned_data["layout"]:
                operations.keep_layout(import_, name=form.cleaned_data["layout"], **deed)
            if not columns.open and not columns.missing:
                operations.check_import(import_, **deed)
                return redirect(import_)
    place = sent.get("row", "0")
    context = _context(import_, "columns") | {
        "columns": columns,
        "form": form,
        "same": same,
        "sames": Same.choices if columns.kind.meets else (),
        "preview": columns.preview(int(place) if place.isdecimal() and len(place) < 4 else 0),
    }
    return page(request, "integrations/import-columns.html", context, parts=["import-columns"])


def _done(request: HttpRequest, import_id: UUID, deed: Callable[..., Any]) -> HttpResponse:
    """The deed, or why it cannot be done; either way the import as it then stands."""
    import_ = _found(import_id)
    with refusals_told(request):
        deed(import_, by=request.user, at=timezone.now())
    return redirect(import_)


@require_POST
@only_for_who_may(Act.IMPORT)
def start_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    return _done(request, import_id, operations.start_import)


@require_POST
@only_for_who_may(Act.IMPORT)
def stop_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    return _done(request, import_id, operations.stop_import)


@require_POST
@only_for_who_may(Act.IMPORT)
def repair_rows(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Mend a row, or all of the same cause; they wait until they are taken in again."""
    import_, form = _found(import_id), RepairForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("直し方を選んでください。"))
        return redirect(import_)
    problem = get_object_or_404(Problem, pk=form.cleaned_data["problem"], import_of=import_)
    rows = import_problems.like(problem)
    if form.cleaned_data["alone"]:
        rows = rows.filter(pk=problem.pk)
    deed = {"by": request.user, "at": timezone.now()}
    with refusals_told(request):
        if form.cleaned_data["deed"] == "leave":
            count = operations.leave_out(import_, rows, **deed)
            messages.success(request, _("%(n)s行を取り込まないことにしました。") % {"n": count})
        else:
            text = form.cleaned_data["text"] if form.cleaned_data["deed"] == "put" else ""
            count = operations.repair_rows(import_, rows, field=problem.field, text=text, **deed)
            messages.success(request, _("%(n)s行を直しました。もう一度取り込むと入ります。") % {"n": count})
    return redirect(import_)


@require_POST
@only_for_who_may(Act.IMPORT)
def run_again(request: HttpRequest, import_id: UUID) -> HttpResponse:
    return _done(request, import_id, operations.run_again)


@require_safe
@only_for_who_may(Act.IMPORT)
def problems(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The rows that did not go in, with their reason: corrected, the file can be imported itself."""
    import_ = _found(import_id)
    left = import_.problems.exclude(settled=Settled.LEFT_OUT).order_by("line")
    rows = [[problem.line, problem.reason, *problem.values] for problem in left]
    name = _("確認が必要な行_%(file)s.csv") % {
        "file": import_.file_name.rpartition(".")[0] or import_.file_name
    }
    return csv_response(name, [[_("行"), _("理由"), *layouts.header_of(import_)], *rows])


@require_POST
@only_for_who_may(Act.IMPORT)
def discard_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    import_ = _found(import_id)
    with refusals_told(request):
        operations.discard_import(import_, by=request.user, at=timezone.now())
        messages.success(request, _("「%(file)s」をやめました。") % {"file": import_.file_name})
        return redirect("integrations:imports")
    return redirect(import_)
