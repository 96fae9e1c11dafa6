from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.activities import queries as activities
from apps.base.pages import page, searched
from apps.customers import queries as customers
from apps.integrations.search import queries


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """探す・移動 — the list of the command palette, and a page of its own without scripts."""
    words = searched(request)
    found = queries.records(words)
    context = {
        "words": words,
        "found": found,
        "nearly": [] if found.company else customers.nearly_named(words, size=queries.SHOWN),
        "recent": [] if words else activities.recent_companies(request.user, size=queries.SHOWN),
        "deeds": queries.deeds(request.user, words, found.company),
        "places": queries.places_named(words),
    }
    return page(request, "integrations/search.html", context, parts=["found"])
