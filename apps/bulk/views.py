"""Pages of まとめて変更: what is to be done to which rows, and what became of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.permissions import check, only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.forms import OnceForm
from apps.base.listing import LISTS, Asker, asked_of
from apps.base.pages import found_or_404, page
from apps.base.refusal import Refused, refusals_shown_on, refusals_told
from apps.bulk import operations
from apps.bulk.deeds import DEEDS, Deed, deeds_of
from apps.bulk.models import Bulk

NAMED = 10
"""So many rows are named before the deed."""


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.CHANGE_MANY)
def new(request: HttpRequest) -> HttpResponse:
    """The address says list, deed and rows: ids, or all that its conditions find. The form says the rest."""
    deed = DEEDS.get(request.GET.get("deed", ""))
    if deed is None or deed.directory not in LISTS:
        raise Http404
    check(request.user, deed.act)
    back = _back(request, deed)
    try:
        ids = _chosen(request, deed)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    once = OnceForm(request.POST or None)
    form = deed.form(request.POST or None, by=request.user)
    if form.is_valid() and once.is_valid():
        with refusals_shown_on(form):
            begun = operations.begin(
                key=once.cleaned_data["key"],
                deed=deed.name,
                given=_given(request.POST, form).urlencode(),
                rows=ids,
                back=back,
                by=request.user,
                at=timezone.now(),
            )
            if len(ids) <= operations.AT_ONCE:
                _to_the_end(request, begun)
            return redirect(begun)
    context = {"deed": deed, "form": form, "once": once, "count": len(ids), "back": back}
    context |= {"most": operations.MOST_ROWS, "named": deed.rows().filter(pk__in=ids[:NAMED])}
    return page(request, "bulk/new.html", context)


def _chosen(request: HttpRequest, deed: Deed) -> list[Any]:
    """The ids that the address names, in the list's order; one more than may be changed says that it is too many.

    Refused where nothing is named, or "all" of conditions that cannot all be read.
    """
    directory = LISTS[deed.directory]
    asker = Asker(request.user, timezone.localdate())
    if "all" in request.GET:
        asked = asked_of(directory, QueryDict(request.GET.get("query", "")), asker)
        if asked.faults:  # the list shows more rows than were asked for
            raise Refused(_("条件の一部が読めないため、すべてを一度には選べません。条件を直してください。"))
        rows = asked.ordered(asked.rows).order_by(*asked.order)
        return list(rows.values_list("pk", flat=True)[: operations.MOST_ROWS + 1])
    named = [_id(text) for text in request.GET.getlist("id")[: operations.AT_ONCE]]
    if not (ids := list(dict.fromkeys(pk for pk in named if pk))):
        raise Refused(_("行が選ばれていません。一覧で行を選んでから、次へ進んでください。"))
    return ids


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _given(sent: QueryDict, form: forms.Form) -> QueryDict:
    """What was sent for the form's own fields."""
    given = QueryDict(mutable=True)
    for name in form.fields:
        if name in sent:
            given.setlist(name, sent.getlist(name))
    return given


def _back(request: HttpRequest, deed: Deed) -> str:
    address = f"{LISTS[deed.directory].address}?{request.GET.get('query', '')}"
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else "/"


def _to_the_end(request: HttpRequest, begun: Bulk) -> None:
    while begun.is_running:
        begun = operations.go_on(begun, by=request.user, at=timezone.now())


@require_safe
def bulk(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """How far it is, and afterwards what did not go and why; those rows can be chosen again."""
    found = found_or_404(Bulk.objects.filter(by=request.user), bulk_id)
    deed = DEEDS[found.deed]
    url = LISTS[deed.directory].record
    again = QueryDict(mutable=True)
    again["query"] = found.back.partition("?")[2]
    again.setlist("id", [pk for pk, _name, _why in found.failed[: operations.AT_ONCE]])
    context = {
        "bulk": found,
        "deed": deed,
        "failed": [(reverse(url, args=[pk]), name, why) for pk, name, why in found.failed],
        "stayed": [(reverse(url, args=[pk]), name, why) for pk, name, why in found.stayed],
        "percent": 100 * found.position // max(1, len(found.rows)),
        "again": [(other, f"{reverse('bulk:new')}?deed={other.name}&{again.urlencode()}") for other in deeds_of(deed.directory, request.user)],
    }  # fmt: skip
    return page(request, "bulk/bulk.html", context, parts=["bulk-state"])


@require_POST
def undo(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    found = found_or_404(Bulk.objects.filter(by=request.user), bulk_id)
    with refusals_told(request):
        found = operations.undo(found, by=request.user, at=timezone.now())
        if len(found.done) <= operations.AT_ONCE:
            _to_the_end(request, found)
    return redirect(found)
