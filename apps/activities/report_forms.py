"""What people type before and after a visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.activities import rules
from apps.activities.drafting import Offers
from apps.activities.models import IssueKind, PostVisitReport, PreVisitReport
from apps.activities.vocabulary import Progress, Turnout
from apps.base import text
from apps.base.forms import ChangeForm, LongTextField, TidyCharField
from apps.base.templatetags import baton
from apps.deals.forms import AxesFields, NextActionFields
from apps.deals.models import Deal

ISSUES_AT_MOST = 20


class KindsOfLines(forms.Field):
    """What kind each line is said to be: a field per line, named by it. A line of which nothing is said is left out."""

    class widget(forms.Widget):  # noqa: N801 - Django's word
        def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
            return {key.removeprefix(f"{name}:"): data[key] for key in data if key.startswith(f"{name}:")}

    def __init__(self) -> None:
        super().__init__(required=False)
        self.kinds: Mapping[str, IssueKind] = {}

    def clean(self, value: dict[str, str]) -> dict[str, IssueKind | None]:
        if any(pk and pk not in self.kinds for pk in value.values()):
            raise ValidationError(_("選べない種類です。選び直してください。"), code="invalid")
        return {line: self.kinds.get(pk) for line, pk in value.items()}


class PrepareForm(ChangeForm):
    """外出前報告"""

    situation = LongTextField(label=_("お客様の状況"), required=False)
    goal = LongTextField(label=_("訪問の目的"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    issues = LongTextField(
        label=_("想定する課題"),
        required=False,
        help_text=_("1行に1つ書きます。外出後報告で、どうだったかを選べます。"),
    )
    answer = LongTextField(label=_("こちらの答え・聞くこと"), required=False)
    kinds = KindsOfLines()
    proposed = KindsOfLines()
    """What the page itself proposed: a kind that differs from it was chosen by somebody."""

    def __init__(self, *args: Any, kinds: Sequence[IssueKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kinds", "proposed"):
            self.fields[name].kinds = {str(kind.pk): kind for kind in kinds}

    @classmethod
    def facts_of(cls, record: PreVisitReport) -> Mapping[str, Any]:
        return {
            "situation": record.situation,
            "goal": record.goal,
            "issues": "\n".join(issue.text for issue in record.visit.issues.all()),
            "answer": record.answer,
        }

    def clean_issues(self) -> str:
        lines = self.lines(self.cleaned_data["issues"])
        if len(lines) > ISSUES_AT_MOST:
            raise ValidationError(_("課題は20個までです。大事なものにしぼってください。"))
        if any(len(line) > 500 for line in lines):
            raise ValidationError(_("1行は500文字までです。"))
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given.pop("proposed", None)
        if "kinds" in given and "issues" in given:
            rows, lines = list(given["kinds"]), list(dict.fromkeys(self.lines(given["issues"])))
            given["kinds"] = rules.carried(given["kinds"], rows=rows, lines=lines)
        return given

    def kinds_chosen(self) -> dict[str, str]:
        """Line → the id of the kind that somebody chose, or nothing where they took it away."""
        said, proposed = self["kinds"].value(), self["proposed"].value()
        chosen = {line: pk for line, pk in said.items() if pk != proposed.get(line)}
        return rules.carried(chosen, rows=list(said), lines=list(dict.fromkeys(self.lines_now())))

    def lines_now(self) -> list[str]:
        """The lines as they stand in the form, whatever is wrong with them."""
        return [text.without_controls(line) for line in self.lines(self["issues"].value() or "")][
            :ISSUES_AT_MOST
        ]

    @staticmethod
    def lines(words: str) -> list[str]:
        return [line.strip() for line in words.split("\n") if line.strip()]


NEXT_ACTIONS = (_("見積"), _("電話"), _("再訪"))


class NextByChips(NextActionFields):
    """What comes next, and when: chips that fill the fields."""

    offered_days: Sequence[date] = ()
    """Today, tomorrow and a later day."""

    def next_actions(self) -> list[tuple[Any, Any]]:
        return [(words, words) for words in NEXT_ACTIONS]

    def days(self) -> list[tuple[str, Any]]:
        """Each by its value, and as it is called."""
        words = [_("今日"), _("明日"), *map(baton.weekday, self.offered_days[2:])]
        return [(on.isoformat(), said) for on, said in zip(self.offered_days, words, strict=True)]


WHYS = {
    "three": _("3つそろうと商談"),
    "two": _("あと2つで商談"),
    "plan": _("プランがわかると商談"),
    "price": _("価格がわかると商談"),
    "timing": _("時期がわかると商談"),
    "none": _("3つそろいました"),
}
"""Why the deal stands where it stands, by what it lacks of the three."""


def in_short(yen: int) -> str:
    """万円 where nothing is lost by it."""
    return baton.yen(yen) if yen % 10_000 else baton.money(yen)


def lacking(missing: Sequence[str]) -> str:
    """The key in WHYS for the axes that are not known."""
    return {0: "none", 2: "two", 3: "three"}.get(len(missing)) or missing[0]


class ReportForm(ChangeForm, AxesFields, NextByChips):
    """外出後報告 — each expected issue, the result, what became known of the deal and what comes next."""

    progress = forms.ChoiceField(
        label=_("結果"), choices=Progress.choices, widget=forms.RadioSelect(attrs={"data-look": "pick"})
    )
    result = LongTextField(
        label=_("ひとこと"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": _("ひとこと(任意)")}),
    )
    AXES = {"plan": "plan", "amount": "price", "expected_month": "timing"}

    def __init__(
        self, *args: Any, record: PostVisitReport, deal: Deal | None, offers: Offers, **kwargs: Any
    ) -> None:
        self.deal, self.offers, self.offered_days = deal, offers, offers.days
        self.issues = list(record.visit.issues.all())
        known = {name: getattr(deal, name) for name in self.AXES} if deal else {}
        super().__init__(*args, record=record, initial=known, **kwargs)
        for name in self.AXES:
            if deal:
                self.fields[name].show_hidden_initial = True  # the deal may move while the form is open
            else:
                del self.fields[name]
        for number, issue in enumerate(self.issues):
            self._ask(number, issue)

    def _ask(self, number: int, issue: Any) -> None:
        self.fields[f"turnout_{number}"] = forms.ChoiceField(
            label=issue.text,
            choices=Turnout.choices,
            required=False,
            initial=issue.turnout,
            widget=forms.RadioSelect(attrs={"data-look": "verdict"}),
        )
        self.fields[f"how_{number}"] = TidyCharField(
            label=_("どう違いましたか"),
            max_length=1_000,
            required=False,
            initial=issue.how_different,
            widget=forms.Textarea(attrs={"rows": 1}),
        )

    @classmethod
    def facts_of(cls, record: PostVisitReport) -> Mapping[str, Any]:
        names = ("progress", "result", "next_action", "next_action_on")
        return {name: getattr(record, name) for name in names}

    def facts_now(self, record: PostVisitReport) -> Mapping[str, Any]:
        """Also what it writes into the visit's issues, and what its writer has changed in the deal."""
        axes = {name: getattr(self.deal, name) for name in self.AXES if name in self.changed_data}
        issues = {f"turnout_{n}": issue.turnout for n, issue in enumerate(self.issues)} | {
            f"how_{n}": issue.how_different for n, issue in enumerate(self.issues)
        }
        return {**self.facts_of(record), **axes, **issues}

    def record_of(self, name: str, present: PostVisitReport) -> Any:
        return self.deal if name in self.AXES else present

    def asked(self) -> list[tuple[Any, Any, Any]]:
        """Each expected issue with its two fields."""
        return [(issue, self[f"turnout_{n}"], self[f"how_{n}"]) for n, issue in enumerate(self.issues)]

    def axes(self) -> list[tuple[Any, list[tuple[str, str]], str]]:
        """Each axis: its field, what is offered for it as (value, words), and the words of what stands now."""
        offers, deal = self.offers, self.deal
        offered = {
            "plan": [(name, name) for name in offers.plans],
            "amount": [(f"{yen:,}", in_short(yen)) for yen in offers.amounts],
            "expected_month": [(str(month), baton.short_month(month)) for month in offers.months],
        }
        now = {
            "plan": deal and deal.plan,
            "amount": deal and deal.amount and in_short(deal.amount),
            "expected_month": deal and deal.expected_month and baton.near_month(deal.expected_month),
        }
        return [(self[name], offered[name], now[name] or "") for name in self.AXES]

    def axis_fields(self) -> list[Any]:
        return [self[name] for name in self.AXES]

    def whys(self) -> list[tuple[str, Any, bool]]:
        """Each sentence about what is lacking by its key, and whether it holds."""
        missing = [axis for name, axis in self.AXES.items() if not self[name].value()]
        return [(key, words, key == lacking(missing)) for key, words in WHYS.items()]

    @property
    def turnouts(self) -> dict[Any, tuple[str, str]]:
        return {
            issue.pk: (self.cleaned_data[f"turnout_{n}"], self.cleaned_data[f"how_{n}"])
            for n, issue in enumerate(self.issues)
        }

    @property
    def learned(self) -> dict[str, Any]:
        return {name: value for name, value in self.changed.items() if name in self.AXES}
