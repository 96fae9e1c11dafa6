"""Deeds on the decision map, which itself is shown by an app that knows when somebody was last in touch."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import found_or_404, local_address, tell_done
from apps.base.refusal import refusals_told
from apps.customers import forms, operations, queries
from apps.customers.models import Company, Contact, Influence


@require_POST
@only_for_who_may(Act.KEEP_COMPANIES)
def link_influence(request: HttpRequest, company_id: UUID) -> HttpResponse:
    company = found_or_404(queries.companies(), company_id)
    form = forms.InfluenceForm(request.POST, company=company)
    if form.is_valid():
        with refusals_told(request):
            operations.link_influence(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("線でつなぎました。"))
    else:
        messages.error(request, _("動かす人と動く人を選んでください。"))
    return redirect(_map_of(company))


@require_POST
@only_for_who_may(Act.KEEP_COMPANIES)
def unlink_influence(request: HttpRequest, influence_id: UUID) -> HttpResponse:
    found = Influence.objects.select_related("mover__company", "moved")
    influence = found_or_404(found, influence_id)
    with refusals_told(request):
        operations.unlink_influence(influence, by=request.user, at=timezone.now())
        messages.success(request, _("線を消しました。"))
    return redirect(_map_of(influence.mover.company))


@require_POST
@only_for_who_may(Act.KEEP_COMPANIES)
def place_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """立場と決める力 — by form, by a node's drag, or the way back from either, whose values stand in the address."""
    contact = found_or_404(queries.contacts(), contact_id)
    form = forms.PlaceForm(request.POST if "stance" in request.POST else request.GET)
    back = local_address(request, "back", otherwise=_map_of(contact.company))
    if not form.is_valid():
        messages.error(request, _("立場と決める力を選んでください。"))
        return redirect(back)
    with refusals_told(request):
        place = {name: form.cleaned_data[name] for name in ("stance", "power")}
        operations.change_contact(contact, **place, by=request.user, at=timezone.now())
        moved, returned = _("%(name)sさんの位置を変えました。"), _("%(name)sさんの位置を元に戻しました。")
        words = (moved if form.data is request.POST else returned) % {"name": contact.name}
        tell_done(request, words, undo=_way_back(contact, back))
    return redirect(back)


def _way_back(contact: Contact, back: str) -> str:
    before = {"stance": contact.stance, "power": contact.power, "back": back}
    return f"{reverse('customers:place-contact', args=[contact.pk])}?{urlencode(before)}"


def _map_of(company: Company) -> str:
    return reverse("activities:decision-map", args=[company.pk])
