"""The board: open deals in columns by stage or by expected month, and how a card moves."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from apps.accounts.permissions import may, reaching
from apps.accounts.vocabulary import Act
from apps.base.month import Month
from apps.base.pages import page
from apps.deals import queries
from apps.deals.views import deal_list, scope_of
from apps.deals.vocabulary import Stage


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """案件 in the view that the address asks for: by stage, or as a list once it is narrowed."""
    narrowed = {"stage", "q", "after"} & request.GET.keys()
    match request.GET.get("view", "list" if narrowed else "stage"):
        case "list":
            return deal_list(request)
        case "stage":
            return by_stage(request)
    raise Http404


def by_stage(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    found = queries.deals(owners=scope.owners)
    columns = queries.by_stage(found)
    month = Month.of(timezone.localdate())
    closed = queries.closed_since(found, month.starts_at(timezone.get_current_timezone()))
    context = {
        "view": "stage",
        "scope": scope,
        "columns": [(column, *heads()[column.key]) for column in columns],
        "closed": [(column, Stage(column.key).label) for column in closed],
        "month": month,
        **_about(request, columns),
    }
    return page(request, "deals/by-stage.html", context)


def heads() -> dict[str, tuple[str, str, str]]:
    """What stands over each column: its word, what it takes to stand there, and where the list has the rest."""
    return {
        "prospect": (Stage.PROSPECT.label, _("わかっていることが1つ以下"), "prospect"),
        "topic": (Stage.TOPIC.label, _("2つわかっている"), "topic"),
        "likely": (pgettext("one", "商談△"), _("3つそろった・可能性あり"), "deal"),
        "sure": (pgettext("one", "商談◯"), _("3つそろった・その月に決まる見通し"), "deal"),
    }


def _about(request: HttpRequest, columns: list[queries.Column]) -> dict:
    """What both boards show around their columns; cards know whether this person may move them."""
    keeps = reaching(request.user, Act.KEEP_DEALS)
    for card in (card for column in columns for card in column.cards):
        card.may_keep = keeps(card.responsible_id)
    return {
        "count": sum(column.count for column in columns),
        "amount": sum(column.amount for column in columns),
        "today": timezone.localdate(),
        "here": request.get_full_path(),
        "may_open": may(request.user, Act.KEEP_DEALS),
    }
