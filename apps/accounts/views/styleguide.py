"""部品 — every component with every state, living, for who looks after the product."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.accounts.vocabulary import Role
from apps.base.month import Month
from apps.base.pages import page

MONTH = Month(2026, 10)
SPOKEN_AT = datetime(2026, 10, 15, 11, 20, tzinfo=UTC)
BATONS = [
    {"stage": "prospect"},
    {"stage": "prospect", "plan": "A"},
    {"stage": "topic", "amount": 600_000, "expected_month": MONTH},
    {"stage": "topic", "plan": "A", "amount": 600_000},
    {"stage": "deal", "plan": "A", "amount": 600_000, "expected_month": MONTH, "rank": "likely"},
    {"stage": "deal", "plan": "A", "amount": 600_000, "expected_month": MONTH, "rank": "sure"},
    {"stage": "lost", "plan": "A", "amount": 600_000},
    {"stage": "won", "plan": "A", "amount": 600_000, "expected_month": MONTH},
]
COLOURS = [
    "ink",
    "ink-2",
    "ink-3",
    "control",
    "line-2",
    "sunken",
    "bg",
    "surface",
    "accent",
    "accent-mid",
    "accent-soft",
    "alert",
    "alert-soft",
    "warn",
    "warn-mark",
    "warn-soft",
]
ICONS = [
    "today",
    "baton",
    "visit",
    "deal",
    "company",
    "report",
    "board",
    "users",
    "target",
    "list",
    "chart",
    "scale",
    "chat",
    "bookmark",
    "settings",
]
HEADS = [
    {"column": {"label": _("会社"), "css": ""}, "url": "#main", "sorted": "ascending"},
    {"column": {"label": _("段階"), "css": ""}, "url": "", "sorted": ""},
    {"column": {"label": _("価格"), "css": "n"}, "url": "#main", "sorted": ""},
]
"""A list's head as `base.listing` gives it: sorted by the first, not by the second, sortable by the third."""
DRAWINGS = ["baton", "search", "done", "table", "arrow", "line"]
TURNOUTS = [("as_expected", _("想定通り")), ("different", _("違った")), ("absent", _("出なかった"))]
ACTIONS = [("quote", _("見積")), ("call", _("電話")), ("visit", _("再訪"))]


def _radios(look: str, label, choices, chosen: str) -> forms.ChoiceField:
    widget = forms.RadioSelect(attrs={"data-look": look})
    return forms.ChoiceField(label=label, choices=choices, widget=widget, initial=chosen, required=False)


class Fields(forms.Form):
    met_at = forms.DateTimeField(
        label=_("面談の日時"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    amount = forms.IntegerField(
        label=_("金額"), required=False, initial=60, widget=forms.TextInput(attrs={"data-unit": _("万円")})
    )
    words = forms.CharField(
        label=_("お客様の言葉"),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("聞いたままの言葉")}),
        error_messages={"required": _("1つ書くと渡せます。")},
    )
    receiver = forms.ChoiceField(
        label=_("渡す相手"), choices=ACTIONS, required=False, help_text=_("あとで変えられます。")
    )
    turnout = _radios("verdict", _("想定した課題"), TURNOUTS, "as_expected")
    other_turnout = _radios("verdict", _("想定した課題"), TURNOUTS, "different")
    next_action = _radios("chips", _("次の一手"), ACTIONS, "quote")
    pattern = forms.BooleanField(label=_("勝ちパターンの候補"), required=False, initial=True)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if Role.ADMIN not in request.user.roles:
        raise Http404
    context = {
        "batons": BATONS,
        "colours": COLOURS,
        "icons": ICONS,
        "listing": {"heads": HEADS},
        "spoken_at": SPOKEN_AT,
        "drawings": DRAWINGS,
        "form": Fields(prefix="fresh"),
        "faulty": Fields({"faulty-amount": "60"}, prefix="faulty"),
    }
    return page(request, "accounts/styleguide.html", context)
