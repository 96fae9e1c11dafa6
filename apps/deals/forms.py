"""What people type about deals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.base.forms import (
    ChangeForm,
    DayField,
    MonthInputField,
    OnceForm,
    SuggestInput,
    TidyCharField,
    YenField,
)
from apps.deals import queries
from apps.deals.models import Deal
from apps.deals.vocabulary import BuyerStage, Cause, LostKind, Rank


def offer_owners(form: forms.Form, people: QuerySet[User], present: Any = None) -> None:
    """Let the form choose among these people and who stands there now; where that is one, there is nothing to ask."""
    owner = form.fields["owner"]
    owner.queryset = (people | User.objects.filter(pk=present.owner_id)).distinct() if present else people
    if present and present.owner_id is None:
        owner.required, owner.empty_label = False, _("担当なし")
    elif len(owner.queryset) == 1:
        del form.fields["owner"]


class AxesFields(forms.Form):
    """The three things that make a 商談."""

    plan = TidyCharField(label=_("プラン"), max_length=200, required=False, widget=SuggestInput)
    amount = YenField(label=_("価格"), required=False)
    expected_month = MonthInputField(label=_("時期"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, axis in (("plan", "plan"), ("amount", "price"), ("expected_month", "timing")):
            self.fields[name].widget.attrs["data-axis"] = axis
        self.fields["plan"].widget.suggestions = [
            (plan.name, {"data-price": str(plan.price)} if plan.price else {}) for plan in queries.plans()
        ]


class NextActionFields(forms.Form):
    next_action = TidyCharField(label=_("次の一手"), max_length=300, required=False)
    next_action_on = DayField(label=_("次の一手の日"), required=False)


class MoreFields(forms.Form):
    name = TidyCharField(label=_("案件名"), max_length=200, required=False)
    buyer_stage = forms.ChoiceField(
        label=_("買い手の段階"), choices=[("", _("まだわからない")), *BuyerStage.choices], required=False
    )
    owner = forms.ModelChoiceField(label=_("担当"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_owners(self, owners, getattr(self, "record", None))


class OpenDealForm(OnceForm, AxesFields, NextActionFields, MoreFields):
    opened = DayField(
        label=_("始まった日"), required=False, help_text=_("前から始まっていた案件なら、その日を選びます。")
    )
    field_order = (
        "name", "plan", "amount", "expected_month", "next_action", "next_action_on",
        "buyer_stage", "owner", "opened",
    )  # fmt: skip


class DealForm(ChangeForm, AxesFields, NextActionFields, MoreFields):
    rank = forms.ChoiceField(
        label=_("ランク"),
        choices=[(Rank.SURE, _("◯ その月に決まる")), (Rank.LIKELY, _("△ 可能性あり"))],
        required=False,
        widget=forms.RadioSelect(attrs={"data-look": "seg"}),
        help_text=_("プラン・価格・時期がそろうと付けられます。"),
    )
    when = DayField(
        label=_("いつから"),
        required=False,
        help_text=_("前からそうだったなら、その日を選びます。空なら今からです。"),
    )
    field_order = (
        "name", "plan", "amount", "expected_month", "rank", "next_action", "next_action_on",
        "buyer_stage", "owner", "when",
    )  # fmt: skip

    @classmethod
    def facts_of(cls, record: Deal) -> Mapping[str, Any]:
        return {name: getattr(record, name) for name in cls.field_order if name != "when"}

    @property
    def changed(self) -> dict[str, Any]:
        return {name: value for name, value in super().changed.items() if name != "when"}


class LearnForm(ChangeForm, AxesFields):
    """わかったこと — the axes in place on the deal's page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["amount"].widget.attrs["data-unit"]
        for field in self.fields.values():
            field.widget.attrs["placeholder"] = _("未定")


class ExpectForm(ChangeForm):
    expected_month = MonthInputField(label=_("時期"), required=False)


class TakeBackForm(ChangeForm):
    pass


class AdvanceForm(LearnForm):
    """段階を進める — the axes, and the rank that a 商談 is wished to have."""

    rank = forms.ChoiceField(
        label=_("ランク"),
        choices=[(Rank.SURE, _("◯ その月に決まる")), (Rank.LIKELY, _("△ 可能性あり"))],
        required=False,
        widget=forms.RadioSelect(attrs={"data-look": "seg"}),
        help_text=_("プラン・価格・時期がそろうと付けられます。"),
    )

    @property
    def learned(self) -> dict[str, Any]:
        """What differs from the record; a rank counts for nothing until the three axes are known."""
        facts = {name: value for name, value in self.changed.items() if name != "rank"}
        rank, whole = (
            self.cleaned_data["rank"],
            all(self.cleaned_data[axis] for axis in AxesFields.base_fields),
        )
        return facts | {"rank": rank} if whole and rank and rank != self.record.rank else facts


class RankForm(ChangeForm):
    rank = forms.ChoiceField(
        label=_("ランク"), choices=Rank.choices, widget=forms.RadioSelect(attrs={"data-look": "seg"})
    )


class NextActionForm(ChangeForm, NextActionFields):
    pass


class WinForm(ChangeForm):
    on = DayField(label=_("受注した日"))
    amount = YenField(label=_("受注金額"))

    @classmethod
    def facts_of(cls, record: Deal) -> Mapping[str, Any]:
        return {"amount": record.amount}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": timezone.localdate()}, **kwargs)


class LoseForm(ChangeForm):
    kind = forms.ChoiceField(
        label=_("種類"), choices=LostKind.choices, widget=forms.RadioSelect(attrs={"data-look": "tri"})
    )
    reason = forms.ModelChoiceField(label=_("理由"), queryset=queries.lost_reasons().none())
    comes_back_on = DayField(
        label=_("戻ってくる日"),
        required=False,
        help_text=_("今だめのときに入れます。その日にもう一度思い出せます。"),
    )
    on = DayField(label=_("ボツになった日"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": timezone.localdate()}, **kwargs)
        reasons = self.fields["reason"]
        reasons.queryset = queries.lost_reasons()
        by_cause: dict[str, list] = {cause: [] for cause in Cause}
        for reason in reasons.queryset:
            by_cause[reason.cause].append((reason.pk, reason.label))
        grouped = [(Cause(cause).label, choices) for cause, choices in by_cause.items() if choices]
        reasons.widget.choices = [("", _("選んでください")), *grouped]

    @classmethod
    def facts_of(cls, record: Deal) -> Mapping[str, Any]:
        return {}


class ReopenForm(ChangeForm):
    mistake = forms.TypedChoiceField(
        label=_("何があったか"),
        choices=[("", _("お客様の事情が変わった")), ("1", _("記録を誤った"))],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect(attrs={"data-look": "seg"}),
        help_text=_("記録の誤りなら、受注やボツはなかったことになり、どの月にも数えません。"),
    )
    reason = TidyCharField(label=_("理由"), max_length=500)

    @classmethod
    def facts_of(cls, record: Deal) -> Mapping[str, Any]:
        return {}
