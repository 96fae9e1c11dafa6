"""The address at which a calendar program reads one's visits: made, shown once, renewed, stopped, and read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import operations
from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.activities import calendar, queries
from apps.base.pages import page


@row(Section.ME, Act.KEEP_OWN_ACCOUNT)
def calendar_feed_row(user: User) -> Row:
    value = _("配信しています") if accounts.feed_of(user) else _("配信していません")
    words = _("カレンダー 予定 Google Outlook iPhone ICS 連携")
    return Row(_("予定の配信"), value, reverse("activities:calendar-feed"), words)


@never_cache
@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Answered by the POST itself: a redirect would have to keep the secret somewhere."""
    address = ""
    if request.method == "POST":
        secret = operations.renew_feed(request.user, by=request.user, at=timezone.now())
        address = request.build_absolute_uri(reverse("activities:calendar", args=[secret]))
    context = {"feed": accounts.feed_of(request.user), "address": address}
    return page(request, "activities/calendar-feed.html", context)


@require_POST
@only_for_who_may(Act.KEEP_OWN_ACCOUNT)
def stop_calendar_feed(request: HttpRequest) -> HttpResponse:
    operations.stop_feed(request.user, by=request.user, at=timezone.now())
    messages.success(request, _("予定の配信を止めました。前のアドレスは、もう使えません。"))
    return redirect("activities:calendar-feed")


@login_not_required
@cache_control(private=True, no_cache=True)
@require_safe
def read_calendar(request: HttpRequest, secret: str) -> HttpResponse | None:
    """Who has the address may read it, and nothing else. A program that has it as it stands is answered 304."""
    person = accounts.user_of_feed(secret)
    if person is None:
        raise Http404
    with translation.override(person.language or translation.get_language()):
        visits = queries.calendar_of(person, now=timezone.now())
        name = _("Baton %(name)s") % {"name": person.name}
        content = calendar.written(visits, name=name, address=request.build_absolute_uri)
    answer = set_response_etag(HttpResponse(content, content_type="text/calendar; charset=utf-8"))
    return get_conditional_response(request, etag=answer["ETag"], response=answer)
