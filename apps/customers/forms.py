"""What people type about companies and contacts."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.base.forms import (
    ChangeForm,
    DayField,
    LongTextField,
    OnceForm,
    TidyCharField,
    TidyURLField,
    YenField,
)
from apps.customers import codes, queries
from apps.customers.models import Campaign, Company, Contact, LeadSource, TargetList
from apps.customers.vocabulary import DecisionRole, Power, SourceKind, Stance

MOST_EMPLOYEES = 10_000_000


def industries() -> list:
    """Every industry under its division, which may itself be chosen."""
    named = codes.INDUSTRIES
    return [("", "—")] + [
        (named[division], [(code, named[code]) for code in (division, *groups)])
        for division, groups in codes.INDUSTRY_GROUPS.items()
    ]


class AreaField(TidyCharField):
    """A prefecture or municipality by its name, kept by its code."""

    default_error_messages = {
        "unknown": _("「%(given)s」という都道府県・市区町村は見つかりません。例: 静岡県浜松市中央区"),
    }

    def prepare_value(self, value):
        known = value in codes.PREFECTURES or value in codes.MUNICIPALITIES
        return codes.area_name(value) if known else value

    def to_python(self, value):
        text = super().to_python(value)
        if text and (text := codes.area_in(given := text)) is None:
            raise ValidationError(
                self.error_messages["unknown"], code="unknown", params={"given": given[:100]}
            )
        return text


class MonthsField(forms.TypedMultipleChoiceField):
    """Months of any year."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **given):
        super().__init__(choices=MONTHS.items, coerce=int, required=False, **given)


class CompanyFields(forms.Form):
    name = TidyCharField(label=_("会社名"), max_length=200)
    reading = TidyCharField(
        label=_("よみ"), max_length=300, required=False, help_text=_("並び順と検索に使います。")
    )
    phone = TidyCharField(
        label=_("電話"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    website = TidyURLField(label=_("ウェブサイト"), max_length=300, required=False)
    postal_code = TidyCharField(label=_("郵便番号"), max_length=10, required=False)
    address = TidyCharField(label=_("住所"), max_length=300, required=False)
    area = AreaField(
        label=_("エリア"),
        max_length=40,
        required=False,
        help_text=_("都道府県、または市区町村まで。空なら住所から読み取ります。"),
    )
    industry = forms.ChoiceField(label=_("業種"), choices=industries, required=False)
    employees = forms.IntegerField(
        label=_("従業員数"),
        required=False,
        min_value=0,
        max_value=MOST_EMPLOYEES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-unit": _("名")}),
    )
    existing = forms.BooleanField(
        label=_("既存顧客"), required=False, help_text=_("受注すると、選ばなくても既存顧客になります。")
    )
    lead_source = forms.ModelChoiceField(
        label=pgettext_lazy("one", "流入元"),
        queryset=LeadSource.objects.none(),
        required=False,
        empty_label="—",
    )
    campaign = forms.ModelChoiceField(
        label=_("施策"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("選ぶと、流入元もその施策のものになります。"),
    )
    busy_months = MonthsField(label=_("忙しい月"))
    buying_months = MonthsField(label=_("購入を検討する月"))
    note = LongTextField(label=_("メモ"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = getattr(getattr(self, "record", None), "lead_source_id", None)
        self.fields["lead_source"].queryset = queries.lead_sources() | LeadSource.objects.filter(pk=held)
        self.fields["campaign"].queryset = queries.campaigns()


class NewCompanyForm(OnceForm, CompanyFields):
    pass


class CompanyForm(ChangeForm, CompanyFields):
    pass


def word(words, *, label) -> forms.TypedChoiceField:
    """One of the words, unknown where nobody says."""
    return forms.TypedChoiceField(
        label=label,
        choices=words,
        required=False,
        empty_value=words.UNKNOWN,
        initial=words.UNKNOWN,
        widget=forms.RadioSelect,
    )


class ContactFields(forms.Form):
    name = TidyCharField(label=_("氏名"), max_length=100)
    reading = TidyCharField(label=_("よみ"), max_length=200, required=False)
    department = TidyCharField(label=_("部署"), max_length=100, required=False)
    title = TidyCharField(label=_("役職"), max_length=100, required=False)
    role = word(DecisionRole, label=_("決裁での役割"))
    stance = word(Stance, label=_("立場"))
    power = forms.ChoiceField(
        label=_("決める力"),
        choices=[("", _("役割から")), *Power.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label=_("メールアドレス"), max_length=254, required=False)
    phone = TidyCharField(
        label=_("電話"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    note = LongTextField(label=_("メモ"), required=False)


class NewContactForm(OnceForm, ContactFields):
    pass


class ContactForm(ChangeForm, ContactFields):
    pass


class ListFields(forms.Form):
    name = TidyCharField(label=_("リスト名"), max_length=100)
    owner = forms.ModelChoiceField(label=_("担当"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args, owners: QuerySet[User], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners


class NewListForm(OnceForm, ListFields):
    pass


class ListForm(ChangeForm, ListFields):
    pass


class PutForm(forms.Form):
    company = forms.ModelChoiceField(queryset=Company.objects.kept(), widget=forms.HiddenInput)
    on = DayField(label=_("載せる日"))


class ChooseListForm(forms.Form):
    list = forms.ModelChoiceField(label=_("リスト"), queryset=TargetList.objects.none(), empty_label=None)

    def __init__(self, *args, among: QuerySet[TargetList], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["list"].queryset = among


class PlaceForm(forms.Form):
    """Where a contact stands on the decision map."""

    stance = forms.ChoiceField(label=_("立場"), choices=Stance, widget=forms.Select(attrs={"class": "in"}))
    power = forms.ChoiceField(
        label=_("決める力"),
        choices=[("", _("役割から")), *Power.choices],
        required=False,
        widget=forms.Select(attrs={"class": "in"}),
    )


class LeadSourceForm(forms.Form):
    name = TidyCharField(label=pgettext_lazy("one", "流入元"), max_length=100)
    kind = forms.ChoiceField(label=_("種類"), choices=SourceKind, widget=forms.RadioSelect)


class ChangeLeadSourceForm(ChangeForm, LeadSourceForm):
    pass


class CampaignFields(forms.Form):
    name = TidyCharField(label=_("施策名"), max_length=100)
    lead_source = forms.ModelChoiceField(
        label=pgettext_lazy("one", "流入元"),
        queryset=LeadSource.objects.none(),
        empty_label=_("選んでください"),
    )
    from_on = DayField(label=_("始まり"))
    until_on = DayField(label=_("終わり"), required=False, help_text=_("続いている間は空けておきます。"))
    cost = YenField(label=_("費用"), required=False, help_text=_("期間の合計。わかってからでかまいません。"))


class NewCampaignForm(OnceForm, CampaignFields):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead_source"].queryset = queries.lead_sources()


class CampaignForm(ChangeForm, CampaignFields):
    lead_source = None  # companies came through it from there


class InfluenceForm(forms.Form):
    """Who can move whom at a company."""

    mover = forms.ModelChoiceField(label=_("動かす人"), queryset=Contact.objects.none(), empty_label="—")
    moved = forms.ModelChoiceField(label=_("動く人"), queryset=Contact.objects.none(), empty_label="—")

    def __init__(self, *args, company: Company, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = queries.contacts(company=company).order_by("reading", "id")
