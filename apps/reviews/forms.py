"""What the addresses of the table and its neighbours may ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.accounts.models import Team, User
from apps.accounts.vocabulary import Role
from apps.activities import queries as activities
from apps.activities.models import IssueKind
from apps.base.forms import MonthInputField
from apps.base.month import Month
from apps.goals.vocabulary import Row
from apps.reviews import rules
from apps.reviews.expectations import ANY
from apps.reviews.queries import MOST_MONTHS
from apps.reviews.scope import Scope


class PeriodForm(forms.Form):
    """Whose figures, in which months. Empty is what this person most likely wants to see."""

    rep = forms.ModelChoiceField(User.objects.all(), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    org = forms.BooleanField(required=False)
    months = forms.IntegerField(min_value=1, max_value=MOST_MONTHS, required=False)

    keeps: ClassVar[tuple[str, ...]] = ()
    """What else the page's own address says."""

    def __init__(self, data, *, user: User, now: datetime) -> None:
        super().__init__(data)
        self.fields["from"] = MonthInputField(required=False)
        self.user, self.now, self.zone = user, now, timezone.get_current_timezone()

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
        """A manager's team, a rep's own figures, for all others the organisation."""
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
        today = timezone.localdate(given.get("as_of", self.now))
        half = rules.fiscal_period(today, year_starts=starts, length=6 if length <= 6 else 12)
        return list(half[0].range(length))

    @property
    def address(self) -> QueryDict:
        """The page's own address, complete: whose, from when, how long, and what else was asked for."""
        asked = self.cleaned_data
        scope: Scope = asked["scope"]
        address = QueryDict(mutable=True)
        address.update(
            {"rep": scope.rep.pk} if scope.rep else {"team": scope.team.pk} if scope.team else {"org": 1}
        )
        address.update({"from": str(asked["period"][0]), "months": len(asked["period"])})
        address.update({name: self.data[name] for name in self.keeps if self.data.get(name)})
        return address


class BoardForm(PeriodForm):
    """The table's: as of when, and with which month on a phone."""

    as_of = forms.CharField(max_length=40, required=False)

    keeps = ("as_of", "month")

    def __init__(self, data, **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["month"] = MonthInputField(required=False)

    def clean_as_of(self) -> datetime:
        text = self.cleaned_data["as_of"]
        if not text:
            return self.now
        try:
            return rules.as_asked(text, now=self.now, zone=self.zone)
        except (ValueError, OverflowError):
            raise ValidationError(_("時点は 2026-10-15 や 2026-10-15T11:20 の形で書いてください。")) from None


class ExpectationsForm(PeriodForm):
    """And of which kind of issue: its id, or `none`."""

    NO_KIND = "none"

    kind = forms.CharField(max_length=40, required=False)

    keeps = ("kind",)

    def clean_kind(self) -> IssueKind | None:
        kind = self.cleaned_data["kind"]
        if kind in ("", self.NO_KIND):
            return None
        try:
            return activities.every_issue_kind().get(pk=kind)
        except (IssueKind.DoesNotExist, ValidationError):
            raise ValidationError(_("その種類はありません。")) from None

    @property
    def kind_asked(self) -> Any:
        """The id of the kind, None where issues without one are asked for, else ANY."""
        kind = self.cleaned_data["kind"]
        return kind.pk if kind else None if self.data.get("kind") else ANY


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
