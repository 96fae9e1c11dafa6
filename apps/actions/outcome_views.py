"""After a call from the phone, or from a row of the day: what came of it, by one tap."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.actions import queries
from apps.actions.captured import keep_once
from apps.actions.operations import Told
from apps.actions.outcome_forms import DecideNextForm, OutcomeForm
from apps.activities import drafting
from apps.activities.follow_views import about
from apps.activities.vocabulary import FollowKind
from apps.base.pages import found_or_404, local_address, page, tell_done
from apps.base.refusal import refusals_shown_on
from apps.base.templatetags.baton import near_day
from apps.customers import queries as customers
from apps.deals import operations as deeds
from apps.deals import queries as deals
from apps.deals.models import Deal
from apps.deals.views import way_back


@require_http_methods(["GET", "POST"])
def outcome(request: HttpRequest) -> HttpResponse:
    """どうでしたか — the follow with its outcome, and the deal's next action; whatever else was said can follow."""
    if request.method == "GET" and not may(request.user, Act.RECORD_FOLLOWS):
        return HttpResponse(status=204)  # who only looks may call, but is asked nothing
    check(request.user, Act.RECORD_FOLLOWS)
    company, deal = about(request)
    contact = None
    if "contact" in request.GET:
        contact = found_or_404(customers.contacts(), request.GET["contact"])
        company = contact.company
    if company is None:
        raise Http404
    now, back = timezone.now(), local_address(request, "back", otherwise=(deal or company).get_absolute_url())
    form = OutcomeForm(
        request.POST or None,
        deal=_plannable(deal, request.user),
        called=request.GET.get("kind") == FollowKind.CALL,
        days=drafting.days_to_act(request.user, today=timezone.localdate(now)),
        again_on=queries.next_day_of(request.user, at=now),
        auto_id="outcome_%s",
    )
    if form.is_valid():
        told = {"kind": form.kind, "outcome": form.outcome, "ahead": form.ahead, "happened_at": now}
        told |= {"company": company, "contact": contact, "deal": deal, "line": form.cleaned_data["note"]}
        with refusals_shown_on(form):
            key = form.cleaned_data["key"]
            if keep_once(Told(**told), key=key, by=request.user, at=now):
                undo = reverse("actions:take-back-capture", args=[key])
                tell_done(request, _what_was_done(contact or company, form), undo=undo)
            return redirect(back)
    context = {"form": form, "whom": contact or company, "company": company, "deal": deal, "back": back}
    return page(request, "actions/outcome.html", context, parts=["outcome"])


@require_http_methods(["GET", "POST"])
def decide_next(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """次の一手を決める — of a deal that has none, where the day shows it."""
    deal = found_or_404(deals.deals(), deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    now = timezone.now()
    days = drafting.days_to_act(request.user, today=timezone.localdate(now))
    form = DecideNextForm(request.POST or None, record=deal, days=days, auto_id="outcome_%s")
    if form.is_valid():
        with refusals_shown_on(form):
            moved = deeds.change_deal(deal, **form.cleaned_data, by=request.user, at=now)
            words = _("%(name)sの次の一手を決めました。") % {"name": moved.company.name}
            if moved.version == deal.version:
                messages.success(request, words)
            else:
                tell_done(request, words, undo=way_back(moved, to=reverse("actions:today")))
            return redirect("actions:today")
    return page(request, "actions/decide-next.html", {"form": form, "deal": deal}, parts=["outcome"])


def _plannable(deal: Deal | None, user: User) -> Deal | None:
    """The deal, if this person may say what comes next in it."""
    open_and_own = deal and deal.is_open and may(user, Act.KEEP_DEALS, deal.responsible_id)
    return deal if open_and_own else None


def _what_was_done(whom: Any, form: OutcomeForm) -> str:
    done = {
        FollowKind.CALL: _("%(name)sへの電話を記録しました。"),
        FollowKind.EMAIL: _("%(name)sへのメールを記録しました。"),
    }[form.kind] % {"name": whom}
    if not (ahead := form.ahead):
        return done
    said = {"day": near_day(ahead["next_action_on"]), "act": ahead["next_action"]}
    return f"{done} {_('次は%(day)s、%(act)s。') % said}"
