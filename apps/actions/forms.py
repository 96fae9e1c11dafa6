"""What a line was read as, to be corrected and kept."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.actions.operations import Told
from apps.activities.forms import DealChoiceField
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome
from apps.base.forms import DayField, LongTextField, OnceForm, TidyCharField
from apps.customers import queries as customers
from apps.customers.models import Company, Contact
from apps.deals.forms import AxesFields, NextActionFields
from apps.deals.models import Deal

KINDS = [*FollowKind.choices, ("visit", pgettext_lazy("kind of contact", "訪問"))]
LONGEST = 1_000
_AXES = ("plan", "amount", "expected_month")
_AHEAD = ("next_action", "next_action_on")


def _pick() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"data-look": "chips"})


class CaptureForm(OnceForm, AxesFields, NextActionFields):
    line = TidyCharField(max_length=LONGEST, widget=forms.HiddenInput)
    company = forms.ModelChoiceField(
        label=_("顧客"),
        queryset=Company.objects.none(),
        widget=forms.TextInput,  # the template draws what may be chosen
        error_messages={
            "required": _("顧客を選んでください。"),
            "invalid_choice": _("顧客を選んでください。"),
        },
    )
    contact = forms.ModelChoiceField(
        label=_("相手"), queryset=Contact.objects.none(), required=False, empty_label=_("会社あて")
    )
    kind = forms.ChoiceField(
        label=_("どうやって"),
        choices=KINDS,
        widget=_pick(),
        error_messages={"required": _("どうやって連絡したかを選んでください。")},
    )
    outcome = forms.ChoiceField(
        label=_("どうなった"),
        choices=FollowOutcome.choices,
        widget=_pick(),
        error_messages={"required": _("どうなったかを選んでください。")},
    )
    direction = forms.ChoiceField(
        label=_("向き"),
        choices=Direction.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"data-look": "seg"}),
    )
    minutes = forms.IntegerField(
        label=_("時間"),
        min_value=0,
        max_value=1440,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-unit": _("分")}),
    )
    happened_on = DayField(label=_("いつ"), required=False, help_text=_("空なら今です。"))
    result = LongTextField(label=_("結果"), max_length=LONGEST, required=False)
    deal = DealChoiceField(
        label=pgettext_lazy("one", "案件"),
        queryset=Deal.objects.none(),
        required=False,
        empty_label=_("案件なし"),
    )
    opens_deal = forms.BooleanField(label=_("この内容で案件を始める"), required=False)

    def __init__(
        self, *args: Any, company: Company | None, deals: QuerySet[Deal], now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.deals = list(deals)
        self.fields["company"].queryset = customers.companies()
        self.fields["contact"].queryset = (
            customers.contacts(company=company) if company else Contact.objects.none()
        )
        self.fields["contact"].queryset = self.fields["contact"].queryset.order_by("reading", "pk")
        self.fields["deal"].queryset = deals
        if not company:
            del self.fields["contact"]
        if not self.deals:
            del self.fields["deal"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        day = given.get("happened_on")
        if day and day > timezone.localdate(self.now):
            self.add_error("happened_on", _("これからの日時は入れられません。"))
        asks = len(self.deals) > 1 and "deal" not in self.data
        if asks and (self.learned or self.ahead):
            self.add_error("deal", _("どの案件のことかを選んでください。"))
        return given

    @property
    def learned(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in _AXES if self.cleaned_data.get(name)}

    @property
    def ahead(self) -> dict[str, Any]:
        """A day without an act is still a next action: to be in touch again."""
        act, on = (self.cleaned_data.get(name) for name in _AHEAD)
        return {"next_action": act or str(_("連絡する")), "next_action_on": on} if act or on else {}

    @property
    def told(self) -> Told:
        given = self.cleaned_data
        return Told(
            line=given["line"],
            company=given["company"],
            kind=given["kind"],
            outcome=given["outcome"],
            direction=given["direction"] or Direction.OUT,
            contact=given.get("contact"),
            minutes=given["minutes"],
            result=given["result"],
            deal=given.get("deal"),
            opens_deal=bool(given.get("opens_deal")) and bool(self.learned or self.ahead),
            learned=self.learned,
            ahead=self.ahead,
            just_now=self._just_now,
            happened_at=self._happened_at(given["happened_on"]),
        )

    @property
    def _just_now(self) -> bool:
        return self.cleaned_data["happened_on"] in (None, timezone.localdate(self.now))

    def _happened_at(self, day: Any) -> datetime:
        """An earlier day is known by its date only: it begins at midnight."""
        if self._just_now:
            return self.now
        return timezone.make_aware(datetime.combine(day, time.min))
