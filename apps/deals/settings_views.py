"""The words of deals in the settings: lost reasons and plans."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.base.forms import ChangeForm, TidyCharField, YenField
from apps.base.pages import page, told_choosable
from apps.base.refusal import refusals_shown_on
from apps.deals import operations, queries
from apps.deals.models import LostReason, Plan
from apps.deals.vocabulary import Cause


class ReasonForm(forms.Form):
    label = TidyCharField(label=gettext_lazy("理由"), max_length=100)
    cause = forms.ChoiceField(label=gettext_lazy("原因"), choices=Cause, widget=forms.RadioSelect)


@row(Section.SALES, Act.MANAGE_WORDS)
def lost_reasons_row(user: User) -> Row:
    used = queries.lost_reasons().count()
    return Row(
        _("ボツの理由"),
        ngettext("%(n)s個", "%(n)s個", used) % {"n": used},
        reverse("deals:lost-reasons"),
        _("失注 負けた 理由 原因"),
    )


class PlanForm(forms.Form):
    name = TidyCharField(label=gettext_lazy("プラン"), max_length=200)
    price = YenField(
        label=gettext_lazy("価格"),
        required=False,
        help_text=gettext_lazy("案件でこのプランを選ぶと、価格が入ります。"),
    )


class ChangePlanForm(ChangeForm, PlanForm):
    field_order = ("name", "price")


@row(Section.SALES, Act.MANAGE_WORDS)
def plans_row(user: User) -> Row:
    used = queries.plans().count()
    return Row(
        _("プランと価格"),
        ngettext("%(n)sプラン", "%(n)sプラン", used) % {"n": used} if used else _("まだありません"),
        reverse("deals:plans"),
        words=_("商品 料金 金額 値段"),
    )


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def plans(request: HttpRequest) -> HttpResponse:
    """What is sold, with its price; the form adds one."""
    form = PlanForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            plan = operations.add_plan(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("「%(label)s」を加えました。") % {"label": plan.name})
            return redirect("deals:plans")
    return page(request, "deals/plans.html", {"form": form, "plans": queries.plans(retired=True)})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def change_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=plan_id)
    form = ChangePlanForm(request.POST or None, record=plan)
    if form.is_valid():
        with refusals_shown_on(form):
            version = form.cleaned_data["version"]
            operations.change_plan(plan, **form.changed, version=version, by=request.user, at=timezone.now())
            messages.success(request, _("プランを変更しました。"))
            return redirect("deals:plans")
    return page(request, "deals/change-plan.html", {"form": form, "plan": plan})


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def retire_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=plan_id)
    plan = operations.retire_plan(plan, by=request.user, at=timezone.now())
    return told_choosable(request, plan, to="deals:plans")


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def bring_back_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=plan_id)
    plan = operations.bring_back_plan(plan, by=request.user, at=timezone.now())
    return told_choosable(request, plan, to="deals:plans")


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def lost_reasons(request: HttpRequest) -> HttpResponse:
    """Every reason under its cause; the form adds one."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            reason = operations.add_lost_reason(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("「%(label)s」を加えました。") % {"label": reason.label})
            return redirect("deals:lost-reasons")
    reasons = list(queries.lost_reasons(retired=True))
    causes = [(cause, [reason for reason in reasons if reason.cause == cause]) for cause in Cause]
    return page(request, "deals/lost-reasons.html", {"form": form, "causes": causes})


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def retire_lost_reason(request: HttpRequest, reason_id: UUID) -> HttpResponse:
    reason = get_object_or_404(LostReason, pk=reason_id)
    reason = operations.retire_lost_reason(reason, by=request.user, at=timezone.now())
    return told_choosable(request, reason, to="deals:lost-reasons")


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def bring_back_lost_reason(request: HttpRequest, reason_id: UUID) -> HttpResponse:
    reason = get_object_or_404(LostReason, pk=reason_id)
    reason = operations.bring_back_lost_reason(reason, by=request.user, at=timezone.now())
    return told_choosable(request, reason, to="deals:lost-reasons")
