"""The words of visits in the settings: the kinds of issues that are expected."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.activities import operations, queries
from apps.base.forms import ChangeForm, TidyCharField
from apps.base.pages import found_or_404, page, told_choosable
from apps.base.refusal import refusals_shown_on


class KindForm(forms.Form):
    label = TidyCharField(label=gettext_lazy("種類"), max_length=40)
    words = TidyCharField(
        label=gettext_lazy("この種類とわかる言葉"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("空白で区切ります。外出前報告で、この言葉のある課題にこの種類を提案します。"),
    )


class ChangeKindForm(ChangeForm, KindForm):
    field_order = ("label", "words")


@row(Section.SALES, Act.MANAGE_WORDS)
def issue_kinds_row(user: User) -> Row:
    used = queries.issue_kinds().count()
    return Row(
        _("想定課題の種類"),
        ngettext("%(n)s個", "%(n)s個", used) % {"n": used} if used else _("まだありません"),
        reverse("activities:issue-kinds"),
        _("外出前報告 訪問 課題 分類"),
    )


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def issue_kinds(request: HttpRequest) -> HttpResponse:
    """Every kind with the words that point to it; the form adds one."""
    form = KindForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            kind = operations.add_issue_kind(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("「%(label)s」を加えました。") % {"label": kind.label})
            return redirect("activities:issue-kinds")
    return page(request, "activities/issue-kinds.html", {"form": form, "kinds": queries.every_issue_kind()})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_WORDS)
def change_issue_kind(request: HttpRequest, issue_kind_id: UUID) -> HttpResponse:
    kind = found_or_404(queries.every_issue_kind(), issue_kind_id)
    form = ChangeKindForm(request.POST or None, record=kind)
    if form.is_valid():
        with refusals_shown_on(form):
            version = form.cleaned_data["version"]
            operations.change_issue_kind(
                kind, **form.changed, version=version, by=request.user, at=timezone.now()
            )
            messages.success(request, _("種類を変更しました。"))
            return redirect("activities:issue-kinds")
    return page(request, "activities/change-issue-kind.html", {"form": form, "kind": kind})


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def retire_issue_kind(request: HttpRequest, issue_kind_id: UUID) -> HttpResponse:
    kind = found_or_404(queries.every_issue_kind(), issue_kind_id)
    kind = operations.retire_issue_kind(kind, by=request.user, at=timezone.now())
    return told_choosable(request, kind, to="activities:issue-kinds")


@require_POST
@only_for_who_may(Act.MANAGE_WORDS)
def bring_back_issue_kind(request: HttpRequest, issue_kind_id: UUID) -> HttpResponse:
    kind = found_or_404(queries.every_issue_kind(), issue_kind_id)
    kind = operations.bring_back_issue_kind(kind, by=request.user, at=timezone.now())
    return told_choosable(request, kind, to="activities:issue-kinds")
