"""After a call from the phone: what came of it, by one tap."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.activities import operations
from apps.activities.follow_views import about
from apps.activities.models import Follow
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome
from apps.base.forms import OnceForm
from apps.base.pages import found_or_404, local_address, made_once, page, tell_done
from apps.base.refusal import refusals_shown_on
from apps.customers import queries as customers

ASKED = (FollowOutcome.CONNECTED, FollowOutcome.ABSENT)


class CalledForm(OnceForm):
    outcome = forms.ChoiceField(choices=[(outcome.value, outcome.label) for outcome in ASKED])


@require_http_methods(["GET", "POST"])
def called(request: HttpRequest) -> HttpResponse:
    """電話はどうでしたか — the follow with its outcome; whatever else was said is written into it afterwards."""
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
    back = local_address(request, "back", otherwise=(deal or company).get_absolute_url())
    form = CalledForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            call = {
                "company": company,
                "deal": deal,
                "contact": contact,
                "outcome": form.cleaned_data["outcome"],
            }
            call |= {"kind": FollowKind.CALL, "direction": Direction.OUT, "owner": request.user}
            follow, _new = made_once(
                Follow,
                form.cleaned_data["key"],
                lambda **once: operations.record_follow(**call, **once, by=request.user, at=timezone.now()),
            )
            undo = reverse("activities:trash-follow", args=[follow.pk])
            tell_done(
                request, _("%(name)sへの電話を記録しました。") % {"name": contact or company}, undo=undo
            )
            return redirect(back)
    context = {"form": form, "whom": contact or company, "outcomes": ASKED, "back": back}
    return page(request, "activities/called.html", context, parts=["called"])
