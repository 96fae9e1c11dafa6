"""What the table's address may ask for."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.accounts.models import Team, User
from apps.accounts.vocabulary import Role
from apps.base.forms import MonthInputField
from apps.base.month import Month
from apps.goals.vocabulary import Row
from apps.reviews import rules
from apps.reviews.queries import MOST_MONTHS
from apps.reviews.scope import Scope


class BoardForm(forms.Form):
    """Whose table, which months, as of when. Empty is what this person most likely wants to see."""

    rep = forms.ModelChoiceField(User.objects.all(), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    org = forms.BooleanField(required=False)
    months = forms.IntegerField(min_value=1, max_value=MOST_MONTHS, required=False)
    as_of = forms.CharField(max_length=40, required=False)

    def __init__(self, data, *, user: User, now: datetime) -> None:
        super().__init__(data)
        self.fields["from"] = MonthInputField(required=False)
        self.fields["month"] = MonthInputField(required=False)
        self.user, self.now, self.zone = user, now, timezone.get_current_timezone()

    def clean_as_of(self) -> datetime:
        text = self.cleaned_data["as_of"]
        if not text:
            return self.now
        try:
            return rules.as_asked(text, now=self.now, zone=self.zone)
        except (ValueError, OverflowError):
            raise ValidationError(_("時点は 2026-10-15 や 2026-10-15T11:20 の形で書いてください。")) from None

    def clean(self) -> dict:
        given = super().clean()
        if sum(bool(given.get(name)) for name in ("rep", "team", "org")) > 1:
            raise ValidationError(_("個人・チーム・組織のどれか1つを選んでください。"))
        if self.errors:
            return given
        given["scope"] = self._scope(given)
        given["period"] = self._period(given)
        return given

    def _scope(self, given: dict) -> Scope:
        if given["org"]:
            return Scope()
        if given["team"]:
            return Scope.of_team(given["team"])
        if given["rep"]:
            return Scope(rep=given["rep"])
        return self._own_scope()

    def _own_scope(self) -> Scope:
        """A manager's team, a rep's own table, for all others the organisation."""
        selling = set(self.user.roles) & {Role.INSIDE_SALES, Role.FIELD_SALES}
        if self.user.has(Role.MANAGER) and not selling:
            own = accounts.teams_of(self.user, on=timezone.localdate(self.now))
            if own:
                return Scope.of_team(Team.objects.get(pk=own[0]))
        return Scope(rep=self.user) if selling else Scope()

    def _period(self, given: dict) -> list[Month]:
        length = given["months"] or 6
        if given["from"]:
            return list(given["from"].range(length))
        starts = accounts.organisation().fiscal_year_starts
        today = timezone.localdate(given["as_of"])
        half = rules.fiscal_period(today, year_starts=starts, length=6 if length <= 6 else 12)
        return list(half[0].range(length))


class RecordsForm(BoardForm):
    """The same, and which figure: its row, and its month, `undated` or `all`."""

    row = forms.ChoiceField(choices=Row)
    cell = forms.CharField(max_length=10)

    def clean_cell(self) -> str | Month:
        cell = self.cleaned_data["cell"]
        if cell in ("undated", "all"):
            return cell
        try:
            return Month.parse(cell)
        except ValueError:
            raise ValidationError(_("年と月を 2026-10 の形で入れてください。")) from None
