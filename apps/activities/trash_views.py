"""The trash: its page, and the way there and back of follows and visits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.permissions import reaching
from apps.accounts.vocabulary import Act
from apps.activities import operations, queries
from apps.activities.models import Follow, Visit
from apps.base.pages import found_or_404, latest_of, page, tell_done
from apps.base.refusal import refusals_told
from apps.customers import queries as customers
from apps.deals import queries as deals
from apps.journal import queries as journal


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """ごみ箱 — of customers, lists, deals and activities, with the way back."""
    asked = (Act.TRASH_COMPANIES, Act.KEEP_LISTS, Act.TRASH_ACTIVITIES)
    may_restore = {act: reaching(request.user, act) for act in asked}
    kinds = [*customers.trashed(), deals.trashed_deals(), *queries.trashed_activities()]
    shown = latest_of(request, kinds, by="trashed_at")
    who = journal.who_last("trashed", to=[record.pk for record in shown.rows])
    rows = []
    for record in shown.rows:
        record.trashed_by = who.get(record.pk, "")
        rows.append(
            (
                _kind_of(record),
                record,
                reverse(_way_back_of(record), args=[record.pk]),
                may_restore[_act_on(record)](getattr(record, "responsible_id", None)),
            )
        )
    return page(request, "activities/trash.html", {"rows": rows, "shown": shown})


def _act_on(record: Any) -> Act:
    acts = dict.fromkeys(("company", "contact"), Act.TRASH_COMPANIES) | {"targetlist": Act.KEEP_LISTS}
    return acts.get(record._meta.model_name, Act.TRASH_ACTIVITIES)


def _way_back_of(record: Any) -> str:
    return {
        "company": "customers:restore-company",
        "contact": "customers:restore-contact",
        "targetlist": "customers:restore-list",
        "deal": "deals:restore",
        "follow": "activities:restore-follow",
        "visit": "activities:restore-visit",
    }[record._meta.model_name]


def _kind_of(record: Any) -> str:
    return {
        "company": pgettext("one", "顧客"),
        "contact": pgettext("one", "担当者"),
        "targetlist": pgettext("one", "リスト"),
        "deal": pgettext("one", "案件"),
        "follow": pgettext("one", "フォロー"),
        "visit": _("訪問"),
    }[record._meta.model_name]


@require_POST
def trash_follow(request: HttpRequest, follow_id) -> HttpResponse:
    follow = found_or_404(queries.follows(), follow_id)
    return _trashed(request, follow, _("フォローをごみ箱へ移しました。"), to="activities:follows")


@require_POST
def trash_visit(request: HttpRequest, visit_id) -> HttpResponse:
    return _trashed(
        request,
        found_or_404(queries.visits(), visit_id),
        _("訪問をごみ箱へ移しました。"),
        to="activities:visits",
    )


def _trashed(request: HttpRequest, activity: Follow | Visit, words: str, *, to: str) -> HttpResponse:
    with refusals_told(request):
        operations.trash_activity(activity, by=request.user, at=timezone.now())
        undo = reverse(f"activities:restore-{activity._meta.model_name}", args=[activity.pk])
        tell_done(request, words, undo=undo)
        return redirect(to)
    return redirect(activity)


@require_POST
def restore_follow(request: HttpRequest, follow_id) -> HttpResponse:
    return _restored(request, found_or_404(Follow.objects.all(), follow_id))


@require_POST
def restore_visit(request: HttpRequest, visit_id) -> HttpResponse:
    return _restored(request, found_or_404(Visit.objects.all(), visit_id))


def _restored(request: HttpRequest, activity: Follow | Visit) -> HttpResponse:
    with refusals_told(request):
        operations.restore_activity(activity, by=request.user, at=timezone.now())
        messages.success(request, _("ごみ箱から戻しました。"))
        return redirect(activity)
    return redirect("activities:trash")
