"""Pages of deals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.lists import OpenedList
from apps.accounts.permissions import check, may, reaching, within_reach
from apps.accounts.vocabulary import Act
from apps.base.forms import AsOfField
from apps.base.listing import place_of
from apps.base.pages import found_or_404, local_address, made_once, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.customers import queries as customers
from apps.customers.views import choose_company, tell_made
from apps.deals import forms, operations, queries, rules, wording
from apps.deals.lists import scope_of
from apps.deals.models import Deal
from apps.deals.vocabulary import Outcome


def deal_list(request: HttpRequest, listing: OpenedList) -> HttpResponse:
    count, amount = queries.sum_of(listing.found)
    keeps = reaching(request.user, Act.KEEP_DEALS)
    for shown in listing.rows:
        shown.may_keep = shown.is_open and keeps(shown.responsible_id)
    context = {
        "listing": listing,
        "count": count,
        "amount": amount,
        "view": "list",
        "scope": scope_of(listing.asked),
        "today": timezone.localdate(),
        "may_open": may(request.user, Act.KEEP_DEALS),
    }
    return page(request, "deals/list.html", context, parts=["deal-rows", "filter"])


@require_safe
def of_company(request: HttpRequest, company_id) -> HttpResponse:
    """The deals of a company: a part of its page, and a page for those without scripts."""
    company = found_or_404(customers.companies(), company_id)
    deals = queries.deals().filter(company=company).order_by("outcome", "-changed_at")
    planned = [deal for deal in deals if deal.is_open and deal.next_action]
    context = {
        "company": company,
        "today": timezone.localdate(),
        "next": min(planned, key=lambda deal: deal.next_action_on or date.max, default=None),
        "open_deals": [deal for deal in deals if deal.is_open],
        "closed_deals": [deal for deal in deals if not deal.is_open],
    }
    return page(request, "deals/of-company.html", context, parts=["company-deals"])


@require_http_methods(["GET", "POST"])
def open_deal(request: HttpRequest) -> HttpResponse:
    check(request.user, Act.KEEP_DEALS)
    if "company" not in request.GET:
        recent = queries.recent_companies(request.user)
        return choose_company(request, to=reverse("deals:open"), title=_("新しい案件"), recent=recent)
    company = found_or_404(customers.companies(), request.GET["company"])
    owners = within_reach(request.user, Act.KEEP_DEALS)
    form = forms.OpenDealForm(request.POST or None, owners=owners, initial={"owner": request.user})
    if form.is_valid():
        given = {"owner": request.user} | form.cleaned_data
        with refusals_shown_on(form):
            deal, new = made_once(
                Deal,
                given.pop("key"),
                lambda **once: operations.open_deal(
                    **given, **once, company=company, by=request.user, at=timezone.now()
                ),
            )
            tell_made(request, new, _("案件を記録しました。"))
            return redirect(deal)
    return page(request, "deals/open.html", {"form": form, "company": company})


@require_safe
def deal(request: HttpRequest, deal_id) -> HttpResponse:
    return _shown(request, _deal(deal_id))


def _deal(deal_id) -> Deal:
    known = queries.deals().select_related("company__lead_source", "company__campaign")
    return found_or_404(known, deal_id)


def _shown(request: HttpRequest, deal: Deal, **faulty: Form) -> HttpResponse:
    """The deal's page; `faulty` are the forms on it that were just refused."""
    context = {
        "deal": deal,
        "place": place_of(request, deal),
        "learn_form": forms.LearnForm(record=deal),
        "next_form": forms.NextActionForm(record=deal),
        "may_keep": may(request.user, Act.KEEP_DEALS, deal.responsible_id),
        "may_follow": may(request.user, Act.RECORD_FOLLOWS),
        "may_visit": may(request.user, Act.KEEP_VISITS),
        "may_close": may(request.user, Act.CLOSE_DEALS, deal.responsible_id),
        "may_trash": may(request.user, Act.TRASH_ACTIVITIES, deal.responsible_id),
        "today": timezone.localdate(),
    }
    context |= faulty
    changes = list(queries.changes_of(deal))
    since = queries.known_since(changes)
    context["amounts"] = queries.amounts(changes)
    context["axes"] = [
        (field, since.get(field.name) if getattr(deal, field.name) else None)
        for field in context["learn_form"].visible_fields()
    ]
    return page(request, "deals/deal.html", context)


@require_safe
def panel(request: HttpRequest, deal_id) -> HttpResponse:
    """The deal beside what one is looking at: rank and month in place, the rest a step away."""
    deal = _deal(deal_id)
    context = {
        "deal": deal,
        "back": local_address(request, "back", otherwise=deal.get_absolute_url()),
        "expect_form": forms.ExpectForm(record=deal),
        "may_keep": deal.is_open and may(request.user, Act.KEEP_DEALS, deal.responsible_id),
        "today": timezone.localdate(),
    }
    return page(request, "deals/panel.html", context, parts=["panel"])


