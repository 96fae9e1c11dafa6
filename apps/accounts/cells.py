"""A value of a record, changed where it stands: in a list, or among the facts on its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from apps.accounts.permissions import check
from apps.accounts.vocabulary import Act
from apps.base.forms import ChangeForm
from apps.base.refusal import refusals_shown_on
from apps.base.templatetags.addresses import address
from apps.base.templatetags.baton import icon


@dataclass(frozen=True)
class Cell:
    """The fields of a form that are asked for together; `draw` says of a record what they hold."""

    form: type[ChangeForm]
    fields: tuple[str, ...]
    draw: Callable[[Any], str]
    leads: str = ""
    """The value is an address of this scheme, as "tel:" or "https:": it leads there, and a pencil stands beside it."""
    has_field: Callable[[Any], bool] = lambda _record: True

    @property
    def label(self) -> str:
        return str(self.form.base_fields[self.fields[0]].label)


@dataclass(frozen=True)
class Cells:
    """The values of one kind of record by name; `change` writes them. `moves`: what else a change may turn."""

    url: str
    act: Act
    change: Callable[..., Any]
    of: Mapping[str, Cell]
    moves: tuple[str, ...] = ()

    def drawn(self, record: Any, field: str, *, may_keep: bool, beside: bool = False) -> SafeString:
        """As text rather than by a template: a page of a list has hundreds."""
        one, pk = self.of[field], record.pk
        shown = conditional_escape(one.draw(record))
        if "\n" in shown:
            shown = linebreaksbr(shown)
        leads = shown if one.leads else ""
        if leads:
            scheme = "" if one.leads == "https:" else one.leads
            outside = "" if scheme else ' rel="noreferrer noopener" target="_blank"'
            leads = f'<a class="link" href="{scheme}{shown}"{outside}>{shown}</a>'
        if not shown:
            unknown = escape(_("まだわからない"))
            shown = SafeString(f'<span class="mut unknown"><span>{unknown}</span></span>')
        inner = leads or shown
        if may_keep and one.has_field(record):
            url = address(self.url, pk, field)
            said = escape(_offer(one, get_language()) % {"name": record})
            look, words = ("cell pen", icon("pencil", "s")) if leads else ("cell", shown)
            inner = (
                f'{leads}<a class="{look}" href="{url}" hx-get="{url}" hx-target="closest .cellbox"'
                f' hx-swap="outerHTML" data-cell>{words}<span class="vh">{said}</span></a>'
            )
        swapped = ' hx-swap-oob="true"' if beside else ""
        return SafeString(f'<div class="cellbox" id="{field}-{pk}"{swapped}>{inner}</div>')

    def drawn_after(self, record: Any, field: str, *, saved: bool = False) -> SafeString:
        """The value in its place, and after a change what turned with it."""
        drawn = self.drawn(record, field, may_keep=True)
        beside = (name for name in self.moves if saved and name != field)
        others = (self.drawn(record, name, may_keep=True, beside=True) for name in beside)
        return SafeString("".join((drawn, *others)))


@cache
def _offer(one: Cell, _language: str) -> str:
    """What the link says, but for the record's name: looked up once for each language."""
    return _("%(name)s %(field)sを直す") % {"name": "%(name)s", "field": one.label.replace("%", "%%")}


CELLS: dict[type, Cells] = {}
"""By the model whose values they are: `{% cell record "field" %}` draws them."""


def cell(request: HttpRequest, record: Any, field: str, *, responsible: UUID | None = None) -> HttpResponse:
    """The value, or its field in its place; after a conflict both values, who and when, and one chooses."""
    among = CELLS[type(record)]
    if field not in among.of:
        raise Http404
    check(request.user, among.act, responsible)
    asked = among.of[field]
    context = {"record": record, "url": request.path, "box": f"{field}-{record.pk}"}
    if "shown" in request.GET:
        return _answer(request, context | {"drawn": among.drawn_after(record, field)})
    form = asked.form(request.POST or None, record=record, auto_id=f"%s-{record.pk}-in")
    for other in form.fields.keys() - {*asked.fields, "version"}:
        del form.fields[other]
    if form.is_valid():
        with refusals_shown_on(form):
            version = form.cleaned_data["version"]
            record = among.change(record, **form.changed, version=version, by=request.user, at=timezone.now())
            if not request.htmx:  # type: ignore[attr-defined]
                return redirect(record if hasattr(record, "get_absolute_url") else record.company)
            drawn = among.drawn_after(record, field, saved=True)
            return trigger_client_event(_answer(request, context | {"drawn": drawn}), "cell-changed")
    form.fields[asked.fields[0]].widget.attrs["autofocus"] = True
    return _answer(request, context | {"form": form, "single": len(asked.fields) == 1})


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    part = "#cell" if request.htmx else ""  # type: ignore[attr-defined]
    return TemplateResponse(request, f"components/cell.html{part}", context)
