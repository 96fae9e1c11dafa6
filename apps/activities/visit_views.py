"""Pages of visits and their reports."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import queries as accounts
from apps.accounts.lists import OpenedList
from apps.accounts.models import User
from apps.accounts.permissions import check, may, within_reach
from apps.accounts.vocabulary import Act
from apps.activities import forms, operations, queries
from apps.activities.follow_views import about
from apps.activities.lists import VISITS
from apps.activities.models import Visit
from apps.activities.vocabulary import VisitStatus
from apps.base.listing import place_of
from apps.base.pages import found_or_404, listed, made_once, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.customers.views import choose_company, tell_made
from apps.deals.lists import scope_of


@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """What is owed, what comes, what was done; or all of them as a list."""
    listing = OpenedList(request, VISITS)
    if listing.leads_to:
        return redirect(listing.leads_to)
    shared = {"scope": scope_of(listing.asked), "may_plan": may(request.user, Act.KEEP_VISITS)}
    as_list = {"where", "q", "sort", "saved", "filter"} & request.GET.keys()
    if request.GET.get("view", "list" if as_list else "plan") == "list":
        context = {"listing": listing, "total": listing.found.count(), **shared}
        return page(request, "activities/visit-list.html", context, parts=["visit-rows", "filter"])
    now, found = timezone.now(), queries.visits(owners=shared["scope"].owners)
    done = found.filter(status=VisitStatus.DONE)
    owed = queries.visits_to_report(found, now=now)
    context = {
        "owed": owed[:MOST],
        "owed_total": owed.count(),
        "ahead": queries.visits_ahead(found, now=now).select_related("pre_report")[:MOST],
        "most": MOST,
        "done": listed(request, done, order=("-starts_at", "-id"), size=30),
        "further": bool({"after", "before"} & request.GET.keys()),
        **shared,
    }
    return page(request, "activities/visits.html", context)


MOST = 50
"""As many visits as a part names; the list has them all."""


def visit_or_404(visit_id) -> Visit:
    return found_or_404(queries.visits().select_related("pre_report", "post_report"), visit_id)


@require_safe
def visit(request: HttpRequest, visit_id) -> HttpResponse:
    visit = visit_or_404(visit_id)
    context = {
        "visit": visit,
        "place": place_of(request, visit),
        "issues": visit.issues.select_related("kind"),
        "contacts": visit.contacts.order_by("reading", "pk"),
        "companions": visit.companions.order_by("reading", "pk"),
        "began": visit.starts_at <= timezone.now(),
        "may_change": may(request.user, Act.KEEP_VISITS, visit.responsible_id),
        "may_report": may(request.user, Act.REPORT_VISITS, visit.responsible_id),
        "may_trash": may(request.user, Act.TRASH_ACTIVITIES, visit.responsible_id),
    }
    return page(request, "activities/visit.html", context)


@require_http_methods(["GET", "POST"])
def plan_visit(request: HttpRequest) -> HttpResponse:
    check(request.user, Act.KEEP_VISITS)
    company, deal = about(request)
    starts_at = request.GET.get("at", "")
    if company is None:
        recent = queries.recent_companies(request.user)
        to = reverse("activities:plan-visit", query={"at": starts_at} if starts_at else {})
        return choose_company(request, to=to, title=_("訪問を予定"), recent=recent)
    form = forms.PlanVisitForm(
        request.POST or None,
        company=company,
        owners=within_reach(request.user, Act.KEEP_VISITS),
        people=_companions(request.user),
        initial={"owner": request.user, "deal": deal, "starts_at": starts_at},
    )
    if form.is_valid():
        with refusals_shown_on(form):
            visit, new = made_once(
                Visit,
                form.cleaned_data["key"],
                lambda **once: operations.plan_visit(
                    **{"owner": request.user} | form.facts,
                    **once,
                    company=company,
                    by=request.user,
                    at=timezone.now(),
                ),
            )
            tell_made(request, new, _("訪問を予定しました。"))
            return redirect(visit)
    return page(request, "activities/plan-visit.html", {"form": form, "company": company, "deal": deal})


def _companions(user: User):
    return accounts.reps().exclude(pk=user.pk)


@require_http_methods(["GET", "POST"])
def change_visit(request: HttpRequest, visit_id) -> HttpResponse:
    visit = visit_or_404(visit_id)
    check(request.user, Act.KEEP_VISITS, visit.responsible_id)
    form = forms.VisitForm(
        request.POST or None,
        record=visit,
        company=visit.company,
        owners=within_reach(request.user, Act.KEEP_VISITS),
        people=_companions(request.user),
    )
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_visit(
                visit,
                **form.changed,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("訪問を変更しました。"))
            return redirect(visit)
    return page(request, "activities/change-visit.html", {"form": form, "visit": visit})


@require_POST
def cancel_visit(request: HttpRequest, visit_id) -> HttpResponse:
    """訪問を取りやめる"""
    visit = visit_or_404(visit_id)
    with refusals_told(request):
        operations.cancel_visit(visit, by=request.user, at=timezone.now())
        undo = reverse("activities:plan-again", args=[visit.pk])
        tell_done(request, _("訪問を取りやめました。"), undo=undo)
    return redirect(visit)


@require_POST
def plan_again(request: HttpRequest, visit_id) -> HttpResponse:
    """取りやめた訪問を予定に戻す"""
    visit = visit_or_404(visit_id)
    with refusals_told(request):
        operations.plan_again(visit, by=request.user, at=timezone.now())
        messages.success(request, _("訪問を予定に戻しました。"))
    return redirect(visit)
