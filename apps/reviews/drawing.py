"""The table's cells as text: there are two hundred of them, and a template takes ten times as long to write them."""

from __future__ import annotations

from functools import lru_cache

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.base.templatetags.addresses import address as address_of
from apps.base.templatetags.baton import man, short_name
from apps.reviews.presentation import Cell, Mention, TableRow


def cells(row: TableRow, *, on: int, address: QueryDict) -> SafeString:
    """All cells of a row. `on`: the place of the month that a phone shows; `address`: the table's own."""
    records = escape(f"{reverse('reviews:records')}?{address.urlencode()}&row={row.code}&cell=")
    draw = _names if row.kind == "names" else _figure
    return SafeString(
        "".join(
            f'<td class="{_look(cell, place == on)}">{draw(cell, records + cell.records)}</td>'
            for place, cell in enumerate(row.cells)
        )
    )


def _look(cell: Cell, on: bool) -> str:
    signs = (cell.column, on and "on", cell.zero and "z", cell.changed and "chg")
    return " ".join(sign for sign in signs if sign)


def _names(cell: Cell, records: str) -> str:
    if not cell.names:
        return ""
    more = _("ほか%(n)s件") % {"n": cell.more}
    rest = f'<li class="more"><a href="{records}">{more}</a></li>' if cell.more else ""
    return f"<ul>{''.join(map(_mention, cell.names))}{rest}</ul>"


def _mention(mention: Mention) -> str:
    name = mention.name
    won = ' class="won"' if mention.won else ""
    mark = f"<em{won}>{escape(mention.mark)}</em>" if mention.mark else ""
    worth = f"<b>{man(name.amount)}</b>"
    if name.amount is None:
        worth = f'<em class="unpriced">{escape(pgettext("short", "金額未定"))}</em>'
    link = (
        f'<a href="{address_of("deals:deal", name.deal)}" hx-get="{address_of("deals:panel", name.deal)}"'
        f' title="{escape(name.company)}">{escape(short_name(name.company))}</a>'
    )
    out = ' class="out"' if mention.mark else ""
    return f"<li{out}>{link}{mark}{worth}</li>"


def _figure(cell: Cell, records: str) -> str:
    if not cell.text:
        return ""
    title = f' title="{escape(cell.exact)}"' if cell.exact else ""
    unit = f"<small>{escape(cell.unit)}</small>" if cell.unit else ""
    nil = ' class="nil"' if cell.tone == "nil" else ""
    figure = f"<b{nil}>{escape(cell.text)}</b>{unit}"
    if cell.records:
        figure = f'<a class="drill" href="{records}" hx-get="{records}"{title}>{figure}</a>'
    else:
        figure = f"<span{title}>{figure}</span>"
    gap = f'<span class="gap {cell.gap.tone}">{escape(cell.gap.text)}</span>' if cell.gap else ""
    if cell.bar is None:
        return f'<span class="cell">{gap}{figure}</span>'
    return f'<span class="rate">{gap}{_bar(cell.bar, cell.tone)}{figure}</span>'


@lru_cache(maxsize=1_000)
def _bar(percent: int, tone: str) -> str:
    return render_to_string("components/bar.html", {"percent": percent, "tone": tone}).strip()
