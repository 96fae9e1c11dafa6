"""Pages of follows."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.lists import OpenedList
from apps.accounts.permissions import check, may, within_reach
from apps.accounts.vocabulary import Act
from apps.activities import forms, operations, queries
from apps.activities.lists import FOLLOWS
from apps.activities.models import Follow
from apps.base.listing import place_of
from apps.base.pages import found_or_404, made_once, page
from apps.base.refusal import refusals_shown_on
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.customers.views import choose_company, tell_made
from apps.deals import queries as deals
from apps.deals.lists import scope_of
from apps.deals.models import Deal
from apps.inbox import sending

PREFILLED = ("contact", "kind", "direction", "outcome", "minutes", "body", "happened_at")
"""What an address may bring along: a line that was read (actions), a person's page."""

COUNTED = 10_000
"""A list of a million is not counted to its end at each look."""


@require_safe
def follows(request: HttpRequest) -> HttpResponse:
    listing = OpenedList(request, FOLLOWS)
    if listing.leads_to:
        return redirect(listing.leads_to)
    context = {
        "listing": listing,
        "scope": scope_of(listing.asked),
        "total": listing.found[: COUNTED + 1].count(),
        "counted": COUNTED,
        "may_record": may(request.user, Act.RECORD_FOLLOWS),
    }
    return page(request, "activities/follows.html", context, parts=["follow-rows", "filter"])


@require_safe
def follow(request: HttpRequest, follow_id) -> HttpResponse:
    follow = found_or_404(queries.follows(), follow_id)
    context = {
        "follow": follow,
        "place": place_of(request, follow),
        "talk_minutes": forms.minutes_of(follow.talk_seconds),
        "may_change": may(request.user, Act.RECORD_FOLLOWS, follow.responsible_id),
        "may_trash": may(request.user, Act.TRASH_ACTIVITIES, follow.responsible_id),
    }
    return page(request, "activities/follow.html", context)


@require_http_methods(["GET", "POST"])
def record_follow(request: HttpRequest) -> HttpResponse:
    check(request.user, Act.RECORD_FOLLOWS)
    company, deal = about(request)
    if company is None:
        recent = queries.recent_companies(request.user)
        to = reverse("activities:record-follow")
        return choose_company(request, to=to, title=_("フォローを記録"), recent=recent)
    form = forms.RecordFollowForm(
        request.POST or None,
        company=company,
        owners=within_reach(request.user, Act.RECORD_FOLLOWS),
        initial={"owner": request.user, "deal": deal}
        | {n: request.GET[n] for n in PREFILLED if n in request.GET},
    )
    if form.is_valid():
        now = timezone.now()
        facts = {"owner": request.user} | form.facts
        facts["happened_at"] = facts["happened_at"] or sending.later(request, now=now) or now
        with refusals_shown_on(form):
            follow, new = made_once(
                Follow,
                form.cleaned_data["key"],
                lambda **once: operations.record_follow(
                    **facts, **once, company=company, by=request.user, at=now
                ),
            )
            tell_made(request, new, _("フォローを記録しました。"))
            return redirect(follow.deal or follow.company)
    return page(request, "activities/record-follow.html", {"form": form, "company": company, "deal": deal})


def about(request: HttpRequest) -> tuple[Company | None, Deal | None]:
    """The company, and perhaps its deal, that the address names; of a company the one deal that can be meant."""
    if "deal" in request.GET:
        deal = found_or_404(deals.deals(), request.GET["deal"])
        return deal.company, deal
    if "company" in request.GET:
        company = found_or_404(customers.companies(), request.GET["company"])
        own = deals.open_deals_at(company, owner=request.user)[:2]
        return company, own[0] if len(own) == 1 else None
    return None, None


@require_http_methods(["GET", "POST"])
def change_follow(request: HttpRequest, follow_id) -> HttpResponse:
    follow = found_or_404(queries.follows(), follow_id)
    check(request.user, Act.RECORD_FOLLOWS, follow.responsible_id)
    form = forms.FollowForm(
        request.POST or None,
        record=follow,
        company=follow.company,
        owners=within_reach(request.user, Act.RECORD_FOLLOWS),
    )
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_follow(
                follow,
                **form.facts,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("フォローを変更しました。"))
            return redirect(follow)
    return page(request, "activities/change-follow.html", {"form": form, "follow": follow})
