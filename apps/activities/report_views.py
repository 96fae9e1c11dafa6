"""Pages of the reports before and after a visit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.activities import drafting, operations, queries, sorting
from apps.activities.models import PostVisitReport, PreVisitReport, Visit
from apps.activities.report_forms import PrepareForm, ReportForm
from apps.activities.visit_views import visit_or_404
from apps.activities.vocabulary import Turnout
from apps.base import text
from apps.base.pages import local_address, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.base.templatetags import baton
from apps.deals import queries as deals
from apps.deals.models import Deal
from apps.deals.vocabulary import Stage


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, visit_id) -> HttpResponse:
    """外出前報告"""
    visit = visit_or_404(visit_id)
    check(request.user, Act.REPORT_VISITS, visit.responsible_id)
    report = getattr(visit, "pre_report", None) or PreVisitReport(visit=visit, version=0)
    draft = drafting.draft(visit, to=request.user, now=timezone.now())
    is_new = report._state.adding
    proposed = {"situation": draft.situation, "goal": draft.goal} if is_new else {}
    kinds = sorting.choosable(visit)
    form = PrepareForm(request.POST or None, record=report, kinds=kinds, initial=proposed)
    if form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        given["issues"] = form.lines(given["issues"])
        with refusals_shown_on(form):
            operations.prepare_visit(visit, **given, by=request.user, at=timezone.now())
            messages.success(request, _("外出前報告を保存しました。"))
            return redirect(local_address(request, "back", otherwise=visit.get_absolute_url()))
    said = form.kinds_chosen() if form.is_bound else dict(visit.issues.values_list("text", "kind"))
    context = {
        "form": form,
        "visit": visit,
        "offered": draft.issues,
        "proposed": any(proposed.values()),
        "sorted": sorting.sorted_lines(visit, form.lines_now(), kinds=kinds, said=said, to=request.user),
    }
    return page(request, "activities/prepare.html", context)


@require_POST
def sort_issues(request: HttpRequest, visit_id) -> HttpResponse:
    """The kinds of the lines as they stand in the form now; nothing is kept."""
    visit = visit_or_404(visit_id)
    check(request.user, Act.REPORT_VISITS, visit.responsible_id)
    kinds = sorting.choosable(visit)
    form = PrepareForm(request.POST, record=PreVisitReport(visit=visit, version=0), kinds=kinds)
    said = form.kinds_chosen()
    found = sorting.sorted_lines(visit, form.lines_now(), kinds=kinds, said=said, to=request.user)
    return page(request, "activities/sorted-issues.html", {"sorted": found, "visit": visit})


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, visit_id) -> HttpResponse:
    """外出後報告"""
    visit = visit_or_404(visit_id)
    check(request.user, Act.REPORT_VISITS, visit.responsible_id)
    brought = text.without_controls(request.GET.get("result", ""))
    record = getattr(visit, "post_report", None) or PostVisitReport(visit=visit, version=0, result=brought)
    deal, now = _teachable(visit, request.user), timezone.now()
    offers = drafting.offers(visit, deal, to=request.user, now=now)
    form = ReportForm(request.POST or None, record=record, deal=deal, offers=offers)
    if form.is_valid():
        with refusals_shown_on(form):
            named = ("progress", "result", "next_action", "next_action_on", "version")
            operations.report_visit(
                visit,
                **{name: form.cleaned_data[name] for name in named},
                turnouts=form.turnouts,
                learned=form.learned,
                by=request.user,
                at=now,
            )
            if not record._state.adding:
                messages.success(request, _("外出後報告を直しました。"))
                return redirect(visit)
            undo = reverse("activities:withdraw-report", args=[visit.pk])
            moved = _what_moved(deal) or _("外出後報告を送りました。")
            said = filter(None, [moved, _how_expected(visit)])
            tell_done(request, format_html_join(" ", "{}", ([words] for words in said)), undo=undo)
            return redirect("actions:today")
    return page(request, "activities/report.html", {"form": form, "visit": visit, "brought": brought})


def _what_moved(before: Deal | None) -> str:
    """What the report gave back: the deal's new stage, and what stands in its month's 商談 of the table now."""
    after = before and deals.deals().filter(pk=before.pk).first()
    if not before or not after:
        return ""
    said = []
    if (before.stage, before.rank) != (after.stage, after.rank):
        names = {"name": after.company.name, "stage": baton.stage_with_rank(after.stage, after.rank)}
        said.append(_("%(name)sが%(stage)sになりました。") % names)
    month = after.expected_month or before.expected_month
    if month:
        now = deals.expected_in(after.owner_id, month)
        was = now - _counted(after, month) + _counted(before, month)
        if was != now:
            figures = {"month": baton.near_month(month), "was": baton.money(was), "now": baton.money(now)}
            said.append(_("%(month)sの商談 %(was)s → %(now)s") % figures)
    return " ".join(said)


LATELY, TOO_FEW = 12, 3
"""As many of the latest issues of a kind are looked at; of fewer there is nothing to tell."""


def _how_expected(visit: Visit) -> str:
    """How often the kind came as expected of late: that of the first issue that differed, else of the first marked.

    It leads to all of them.
    """
    marked = [issue for issue in visit.issues.select_related("kind") if issue.turnout and issue.kind]
    differed = [issue for issue in marked if issue.turnout == Turnout.DIFFERENT]
    if not marked:
        return ""
    kind = (differed or marked)[0].kind
    latest = queries.latest_turnouts(visit.owner_id, kind, size=LATELY)
    if len(latest) < TOO_FEW:
        return ""
    said = {"kind": kind.label, "n": len(latest), "hits": latest.count(Turnout.AS_EXPECTED)}
    summary = reverse("reviews:expectations", query={"kind": kind.pk})
    words = _("%(kind)sは直近%(n)s件のうち%(hits)s件が想定通りです。") % said
    return format_html('<a href="{}">{}</a>', summary, words)


def _counted(deal: Deal, month) -> int:
    """What the deal adds to the month's 商談."""
    return deal.amount or 0 if deal.stage == Stage.DEAL and deal.expected_month == month else 0


@require_POST
def withdraw_report(request: HttpRequest, visit_id) -> HttpResponse:
    """送ったばかりの外出後報告を元に戻す"""
    visit = visit_or_404(visit_id)
    with refusals_told(request):
        operations.withdraw_report(visit, by=request.user, at=timezone.now())
        messages.success(request, _("外出後報告を元に戻しました。"))
        return redirect("activities:report", visit.pk)
    return redirect(visit)


def _teachable(visit: Visit, user: User) -> Deal | None:
    """The visit's deal, if this person may write into it what became known."""
    deal = visit.deal
    if deal is None or deal.trashed_at or not deal.is_open:
        return None
    return deal if may(user, Act.KEEP_DEALS, deal.responsible_id) else None