def _changed(request: HttpRequest, deal: Deal, form: Any, words: str, **more: Any) -> bool:
    """Whether what the form brought was written; what it brought wrong stands on the form."""
    if not form.is_valid():
        return False
    with refusals_shown_on(form):
        operations.change_deal(
            deal,
            **form.changed,
            **more,
            version=form.cleaned_data["version"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, words)
        return True
    return False


@require_POST
def learn(request: HttpRequest, deal_id) -> HttpResponse:
    """わかったこと — plan, price and timing in place."""
    deal = _deal(deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    form = forms.LearnForm(request.POST, record=deal)
    if _changed(request, deal, form, _("わかったことを保存しました。")):
        return redirect(deal)
    return _shown(request, deal, learn_form=form)


@require_POST
def rank(request: HttpRequest, deal_id) -> HttpResponse:
    """◯ or △ in place."""
    deal = _deal(deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    back = local_address(request, "back", otherwise=deal.get_absolute_url())
    form = forms.RankForm(request.POST, record=deal)
    if form.is_valid():
        with refusals_told(request):
            moved = operations.change_deal(deal, **form.cleaned_data, by=request.user, at=timezone.now())
            if moved.version != deal.version:
                tell_done(request, _("ランクを変更しました。"), undo=way_back(moved, to=back))
    else:
        messages.error(request, _("◯か△を選んでください。"))
    return redirect(back)


@require_POST
def plan_next_action(request: HttpRequest, deal_id) -> HttpResponse:
    deal = _deal(deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    form = forms.NextActionForm(request.POST, record=deal)
    if _changed(request, deal, form, _("次の一手を決めました。")):
        return redirect(deal)
    return _shown(request, deal, next_form=form)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, deal_id) -> HttpResponse:
    deal = _deal(deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    owners = within_reach(request.user, Act.KEEP_DEALS)
    form = forms.DealForm(request.POST or None, record=deal, owners=owners)
    when = {"when": form.cleaned_data.get("when")} if form.is_valid() else {}
    if _changed(request, deal, form, _("案件を変更しました。"), **when):
        return redirect(deal)
    return page(request, "deals/change.html", {"form": form, "deal": deal})


@require_http_methods(["GET", "POST"])
def win(request: HttpRequest, deal_id) -> HttpResponse:
    return _closing(request, deal_id, forms.WinForm, operations.win, _("受注を記録しました。"))


@require_http_methods(["GET", "POST"])
def lose(request: HttpRequest, deal_id) -> HttpResponse:
    return _closing(request, deal_id, forms.LoseForm, operations.lose, _("ボツを記録しました。"))


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, deal_id) -> HttpResponse:
    return _closing(request, deal_id, forms.ReopenForm, operations.reopen, _("進行中に戻しました。"))


def _closing(request: HttpRequest, deal_id, form_of, deed, words: str) -> HttpResponse:
    """A deed that ends a deal, or takes its end back."""
    deal = _deal(deal_id)
    check(request.user, Act.CLOSE_DEALS, deal.responsible_id)
    form = form_of(request.POST or None, record=deal)
    if form.is_valid():
        with refusals_shown_on(form):
            after = deed(deal, **form.cleaned_data, by=request.user, at=timezone.now())
            if form.cleaned_data.get("mistake"):
                messages.success(request, _("記録の誤りを取り消しました。どの月にも数えません。"))
            else:
                tell_done(request, words, undo=way_back(after, to=deal.get_absolute_url()))
            return redirect(deal)
    context = {"form": form, "deal": deal, "cancels_order": deal.outcome == Outcome.WON}
    return page(request, f"deals/{deed.__name__}.html", context)


def way_back(moved: Deal, *, to: str) -> str:
    """The address that takes the deed back while nothing has followed it, and then leads `to`."""
    return reverse("deals:take-back", args=[moved.pk], query={"version": moved.version, "back": to})


@require_safe
def history(request: HttpRequest, deal_id) -> HttpResponse:
    """Every change with its moment and who recorded it; the deal as it stood at a chosen moment."""
    deal = _deal(deal_id)
    turns = queries.turns(queries.changes_of(deal))
    names = queries.names_in(turns)
    entries = queries.recorded(deal, [turn.change for turn in turns])
    as_of, fault = _as_of(request)
    state = rules.state_at([turn.after for turn in turns], as_of)
    context = {
        "deal": deal,
        "as_of": as_of,
        "fault": fault,
        "asked": "as_of" in request.GET,
        "state": state,
        "stage": state and wording.stage(state),
        "facts": wording.facts(state, names) if state else [],
        "rows": [
            {
                "change": turn.change,
                "headline": wording.headline(turn),
                "lines": wording.lines(turn, names),
                "entry": entries.get(turn.change.pk),
            }
            for turn in reversed(turns)
        ],
    }
    return page(request, "deals/history.html", context)


def _as_of(request: HttpRequest):
    """The moment to look back from and what was wrong with it; a moment to come, or none, means now."""
    now = timezone.now()
    try:
        asked = AsOfField(required=False).clean(request.GET.get("as_of", ""))
    except ValidationError as error:
        return now, error.messages[0]
    return (now if asked is None else min(asked, now)), ""


@require_POST
def trash(request: HttpRequest, deal_id) -> HttpResponse:
    deal = _deal(deal_id)
    with refusals_told(request):
        operations.trash_deal(deal, by=request.user, at=timezone.now())
        undo = reverse("deals:restore", args=[deal.pk])
        tell_done(request, _("案件をごみ箱へ移しました。"), undo=undo)
        return redirect("deals:list")
    return redirect(deal)


@require_POST
def restore(request: HttpRequest, deal_id) -> HttpResponse:
    deal = found_or_404(Deal.objects.select_related("company"), deal_id)
    with refusals_told(request):
        operations.restore_deal(deal, by=request.user, at=timezone.now())
        messages.success(request, _("案件をごみ箱から戻しました。"))
        return redirect(deal)
    return redirect("activities:trash")
