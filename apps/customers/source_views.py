"""Pages of lead sources and campaigns."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.permissions import may, only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.base.pages import found_or_404, listed, made_once, page, told_choosable
from apps.base.refusal import refusals_shown_on
from apps.customers import forms, operations, queries
from apps.customers.models import Campaign
from apps.customers.views import tell_made


@row(Section.SALES, Act.KEEP_CAMPAIGNS)
def lead_sources_row(user: User) -> Row:
    used = queries.lead_sources().count()
    return Row(
        _("流入元"), ngettext("%(n)s種類", "%(n)s種類", used) % {"n": used}, reverse("customers:lead-sources")
    )


@row(Section.SALES, Act.KEEP_CAMPAIGNS)
def campaigns_row(user: User) -> Row:
    running = queries.campaigns_on(timezone.localdate()).count()
    value = _("実施中 %(n)s件") % {"n": running} if running else _("実施中のものはありません")
    return Row(_("施策"), value, reverse("customers:campaigns"))


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_CAMPAIGNS)
def lead_sources(request: HttpRequest) -> HttpResponse:
    """Every source with its kind; the form adds one."""
    form = forms.LeadSourceForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            made = operations.add_lead_source(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("「%(name)s」を加えました。") % {"name": made.name})
            return redirect("customers:lead-sources")
    sources = queries.with_companies(queries.every_lead_source()).order_by("kind", "name")
    return page(request, "customers/lead-sources.html", {"form": form, "sources": sources})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_CAMPAIGNS)
def change_lead_source(request: HttpRequest, source_id: UUID) -> HttpResponse:
    source = found_or_404(queries.every_lead_source(), source_id)
    form = forms.ChangeLeadSourceForm(request.POST or None, record=source)
    if form.is_valid():
        with refusals_shown_on(form):
            version = form.cleaned_data["version"]
            operations.change_lead_source(
                source, **form.changed, version=version, by=request.user, at=timezone.now()
            )
            messages.success(request, _("流入元を変更しました。"))
            return redirect("customers:lead-sources")
    return page(request, "customers/change-lead-source.html", {"form": form, "source": source})


@require_POST
@only_for_who_may(Act.KEEP_CAMPAIGNS)
def retire_lead_source(request: HttpRequest, source_id: UUID) -> HttpResponse:
    source = found_or_404(queries.every_lead_source(), source_id)
    source = operations.retire_lead_source(source, by=request.user, at=timezone.now())
    return told_choosable(request, source, to="customers:lead-sources")


@require_POST
@only_for_who_may(Act.KEEP_CAMPAIGNS)
def bring_back_lead_source(request: HttpRequest, source_id: UUID) -> HttpResponse:
    source = found_or_404(queries.every_lead_source(), source_id)
    source = operations.bring_back_lead_source(source, by=request.user, at=timezone.now())
    return told_choosable(request, source, to="customers:lead-sources")


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """What was done so that leads come, the latest first; open to all, kept by marketing."""
    found = queries.with_companies(queries.campaigns())
    context = {
        "campaigns": listed(request, found, order=("-from_on", "name", "id")),
        "today": timezone.localdate(),
        "may_keep": may(request.user, Act.KEEP_CAMPAIGNS),
    }
    return page(request, "customers/campaigns.html", context)


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_CAMPAIGNS)
def add_campaign(request: HttpRequest) -> HttpResponse:
    form = forms.NewCampaignForm(request.POST or None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        with refusals_shown_on(form):
            _made, new = made_once(
                Campaign,
                given.pop("key"),
                lambda **once: operations.add_campaign(**given, **once, by=request.user, at=timezone.now()),
            )
            tell_made(request, new, _("施策を加えました。"))
            return redirect("customers:campaigns")
    return page(request, "customers/add-campaign.html", {"form": form})


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_CAMPAIGNS)
def change_campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    campaign = found_or_404(queries.campaigns(), campaign_id)
    form = forms.CampaignForm(request.POST or None, record=campaign)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_campaign(
                campaign,
                **form.changed,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("施策を変更しました。"))
            return redirect("customers:campaigns")
    return page(request, "customers/change-campaign.html", {"form": form, "campaign": campaign})
