"""What the scripts ask that keep a rep's words: drafts, and who is here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.base import navigation, text
from apps.inbox import drafts as writing

PLACES_AT_ONCE = 50


@never_cache
@require_http_methods(["GET", "POST", "DELETE"])
def drafts(request: HttpRequest) -> HttpResponse:
    """GET: those of the places that are named; POST: keep one, or 409 with what another browser wrote; DELETE: throw it away."""
    user_id = request.user.pk
    if request.method == "GET":
        places = [text.without_controls(place) for place in request.GET.getlist("place")[:PLACES_AT_ONCE]]
        return JsonResponse({"drafts": writing.mine(user_id, places)})  # type: ignore[arg-type]
    try:
        given = writing.given(request.body)
    except writing.TooLong:
        return JsonResponse({"too": "long"}, status=413)
    except writing.BadDraft:
        return JsonResponse({"bad": "draft"}, status=400)
    now = timezone.now()
    if request.method == "DELETE":
        writing.throw_away(user_id, given, at=now)  # type: ignore[arg-type]
        return JsonResponse({"open": False})
    try:
        kept = writing.keep(user_id, **given, at=now)  # type: ignore[arg-type]
    except writing.WrittenElsewhere as elsewhere:
        return JsonResponse({"elsewhere": elsewhere.present}, status=409)
    return JsonResponse({"open": not kept.closed, "seen": kept.seen_as})


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Who the browser is logged in as, with a fresh token: the queue asks before it sends."""
    return JsonResponse({"me": str(request.user.pk), "token": get_token(request)})


@cache_control(private=True, no_cache=True)
@require_safe
def counts(request: HttpRequest) -> HttpResponse | None:
    """The numbers of the shell, for pages that stay open; a browser that knows them is answered 304."""
    known = {"bell": navigation.bell_words(request.user), "counts": navigation.counts(request.user)}
    answer = set_response_etag(JsonResponse(known))
    return get_conditional_response(request, etag=answer["ETag"], response=answer)
