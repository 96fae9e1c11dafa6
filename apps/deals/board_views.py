"""The board: open deals in columns by stage or by expected month, and how a card moves."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.lists import OpenedList
from apps.accounts.permissions import check, may, reaching
from apps.accounts.vocabulary import Act
from apps.base.listing import Condition
from apps.base.listing.fields import EMPTY
from apps.base.month import Month
from apps.base.pages import found_or_404, local_address, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.base.templatetags import baton
from apps.deals import forms, operations, queries
from apps.deals.drawing import Cards
from apps.deals.lists import DEALS, scope_of
from apps.deals.models import Deal
from apps.deals.views import deal_list, way_back
from apps.deals.vocabulary import Rank, Stage


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """案件 in the view that the address asks for: by stage, or as a list once it is narrowed."""
    listing = OpenedList(request, DEALS)
    if listing.leads_to:
        return redirect(listing.leads_to)
    narrowed = {"stage", "q", "after", "sort", "saved"} & request.GET.keys()
    match request.GET.get("view", "list" if narrowed else "stage"):
        case "list":
            return deal_list(request, listing)
        case "stage":
            return by_stage(request, listing)
        case "month":
            return by_month(request, listing)
    raise Http404


def by_stage(request: HttpRequest, listing: OpenedList) -> HttpResponse:
    found = listing.asked.narrowed(DEALS.rows(listing.asked), implied=False)
    columns = queries.by_stage(found)
    month = Month.of(timezone.localdate())
    closed = queries.closed_since(found, month.starts_at(timezone.get_current_timezone()))
    cards, words = _cards(request, "stage", listing), heads()
    context = {
        "columns": [
            (column, cards.of(column), _rest(listing, _standing(column.key)), *words[column.key])
            for column in columns
        ],
        "closed": [
            (column, cards.ended(column), _rest(listing, _standing(column.key)), Stage(column.key).label)
            for column in closed
        ],
        "month": month,
        **_about(request, "stage", listing, columns),
    }
    return page(request, "deals/by-stage.html", context, parts=["filter"])


def heads() -> dict[str, tuple[str, str]]:
    """What stands over each column: its word, and what it takes to stand there."""
    return {
        "prospect": (Stage.PROSPECT.label, _("わかっていることが1つ以下")),
        "topic": (Stage.TOPIC.label, _("2つわかっている")),
        "likely": (pgettext("one", "商談△"), _("3つそろった・可能性あり")),
        "sure": (pgettext("one", "商談◯"), _("3つそろった・その月に決まる見通し")),
    }


def name_of(column: str) -> str:
    return str(heads()[column][0])


@require_http_methods(["GET", "POST"])
def advance(request: HttpRequest, deal_id) -> HttpResponse:
    """段階を進める — what was learned is asked, and the stage follows by itself; where a card is dragged to is a wish."""
    deal = found_or_404(queries.deals(), deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    to = request.GET.get("to", "")
    if to and to not in queries.BOARD:
        raise Http404
    if not deal.is_open:
        return redirect(deal)
    wished = {"rank": to if to in Rank else deal.rank}
    form = forms.AdvanceForm(request.POST or None, record=deal, initial=wished)
    if form.is_valid():
        with refusals_shown_on(form):
            moved = operations.change_deal(
                deal,
                **form.learned,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            words = _what_came(deal, moved, to)
            if moved.version == deal.version:
                messages.info(request, words)
            else:
                tell_done(request, words, undo=way_back(moved, to=_back(request)))
            return redirect(_back(request))
    context = {
        "deal": deal,
        "form": form,
        "head": heads().get(to),
        "may_close": may(request.user, Act.CLOSE_DEALS, deal.responsible_id),
    }
    return page(request, "deals/advance.html", context, parts=["advance"])


def _what_came(before: Deal, after: Deal, to: str) -> str:
    """Where the card stands now, and why there if not where it was wished to."""
    stands = {"stage": name_of(queries.column_of(after))}
    if after.version == before.version:
        return _("新しくわかったことがないので、「%(stage)s」のままです。") % stands
    if to and queries.column_of(after) != to:
        known = {"known": sum(after.axes)}
        return _("保存しました。わかっていることは%(known)sつなので、「%(stage)s」です。") % (stands | known)
    if queries.column_of(after) != queries.column_of(before):
        return _("「%(stage)s」になりました。") % stands
    return _("わかったことを保存しました。")


def _back(request: HttpRequest) -> str:
    """The board that was left."""
    return local_address(request, "back", otherwise=reverse("deals:list"))


def by_month(request: HttpRequest, listing: OpenedList) -> HttpResponse:
    found = listing.asked.narrowed(DEALS.rows(listing.asked), implied=False)
    first = Month.of(timezone.localdate())
    columns = queries.by_month(found, first)
    cards = _cards(request, "month", listing)
    context = {
        "columns": [
            (column, cards.of(column), _rest(listing, _expected(column.key, first)), _month_word(column.key))
            for column in columns
            if column.count or column.key not in FAR
        ],
        **_about(request, "month", listing, columns),
    }
    return page(request, "deals/by-month.html", context, parts=["filter"])


FAR = ("past", "later")
"""Columns of many months: they stand there while they hold something, and no card can be dropped on them."""


def _month_word(key: str) -> str:
    words = {"past": _("時期が過ぎた"), "later": _("その先"), "undecided": _("時期未定")}
    return words[key] if key in words else baton.month(Month.parse(key))


@require_POST
def expect(request: HttpRequest, deal_id) -> HttpResponse:
    """時期を変える — where a card was dropped by month; the way back comes with the answer."""
    deal = found_or_404(queries.deals(), deal_id)
    check(request.user, Act.KEEP_DEALS, deal.responsible_id)
    form = forms.ExpectForm(request.POST, record=deal)
    if not form.is_valid():
        messages.error(request, _("時期を変えられませんでした。画面を開き直してください。"))
        return redirect(_back(request))
    with refusals_told(request):
        given = {"version": form.cleaned_data["version"], "by": request.user, "at": timezone.now()}
        moved = operations.change_deal(deal, expected_month=form.cleaned_data["expected_month"], **given)
        if moved.version != deal.version:
            words = _("時期を変えました。%(was)s → %(now)s") % {
                "was": _said(deal.expected_month),
                "now": _said(moved.expected_month),
            }
            tell_done(request, words, undo=way_back(moved, to=_back(request)))
    return redirect(_back(request))


def _said(month: Month | None) -> str:
    return baton.month(month) if month else _("時期未定")


@require_POST
def take_back(request: HttpRequest, deal_id) -> HttpResponse:
    deal = found_or_404(queries.deals(), deal_id)
    form = forms.TakeBackForm(request.GET, record=deal)
    if not form.is_valid():
        raise Http404
    with refusals_told(request):
        operations.take_back(deal, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("元に戻しました。"))
    return redirect(_back(request))


def _cards(request: HttpRequest, view: str, listing: OpenedList) -> Cards:
    return Cards(
        view,
        request.get_full_path(),
        timezone.localdate(),
        of_one=bool(scope_of(listing.asked).person),
        keeps=reaching(request.user, Act.KEEP_DEALS),
    )


def _standing(column: str) -> Condition:
    return Condition("rank" if column in Rank else "stage", "in", (column,))


def _expected(column: str, first: Month) -> Condition:
    ranges = {"past": f"..{first - 1}", "later": f"{first + queries.MONTHS}.."}
    if column == "undecided":
        return Condition("expected_month", "in", (EMPTY,))
    return Condition("expected_month", "range", (ranges.get(column, f"{column}..{column}"),))


def _rest(listing: OpenedList, condition: Condition) -> str:
    """The list of all that a column holds."""
    asked = listing.asked
    return asked.address(groups=(*asked.groups, (condition,)), kept={**asked.kept, "view": "list"})


def _about(request: HttpRequest, view: str, listing: OpenedList, columns: list[queries.Column]) -> dict:
    """What stands around the columns of both boards."""
    return {
        "view": view,
        "listing": listing,
        "scope": scope_of(listing.asked),
        "count": sum(column.count for column in columns),
        "amount": sum(column.amount for column in columns),
        "may_open": may(request.user, Act.KEEP_DEALS),
    }
