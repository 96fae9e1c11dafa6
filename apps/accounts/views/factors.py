"""The second step at the door, and setting it up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import factors, operations, queries
from apps.accounts.forms import CodeForm, DemandForm, DropFactorForm, SetUpForm
from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.views.door import come_in, waiting_person
from apps.accounts.vocabulary import Act
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on, refusals_told


@login_not_required
@never_cache
@sensitive_post_parameters("code", "offer")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Whose password was right, gives a code; who has no second factor yet sets one up, where it is demanded."""
    person, goes_on = waiting_person(request)
    if person is None:
        return redirect("accounts:login")
    if queries.factor_of(person) is None:
        return _set_up(request, person, "accounts/set-up-at-door.html", goes_on)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.pass_factor(person, **form.cleaned_data, by=person, at=timezone.now())
            come_in(request, person)
            return redirect(goes_on)
    return page(request, "accounts/second-step.html", {"form": form})


@never_cache
@sensitive_post_parameters("code", "offer")
@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def set_up_factor(request: HttpRequest) -> HttpResponse:
    return _set_up(request, request.user, "accounts/set-up-factor.html", reverse("accounts:second-factor"))


def _set_up(request: HttpRequest, person: User, template: str, goes_on: str) -> HttpResponse:
    given = request.POST or None
    offer = request.POST.get("offer", "")
    if factors.offered(offer) is None:  # the first look, or one that took too long
        given, offer = None, factors.offer()
    form = SetUpForm(given, initial={"offer": offer})
    if form.is_valid():
        with refusals_shown_on(form):
            codes = operations.set_up_factor(person, **form.cleaned_data, by=person, at=timezone.now())
            if not request.user.is_authenticated:
                come_in(request, person)
            # Answered by the POST itself: a redirect would have to keep the codes somewhere.
            return page(request, "accounts/recovery-codes.html", {"codes": codes, "goes_on": goes_on})
    secret = factors.offered(offer)
    picture = factors.picture(secret, name=person.email or person.name, company=request.tenant.name)
    return page(request, template, {"form": form, "secret": secret, "picture": picture})


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def second_factor(request: HttpRequest) -> HttpResponse:
    """One's own: what it is now, and taking it away."""
    factor = queries.factor_of(request.user)
    form = DropFactorForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.drop_factor(request.user, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("2段階認証をやめました。"))
            return redirect("accounts:second-factor")
    context = {"factor": factor, "form": form, "demanded": queries.organisation().demands_second_factor}
    return page(request, "accounts/second-factor.html", context)


@require_POST
@only_for_who_may(Act.MANAGE_USERS)
def reset_factor(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    with refusals_told(request):
        operations.reset_factor(person, by=request.user, at=timezone.now())
        messages.success(request, _("2段階認証を解除しました。"))
    return redirect("accounts:user", person.pk)


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_USERS)
def demand_factor(request: HttpRequest) -> HttpResponse:
    organisation = queries.organisation()
    form = DemandForm(request.POST or None, initial={"demanded": organisation.demands_second_factor})
    if form.is_valid():
        with refusals_shown_on(form):
            operations.demand_factor(organisation, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("保存しました。"))
            return redirect("accounts:settings")
    return page(request, "accounts/demand-factor.html", {"form": form})
