"""One value of a deal, changed where it stands in the list; its stage follows by itself."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.cells import CELLS, Cell, Cells, cell
from apps.accounts.vocabulary import Act
from apps.base.pages import found_or_404
from apps.base.templatetags.baton import baton, day, month, price
from apps.deals import forms, operations, queries
from apps.deals.models import Deal
from apps.deals.vocabulary import Stage


def _expected(deal: Deal) -> str:
    if deal.expected_month:
        return month(deal.expected_month)
    return format_html('<span class="tag line">{}</span>', _("時期未定"))


def _next_step(deal: Deal) -> str:
    """次の一手 with its day, which is red once it has passed; that an open deal has none is said."""
    if not deal.next_action:
        nothing = format_html('<span class="warn-text">{}</span>', _("次の一手がありません"))
        return nothing if deal.is_open else "—"
    due = deal.next_action_on
    if due is None:
        return deal.next_action
    late = " alert-text" if deal.is_open and due < timezone.localdate() else ""
    return format_html('<b class="nowrap{}">{}</b> {}', late, day(due), deal.next_action)


CELLS[Deal] = Cells(
    "deals:cell",
    Act.KEEP_DEALS,
    operations.change_deal,
    {
        "rank": Cell(
            forms.RankForm,
            ("rank",),
            baton,
            has_field=lambda deal: deal.stage == Stage.DEAL,
        ),
        "amount": Cell(forms.LearnForm, ("amount",), lambda deal: price(deal.amount)),
        "expected_month": Cell(forms.LearnForm, ("expected_month",), _expected),
        "next_action": Cell(forms.NextActionForm, ("next_action", "next_action_on"), _next_step),
    },
    moves=("rank",),
)


@require_http_methods(["GET", "POST"])
def deal_cell(request: HttpRequest, deal_id: UUID, fact: str) -> HttpResponse:
    deal = found_or_404(queries.deals(), deal_id)
    return cell(request, deal, fact, responsible=deal.responsible_id)
