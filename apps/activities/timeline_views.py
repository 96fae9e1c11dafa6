"""The line of time of a company or a deal, and how long deals have been silent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.activities import queries
from apps.activities.models import Visit
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome, Turnout
from apps.base.pages import found_or_404, page
from apps.customers import queries as customers
from apps.deals import queries as deals
from apps.deals import wording

SHOWN = {"all": queries.KINDS, "contacts": ("follow", "visit"), "changes": ("change",)}


@require_safe
def of_company(request: HttpRequest, company_id) -> HttpResponse:
    company = found_or_404(customers.companies(), company_id)
    return _timeline(request, {"company": company}, name=company.name, back=company)


@require_safe
def of_deal(request: HttpRequest, deal_id) -> HttpResponse:
    deal = found_or_404(deals.deals(), deal_id)
    return _timeline(request, {"deal": deal}, name=str(deal), back=deal)


def _timeline(request: HttpRequest, about: dict[str, Any], *, name: str, back: Any) -> HttpResponse:
    shown = request.GET.get("show", "all")
    if shown not in SHOWN:
        raise Http404
    size = 500 if "long" in request.GET else 50
    events = queries.timeline(**about, kinds=SHOWN[shown], size=size)
    turns = [event.thing for event in events if event.kind == "change"]
    names = deals.names_in(turns)
    context = {
        "events": [_told(event, names) for event in events],
        "more": len(events) == 50,
        "show": shown,
        "views": [("all", _("すべて")), ("contacts", _("やり取り")), ("changes", _("変化"))],
        "name": name,
        "back": back,
        "this_year": timezone.localdate().year,
        "about_deal": "deal" in about,
    }
    return page(request, "activities/timeline.html", context, parts=["timeline"])


def _told(event: queries.Event, names: dict[str, str]) -> dict[str, Any]:
    """The event in words: a line of time is long, and its template only puts them down."""
    at, thing = timezone.localtime(event.at), event.thing
    told: dict[str, Any] = {
        "kind": event.kind,
        "at": at,
        "iso": at.isoformat(),
        "year": at.year,
        "thing": thing,
    }
    if event.kind == "change":
        told |= {"headline": wording.headline(thing), "lines": wording.lines(thing, names)}
    elif event.kind == "visit":
        told["turnouts"] = _turnouts(thing)
    else:
        told |= {
            "icon": {"call": "phone", "email": "mail"}.get(thing.kind, thing.kind),
            "how": FollowKind(thing.kind).label,
            "outcome": FollowOutcome(thing.outcome).label,
            "came_in": Direction.IN.label if thing.direction == Direction.IN else "",
        }
    return told


def _turnouts(visit: Visit) -> list[tuple[str, str, int]]:
    """How many of the expected issues turned out in which way."""
    issues = [issue.turnout for issue in visit.issues.all() if issue.turnout]
    return [(way, label, issues.count(way)) for way, label in Turnout.choices if way in issues]


@require_safe
def around_deal(request: HttpRequest, deal_id) -> HttpResponse:
    """What activities add to a deal's page: by which contact its axes became known, and the visit that comes next."""
    deal = found_or_404(deals.deals(), deal_id)
    since = deals.known_since(deals.changes_of(deal))
    known = [name for name in ("plan", "amount", "expected_month") if getattr(deal, name)]
    axes = {name: at for name, at in since.items() if name in known}
    ahead = queries.visits_ahead(queries.visits(), now=timezone.now()).filter(deal=deal)
    context = {
        "learned": queries.learned_through(deal, axes),
        "visit": ahead.select_related("pre_report").prefetch_related("contacts").first(),
    }
    return page(request, "activities/around-deal.html", context)


@require_safe
def silences(request: HttpRequest) -> HttpResponse:
    """How long the named deals have been silent: lines for the cards of the board, which knows no activities."""
    try:
        named = [UUID(pk) for pk in request.GET.getlist("deal")[: deals.CARDS]]
    except ValueError:
        raise Http404 from None
    found = queries.silences(list(deals.deals().filter(pk__in=named)), today=timezone.localdate())
    return page(request, "activities/silences.html", {"silences": found})
