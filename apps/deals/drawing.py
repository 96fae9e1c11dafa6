"""The board's cards as text: two hundred of them take a template longer than everything else on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.base.templatetags.addresses import address
from apps.base.templatetags.baton import (
    baton,
    day,
    icon,
    money,
    month,
    short_month,
    short_name,
    small_unit,
)
from apps.deals.models import Deal


@dataclass(frozen=True)
class Cards:
    """`here`: the board's own address; `of_one`: all are one person's, who need not be named on each."""

    view: str
    here: str
    today: date
    of_one: bool

    def drawn(self, deal: Deal, *, column: str, may_keep: bool) -> SafeString:
        back = f"?back={escape(quote(self.here, safe=''))}"
        to_advance = address("deals:advance", deal.pk) + back
        named = escape(short_name(deal.company.name))
        worth = f'<span class="tag line">{_("金額未定")}</span>'
        if deal.amount:
            worth = f'<span class="num">{small_unit(money(deal.amount))}</span>'
        dragged = button = ""
        if may_keep:
            dragged = (
                f' draggable="true" data-card data-ask="{to_advance}"'
                f' data-expect="{address("deals:expect", deal.pk)}{back}" data-version="{deal.version}"'
                f' data-won="{address("deals:win", deal.pk)}" data-lost="{address("deals:lose", deal.pk)}"'
            )
            said = escape(_("%(name)sの段階を進める") % {"name": deal.company.name})
            title, arrow = escape(_("段階を進める")), icon("arrow-right", "s")
            button = (
                f'<a class="btn s quiet icon" href="{to_advance}" draggable="false" hx-get="{to_advance}"'
                f' hx-target="#advance" title="{title}" aria-label="{said}">{arrow}</a>'
            )
        whose = "" if self.of_one else f'<p class="xs mut">{escape(_name_of(deal.owner))}</p>'
        return SafeString(
            f'<article class="kcard"{dragged}>'
            f'<header><h3><a href="{address("deals:deal", deal.pk)}" draggable="false">{named}</a></h3>{worth}</header>'
            f'<p class="ax">{baton(deal, bare=self.view != "month")}<span>{self._known(deal, column)}</span></p>'
            f'<p class="next">{self._next(deal)}</p>'
            f'<footer><p class="since" id="silence-{deal.pk}"></p>{button}</footer>'
            f"{whose}</article>"
        )

    def _known(self, deal: Deal, column: str) -> str:
        if not (deal.plan or deal.amount or deal.expected_month):
            return escape(_("これから"))
        plan = escape(deal.plan or _("プラン未定"))
        if self.view == "month" and column not in ("past", "later"):
            return plan
        expected = deal.expected_month
        if expected is None:
            when = _("時期未定")
        else:
            when = short_month(expected) if expected.year == self.today.year else month(expected)
        return f'{plan}{_("・")}<span class="nowrap">{escape(when)}</span>'

    def _next(self, deal: Deal) -> str:
        if not deal.next_action:
            return f'<span class="warn-text">{escape(_("次の一手がありません"))}</span>'
        due = deal.next_action_on
        if due is None:
            return escape(deal.next_action)
        late = " alert-text" if due < self.today else ""
        return f'<b class="nowrap{late}">{escape(day(due))}</b> {escape(deal.next_action)}'


def _name_of(owner: User | None) -> str:
    return owner.name if owner else _("担当なし")
