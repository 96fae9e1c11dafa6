"""What the accounts' pages ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.dates import MONTHS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts import queries
from apps.accounts.models import BusinessCalendar, Grade, Team, User
from apps.accounts.vocabulary import Role
from apps.base.forms import ChangeForm, DayField, OnceForm, TidyCharField

LONGEST_PASSWORD = 200


class LoginForm(forms.Form):
    username = TidyCharField(
        label=_("メールアドレス"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("パスワード"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        """In the one spelling under which attempts are counted."""
        return self.cleaned_data["username"].lower()


class CodeForm(forms.Form):
    code = TidyCharField(
        label=_("コード"),
        max_length=20,
        help_text=_("認証アプリの6桁のコードか、回復コードを1つ入れてください。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "autofocus": True}
        ),
    )


class SetUpForm(forms.Form):
    offer = forms.CharField(widget=forms.HiddenInput, max_length=300)
    code = TidyCharField(
        label=_("アプリに出た6桁のコード"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return self.cleaned_data["code"].replace(" ", "")


class DropFactorForm(forms.Form):
    password = forms.CharField(
        label=_("今のパスワード"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class DemandForm(forms.Form):
    demanded = forms.BooleanField(
        label=_("全員に2段階認証を求める"),
        required=False,
        help_text=_("まだ始めていない人は、すぐにログアウトされ、次のログインのときに始めます。"),
    )


class EraseForm(forms.Form):
    sure = forms.BooleanField(label=_("元に戻せないことを確かめました"))


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def clean_email(self) -> str:
        """In the one spelling under which it is counted."""
        return self.cleaned_data["email"].lower()


class PeopleFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("状態"),
        required=False,
        choices=[("", _("使える人")), ("stopped", _("停止中")), ("all", _("全員"))],
        widget=forms.Select(attrs={"class": "in", "data-go": True, "aria-label": _("状態")}),
    )

    def active(self) -> bool | None:
        return {"stopped": False, "all": None}.get(self.is_valid() and self.cleaned_data["state"], True)


class NewPasswordField(forms.CharField):
    """A password to type; left empty, Baton makes one."""

    def __init__(self):
        super().__init__(
            label=_("パスワード"),
            required=False,
            strip=False,
            max_length=LONGEST_PASSWORD,
            help_text=_("空のままにすると、Batonが作って1度だけ表示します。入れるときは10文字以上です。"),
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )


class ByPath(ModelChoiceIterator):
    """The teams in the order of the tree, each by its whole path: 営業部 / 東京."""

    def __iter__(self):
        yield "", self.field.empty_label
        for node in queries.team_tree():
            yield node.team.pk, " / ".join(node.path)


class TeamChoice(forms.ModelChoiceField):
    iterator = ByPath

    def __init__(self, **kwargs):
        super().__init__(queryset=Team.objects.all(), required=False, **kwargs)


class UserForm(forms.Form):
    name = TidyCharField(label=_("氏名"), max_length=100)
    reading = TidyCharField(
        label=_("よみ"), max_length=200, required=False, help_text=_("ひらがなで。並び順と検索に使います。")
    )
    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        required=False,
        help_text=_("ログインと招待のメールに使います。空の人はログインできません。"),
    )
    roles = forms.MultipleChoiceField(
        label=_("役割"),
        choices=Role,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("何も選ばない人は、見るだけです。"),
    )


class AddUserForm(OnceForm, UserForm):
    team = TeamChoice(label=pgettext_lazy("one", "チーム"), empty_label=_("所属なし"))


class ChangeUserForm(ChangeForm, UserForm):
    pass


class PasswordForm(forms.Form):
    password = NewPasswordField()

    def __init__(self, data=None, *, person: User):
        super().__init__(data)
        self.person = person

    def clean(self):
        _check_password(self, self.person)
        return self.cleaned_data


def _check_password(form: forms.Form, person: User) -> None:
    if password := form.cleaned_data.get("password"):
        try:
            validate_password(password, person)
        except ValidationError as weak:
            form.add_error("password", weak)


class TakePasswordForm(forms.Form):
    password = forms.CharField(
        label=_("新しいパスワード"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=_("10文字以上。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )

    def __init__(self, data=None, *, person: User):
        super().__init__(data)
        self.person = person

    def clean(self):
        _check_password(self, self.person)
        return self.cleaned_data


class ChangePasswordForm(forms.Form):
    current = forms.CharField(
        label=_("今のパスワード"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("新しいパスワード"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=_("10文字以上。変えると、ほかの端末でのログインは終わります。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data=None, *, person: User):
        super().__init__(data)
        self.person = person

    def clean(self):
        _check_password(self, self.person)
        return self.cleaned_data


class ProfileForm(ChangeForm):
    name = TidyCharField(label=_("氏名"), max_length=100)
    reading = TidyCharField(
        label=_("よみ"), max_length=200, required=False, help_text=_("ひらがなで。並び順と検索に使います。")
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("言語"),
        required=False,
        choices=[("", _("会社の言語")), *settings.LANGUAGES],
        widget=forms.RadioSelect(attrs={"data-look": "list"}),
    )


class MoveForm(forms.Form):
    team = TeamChoice(label=_("新しいチーム"), empty_label=_("所属なし"))
    from_on = DayField(label=_("いつから"), help_text=_("この日より後の所属は、この所属に置きかわります。"))


class GradeForm(forms.Form):
    grade = forms.ModelChoiceField(
        label=_("等級"), queryset=Grade.objects.all(), required=False, empty_label=_("等級なし")
    )
    from_on = DayField(label=_("いつから"), help_text=_("この日より後の等級は、この等級に置きかわります。"))


class TeamForm(forms.Form):
    name = TidyCharField(label=_("チーム名"), max_length=100)
    parent = TeamChoice(label=_("上のチーム"), empty_label=_("なし(いちばん上)"))


class AddTeamForm(OnceForm, TeamForm):
    pass


class ChangeTeamForm(ChangeForm, TeamForm):
    pass


class ClockField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class WorkingTimeForm(forms.Form):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("営業する曜日"),
        coerce=int,
        choices=WEEKDAYS_ABBR,
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "seg"}),
        error_messages={"required": _("営業する曜日を1つ以上選んでください。")},
    )
    opens_at = ClockField(label=_("始業"))
    closes_at = ClockField(label=_("終業"))
    keeps_public_holidays = forms.BooleanField(label=_("日本の祝日は休み"), required=False)

    @classmethod
    def facts_of(cls, calendar: BusinessCalendar) -> dict[str, Any]:
        return {name: getattr(calendar, name) for name in cls.base_fields}


class HolidayForm(forms.Form):
    on = DayField(label=_("日付"), required=False)
    name = TidyCharField(label=_("名前"), max_length=60, required=False)

    def clean(self):
        given = super().clean()
        if given.get("on") and not given.get("name") and "name" not in self.errors:
            self.add_error("name", _("休みの名前を入れてください。例: 創立記念日"))
        if given.get("name") and not given.get("on") and "on" not in self.errors:
            self.add_error("on", _("日付を入れてください。"))
        return given


class HolidaysFormSet(forms.BaseFormSet):
    """自社の休み — a row whose two fields are emptied is taken away."""

    def clean(self) -> None:
        days = [day for day, _name in self.days()]
        if len(days) != len(set(days)):
            raise ValidationError(_("同じ日が2回あります。1つにしてください。"))

    def days(self) -> list[tuple[date, str]]:
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [(row["on"], row["name"]) for row in rows if row.get("on") and row.get("name")]

    @staticmethod
    def facts_of(calendar: BusinessCalendar) -> list[dict[str, Any]]:
        return [{"on": row.on, "name": row.name} for row in calendar.own_holidays.all()]


Holidays = forms.formset_factory(
    HolidayForm, formset=HolidaysFormSet, extra=3, max_num=200, validate_max=True
)


class FiscalYearForm(forms.Form):
    month = forms.TypedChoiceField(
        label=_("年度の始まりの月"),
        coerce=int,
        choices=list(MONTHS.items()),
        help_text=_("目標や管理表の「年度」と「半期」は、この月から数えます。"),
    )


class TokenForm(forms.Form):
    name = TidyCharField(label=_("用途"), max_length=100, help_text=_("何に使うか。例: 基幹システムとの連携"))


def _view_name() -> TidyCharField:
    return TidyCharField(label=_("名前"), max_length=60, help_text=_("例: 60日フォローのない製造業"))


SHARED = _("全員に見せる")


class NewViewForm(OnceForm):
    name = _view_name()
    shared = forms.BooleanField(label=SHARED, required=False)
    first = forms.BooleanField(label=_("この一覧を開いたときに表示する"), required=False)


class ViewForm(ChangeForm):
    name = _view_name()
    shared = forms.BooleanField(label=SHARED, required=False)
