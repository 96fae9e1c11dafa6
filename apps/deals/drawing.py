"""The board's cards as text: two hundred of them take a template longer than everything else on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.base.templatetags.addresses import address
from apps.base.templatetags.baton import (
    baton,
    day,
    icon,
    money,
    month,
    near,
    short_month,
    short_name,
    small_unit,
)
from apps.deals.queries import Column
from apps.deals.vocabulary import LostKind


@dataclass(frozen=True)
class Cards:
    """The cards of one board as one person sees it.

    `here`: the board's own address; `of_one`: all are one person's, who need not be named on each;
    `keeps`: whether the viewer may change what this person is responsible for.
    """

    view: str
    here: str
    today: date
    of_one: bool
    keeps: Callable[[UUID | None], bool]

    @cached_property
    def words(self) -> dict[str, str]:
        """Looked up once for the board."""
        said = {
            "unpriced": _("金額未定"),
            "unplanned": _("プラン未定"),
            "untimed": _("時期未定"),
            "unknown": _("これから"),
            "idle": _("次の一手がありません"),
            "nobody": _("担当なし"),
            "and": _("・"),
            "advance": _("段階を進める"),
            "advance this": _("%(name)sの段階を進める"),
            "comes back": _("%(month)sに戻ってきます"),
        }
        return {name: escape(words) for name, words in said.items()}

    @cached_property
    def back(self) -> str:
        return f"?back={escape(quote(self.here, safe=''))}"

    def of(self, column: Column) -> SafeString:
        """The column's cards, and what asks how long they have been silent."""
        if not column.cards:
            return SafeString()
        cards = "".join(self._drawn(deal, column.key) for deal in column.cards)
        named = "&amp;".join(f"deal={deal.pk}" for deal in column.cards)
        asking = f'hx-get="{reverse("activities:silences")}?{named}" hx-trigger="load" hx-swap="none"'
        return SafeString(f"{cards}<div {asking}></div>")

    def ended(self, column: Column) -> SafeString:
        """What was won or lost, a line each."""
        sign = icon("check" if column.key == "won" else "history", "s")
        return SafeString(
            "".join(
                f'<a class="kmini {column.key}" href="{address("deals:deal", deal.pk)}">{sign}'
                f"<span><b>{escape(short_name(deal.company__name))}</b><small>{self._end(deal, column.key)}</small></span></a>"
                for deal in column.cards
            )
        )

    def _end(self, deal: Any, outcome: str) -> str:
        came = money(deal.amount) if outcome == "won" else LostKind(deal.lost_kind).label
        said = f"{escape(day(deal.closed_at))}{self.words['and']}{escape(came)}"
        if outcome == "lost" and deal.comes_back_on:
            said += f"<br>{self.words['comes back'] % {'month': escape(month(deal.comes_back_on))}}"
        return said

    def _drawn(self, deal: Any, column: str) -> str:
        words = self.words
        to_advance = address("deals:advance", deal.pk) + self.back
        worth = f'<span class="tag line">{words["unpriced"]}</span>'
        if deal.amount:
            worth = f'<span class="num">{small_unit(money(deal.amount))}</span>'
        dragged = button = ""
        if self.keeps(deal.owner_id):
            dragged = (
                f' draggable="true" data-card data-ask="{to_advance}"'
                f' data-expect="{address("deals:expect", deal.pk)}{self.back}" data-version="{deal.version}"'
                f' data-won="{address("deals:win", deal.pk)}" data-lost="{address("deals:lose", deal.pk)}"'
            )
            said = words["advance this"] % {"name": escape(deal.company__name)}
            button = (
                f'<a class="btn s quiet icon" href="{to_advance}" draggable="false" hx-get="{to_advance}"'
                f' hx-target="#advance" title="{words["advance"]}" aria-label="{said}">{icon("arrow-right", "s")}</a>'
            )
        whose = "" if self.of_one else f'<p class="xs mut">{escape(deal.owner__name or words["nobody"])}</p>'
        return (
            f'<article class="kcard"{dragged}>'
            f'<header><h3><a href="{address("deals:deal", deal.pk)}" draggable="false">'
            f"{escape(short_name(deal.company__name))}</a></h3>{worth}</header>"
            f'<p class="ax">{baton(deal, bare=self.view != "month")}<span>{self._known(deal, column)}</span></p>'
            f'<p class="next">{self._next(deal)}</p>'
            f'<footer><p class="since" id="silence-{deal.pk}"></p>{button}</footer>'
            f"{whose}</article>"
        )

    def _known(self, deal: Any, column: str) -> str:
        if not (deal.plan or deal.amount or deal.expected_month):
            return self.words["unknown"]
        plan = escape(deal.plan) if deal.plan else self.words["unplanned"]
        if self.view == "month" and column not in ("past", "later"):
            return plan
        expected = deal.expected_month
        if expected is None:
            when = self.words["untimed"]
        else:
            when = escape(short_month(expected) if expected.year == self.today.year else month(expected))
        return f'{plan}{self.words["and"]}<span class="nowrap">{when}</span>'

    def _next(self, deal: Any) -> str:
        if not deal.next_action:
            return f'<span class="warn-text">{self.words["idle"]}</span>'
        due = deal.next_action_on
        if due is None:
            return escape(deal.next_action)
        late = " alert-text" if due < self.today else ""
        return f'<b class="nowrap{late}">{escape(near(due))}</b> {escape(deal.next_action)}'
