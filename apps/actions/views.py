"""The page of the day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.actions import operations, queries
from apps.actions.sentence import sentence
from apps.actions.today import today_of
from apps.activities import daily_queries as activities
from apps.base.models import new_id
from apps.base.pages import found_or_404, page, tell_done
from apps.base.refusal import refusals_told
from apps.base.templatetags.baton import near_day
from apps.customers import queries as customers
from apps.deals import queries as deals
from apps.deals.views import way_back


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: who sells begins with the day, everybody else with the table."""
    return redirect("actions:today" if sells(request.user) else "reviews:table")


def sells(user: User) -> bool:
    return bool(set(accounts.SELLING) & set(user.roles))


LABELS = {
    "follows": gettext_lazy("フォロー"),
    "visits": gettext_lazy("訪問"),
    "new_topics": gettext_lazy("話題"),
    "new_deals": gettext_lazy("商談"),
    "orders": gettext_lazy("受注"),
    "sales": gettext_lazy("売上"),
}


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """今日"""
    found = today_of(request.user, now=timezone.now())
    first_day = found.is_over and not customers.companies().exists()
    measures = [(name, LABELS[name], pace) for name, pace in found.progress.paces.items()]
    context = {
        "day": found,
        "sentence": "" if first_day else sentence(found),
        "first_day": first_day,
        "may_add": may(request.user, Act.KEEP_COMPANIES),
        "may_import": may(request.user, Act.IMPORT),
        "measures": measures,
        "now": timezone.now(),
        "key": new_id(),
        "unseen_lines": queries.unseen_lines(request.user),
        "own_daily": _own_daily(request.user, found.on),
        "daily_sent": activities.daily_reports().filter(user=request.user, day=found.on).exists(),
    }
    return page(request, "actions/today.html", context)


def _own_daily(user: User, on: date) -> str:
    """Where the day's own report is sent; those who do not sell begin 日報 with what others sent."""
    if not may(user, Act.SEND_DAILY, user.pk):
        return ""
    return reverse("activities:daily") + ("" if sells(user) else f"?on={on}")


@require_POST
def put_off_action(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """期日の来た次の一手を、次の営業日にする"""
    deal = found_or_404(deals.deals(), deal_id)
    with refusals_told(request):
        deal = operations.put_off_action(deal, by=request.user, at=timezone.now())
        undo = way_back(deal, to=reverse("actions:today"))
        _tell_put_off(request, deal.company.name, deal.next_action_on, undo=undo)
    return redirect("actions:today")


def _tell_put_off(request: HttpRequest, name: str, on: date, *, undo: str) -> None:
    tell_done(request, _("%(name)sを%(day)sにしました。") % {"name": name, "day": near_day(on)}, undo=undo)


def _subject(kind: str, pk: UUID) -> Any:
    kinds = {"deal": deals.deals, "company": customers.companies}
    if kind not in kinds:
        raise Http404
    return found_or_404(kinds[kind](), pk)


@require_POST
def put_off(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    subject = _subject(kind, subject_id)
    with refusals_told(request):
        snooze = operations.put_off(subject, by=request.user, at=timezone.now())
        undo = reverse("actions:take-up-again", args=[kind, subject.pk])
        _tell_put_off(request, getattr(subject, "company", subject).name, snooze.until_on, undo=undo)
    return redirect("actions:today")


@require_POST
def take_up_again(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    with refusals_told(request):
        operations.take_up_again(_subject(kind, subject_id), by=request.user, at=timezone.now())
        messages.success(request, _("元に戻しました。"))
    return redirect("actions:today")
