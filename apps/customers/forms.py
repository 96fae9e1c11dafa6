"""What people type about companies and contacts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.base.forms import ChangeForm, LongTextField, OnceForm, TidyCharField, TidyURLField
from apps.customers.vocabulary import DecisionRole, Stance


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
    note = LongTextField(label=_("メモ"), required=False)


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
    email = forms.EmailField(label=_("メールアドレス"), max_length=254, required=False)
    phone = TidyCharField(
        label=_("電話"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    note = LongTextField(label=_("メモ"), required=False)


class NewContactForm(OnceForm, ContactFields):
    pass


class ContactForm(ChangeForm, ContactFields):
    pass
