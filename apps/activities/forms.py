"""What people type about follows and visits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.activities.models import Follow, Visit
from apps.activities.vocabulary import Direction, FollowKind, FollowOutcome, VisitKind, VisitStatus
from apps.base.forms import ChangeForm, LongTextField, MomentField, OnceForm
from apps.base.templatetags import baton
from apps.customers.models import Company, Contact
from apps.deals.forms import offer_owners
from apps.deals.models import Deal


class DealChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, deal: Deal) -> str:
        stage = baton.stage_with_rank(deal.stage, deal.rank)
        return " ".join(filter(None, [deal.name or deal.plan, f"({stage})"]))


def _pick(look: str = "pick") -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"data-look": look})


class ActivityFields(forms.Form):
    """What follow and visit share. The choices are the company's own."""

    deal = DealChoiceField(
        label=pgettext_lazy("one", "案件"),
        queryset=Deal.objects.none(),
        required=False,
        empty_label=_("案件なし"),
    )
    owner = forms.ModelChoiceField(label=_("担当"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, company: Company, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = getattr(self, "record", None)
        offer_owners(self, owners, present)
        deals = Deal.objects.filter(_kept_or(present and present.deal_id), company=company)
        self._offer("deal", deals.order_by("outcome", "-changed_at"))

    def _offer(self, name: str, choices: QuerySet) -> None:
        """Leave the field out where there is nothing to choose."""
        self.fields[name].queryset = choices
        if not choices:
            del self.fields[name]


def _kept_or(*present: Any) -> Q:
    """What is not in the trash, or stands there now."""
    return Q(trashed_at__isnull=True) | Q(pk__in=[pk for pk in present if pk])


class FollowFields(ActivityFields):
    kind = forms.ChoiceField(label=_("どうやって"), choices=FollowKind.choices, widget=_pick())
    direction = forms.ChoiceField(
        label=_("向き"), choices=Direction.choices, widget=_pick("seg"), required=False, initial=Direction.OUT
    )
    outcome = forms.ChoiceField(label=_("どうなった"), choices=FollowOutcome.choices, widget=_pick())
    contact = forms.ModelChoiceField(
        label=_("相手"), queryset=Contact.objects.none(), required=False, empty_label=_("会社あて")
    )
    body = LongTextField(label=_("聞いたこと・伝えたこと"), required=False)
    minutes = forms.DecimalField(
        label=_("通話時間"),
        min_value=0,
        max_value=1440,
        decimal_places=1,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-unit": _("分")}),
    )
    happened_at = MomentField(label=_("いつ"), required=False, help_text=_("空なら今です。"))

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        present = getattr(self, "record", None)
        contacts = Contact.objects.filter(_kept_or(present and present.contact_id), company=company)
        self._offer("contact", contacts.order_by("reading", "pk"))

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or Direction.OUT

    @staticmethod
    def _as_kept(given: Mapping[str, Any]) -> dict[str, Any]:
        """The form's values by the names of the follow's fields."""
        facts = dict(given)
        if "minutes" in facts:
            minutes = facts.pop("minutes")
            facts["talk_seconds"] = None if minutes is None else int(minutes * 60)
        return facts


class RecordFollowForm(OnceForm, FollowFields):
    field_order = (
        "kind", "outcome", "contact", "deal", "direction", "body", "minutes", "happened_at", "owner"
    )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        return self._as_kept({name: self.cleaned_data[name] for name in self.cleaned_data if name != "key"})


class FollowForm(ChangeForm, FollowFields):
    field_order = RecordFollowForm.field_order

    @classmethod
    def facts_of(cls, record: Follow) -> Mapping[str, Any]:
        names = ("kind", "outcome", "contact", "deal", "direction", "body", "owner")
        return {name: getattr(record, name) for name in names} | {
            "minutes": minutes_of(record.talk_seconds),
            "happened_at": _to_the_minute(record.happened_at),
        }

    def clean_happened_at(self):
        return self.cleaned_data["happened_at"] or _to_the_minute(self.record.happened_at)

    @property
    def facts(self) -> dict[str, Any]:
        return self._as_kept(self.changed)


def minutes_of(seconds: int | None) -> Decimal | int | None:
    if not seconds:
        return seconds
    return round(Decimal(seconds) / 60, 1) if seconds % 60 else seconds // 60


def _to_the_minute(moment):
    return moment and timezone.localtime(moment).replace(second=0, microsecond=0)


class VisitFields(ActivityFields):
    starts_at = MomentField(label=_("開始"))
    ends_at = MomentField(label=_("終了"), required=False)
    kind = forms.ChoiceField(
        label=_("場所"), choices=VisitKind.choices, widget=_pick("seg"), initial=VisitKind.ON_SITE
    )
    contacts = forms.ModelMultipleChoiceField(
        label=_("会う人"),
        queryset=Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    companions = forms.ModelMultipleChoiceField(
        label=_("同行者"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, company: Company, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        met = [contact.pk for contact in self.initial.get("contacts", ())]
        along = [person.pk for person in self.initial.get("companions", ())]
        contacts = Contact.objects.filter(_kept_or(*met), company=company)
        self._offer("contacts", contacts.order_by("reading", "pk"))
        self._offer("companions", (people | User.objects.filter(pk__in=along)).distinct())


class PlanVisitForm(OnceForm, VisitFields):
    field_order = ("starts_at", "ends_at", "kind", "contacts", "deal", "companions", "owner")

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class VisitForm(ChangeForm, VisitFields):
    status = forms.ChoiceField(label=_("状態"), choices=VisitStatus.choices, widget=_pick("seg"))
    field_order = ("starts_at", "ends_at", "status", "kind", "contacts", "deal", "companions", "owner")

    @classmethod
    def facts_of(cls, record: Visit) -> Mapping[str, Any]:
        return {
            "starts_at": _to_the_minute(record.starts_at),
            "ends_at": _to_the_minute(record.ends_at),
            "contacts": list(record.contacts.all()),
            "companions": list(record.companions.all()),
        } | {name: getattr(record, name) for name in ("status", "kind", "deal", "owner")}


class MoveForm(ChangeForm):
    to = MomentField()

    @classmethod
    def facts_of(cls, record: Visit) -> Mapping[str, Any]:
        return {}
