"""Pages about lists: the views that people keep of them, and the file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import forms, operations, queries
from apps.accounts.lists import EVERYTHING, query_of
from apps.accounts.models import SavedView
from apps.accounts.permissions import check, only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.listing import LISTS, Asked, Asker, asked_of
from apps.base.listing.files import FORMS, file_of, rows_of
from apps.base.pages import found_or_404, made_once, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_VIEWS)
def add_view(request: HttpRequest) -> HttpResponse:
    """Keep what the address asks of the list that it names."""
    asked = _asked(request, request.GET.get("list", ""), request.GET)
    form = forms.NewViewForm(request.POST or None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        with refusals_shown_on(form):
            view, _new = made_once(
                SavedView,
                given.pop("key"),
                lambda **once: operations.add_view(
                    **given,
                    **once,
                    list_name=asked.directory.name,
                    query=query_of(asked),
                    by=request.user,
                    at=timezone.now(),
                ),
            )
            messages.success(request, _("ビュー「%(name)s」を保存しました。") % {"name": view.name})
            return redirect(_address(view))
    return page(request, "accounts/add-view.html", {"form": form, "asked": asked, "said": _said(asked)})


@require_http_methods(["GET", "POST"])
def change_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = found_or_404(queries.views_of(request.user), view_id)
    check(request.user, Act.KEEP_VIEWS, view.responsible_id)
    form = forms.ViewForm(request.POST or None, record=view)
    if form.is_valid():
        with refusals_shown_on(form):
            view = operations.change_view(
                view,
                **form.changed,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("ビューを変更しました。"))
            return redirect(_address(view))
    asked = _asked(request, view.list_name, QueryDict(view.query))
    context = {"form": form, "view": view, "asked": asked, "said": _said(asked), "address": _address(view)}
    return page(request, "accounts/change-view.html", context)


@require_POST
def overwrite_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Let the view ask what its list was narrowed to since."""
    view = found_or_404(queries.views_of(request.user), view_id)
    asked = _asked(request, view.list_name, QueryDict(request.POST.get("query", "")))
    with refusals_told(request):
        view = operations.change_view(view, query=query_of(asked), by=request.user, at=timezone.now())
        messages.success(request, _("ビュー「%(name)s」を今の条件にしました。") % {"name": view.name})
    return redirect(_address(view))


@require_POST
def open_with_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Open the list with this view, or as it is again."""
    view = found_or_404(queries.views_of(request.user), view_id)
    chosen = None if view.is_first else view
    operations.open_with(
        request.user, list_name=view.list_name, view=chosen, by=request.user, at=timezone.now()
    )
    words = _("一覧を開くと「%(name)s」になります。") if chosen else _("一覧を開くとすべてになります。")
    messages.success(request, words % {"name": view.name})
    return redirect(_address(view))


@require_POST
def trash_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = found_or_404(queries.views_of(request.user), view_id)
    operations.trash_view(view, by=request.user, at=timezone.now())
    undo = reverse("accounts:restore-view", args=[view.pk])
    tell_done(request, _("ビュー「%(name)s」を消しました。") % {"name": view.name}, undo=undo)
    return redirect(f"{LISTS[view.list_name].address}?saved={EVERYTHING}")


@require_POST
def restore_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = found_or_404(queries.views_of(request.user, trashed=True), view_id)
    view = operations.restore_view(view, by=request.user, at=timezone.now())
    messages.success(request, _("ビュー「%(name)s」を戻しました。") % {"name": view.name})
    return redirect(_address(view))


@require_POST
def export_list(request: HttpRequest) -> HttpResponseBase:
    """The whole list as it is narrowed, as a file."""
    form = request.POST.get("form")
    if form not in FORMS:
        raise Http404
    asked = _asked(request, request.POST.get("list", ""), QueryDict(request.POST.get("query", "")))
    check(request.user, Act.EXPORT_LISTS)
    rows = rows_of(asked, most=operations.MOST_ROWS)
    with refusals_told(request):
        operations.export_list(
            request.user,
            list_name=asked.directory.name,
            rows=len(rows),
            query=asked.query,
            form=form,
            by=request.user,
            at=timezone.now(),
        )
        return file_of(asked, rows, form=form)
    return redirect(asked.address())


def _asked(request: HttpRequest, list_name: str, given: QueryDict) -> Asked:
    if list_name not in LISTS:
        raise Http404
    return asked_of(LISTS[list_name], given, Asker(request.user, timezone.localdate()))


def _said(asked: Asked) -> list[str]:
    """The conditions, a line each."""
    between = _(" または ")
    return [between.join(asked.said(condition) for condition in group) for group in asked.groups]


def _address(view: SavedView) -> str:
    return f"{LISTS[view.list_name].address}?saved={view.pk}&{view.query}"
