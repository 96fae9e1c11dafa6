"""What came of a contact, said by one tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.activities.report_forms import NextByChips
from apps.activities.vocabulary import FollowKind, FollowOutcome
from apps.base.forms import ChangeForm, LongTextField, OnceForm
from apps.base.templatetags import baton
from apps.deals.models import Deal

AGAIN = "call-again"
CAME = {
    "call-connected": (FollowKind.CALL, FollowOutcome.CONNECTED),
    "call-absent": (FollowKind.CALL, FollowOutcome.ABSENT),
    AGAIN: (FollowKind.CALL, FollowOutcome.ABSENT),
    "email-sent": (FollowKind.EMAIL, FollowOutcome.SENT),
}


class DecideNextForm(ChangeForm, NextByChips):
    """次の一手を決める — what and when: without its day it would be forgotten."""

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered_days = days
        for name in ("next_action", "next_action_on"):
            self.fields[name].required = True


class OutcomeForm(OnceForm, NextByChips):
    """どうでしたか — the buttons are the answers; what comes next and a word more, where there is one, stand above."""

    came = forms.ChoiceField(choices=[(value, value) for value in CAME])
    note = LongTextField(
        label=_("ひとこと"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": _("ひとこと(任意)")}),
    )

    def __init__(
        self, *args: Any, deal: Deal | None, called: bool, days: Sequence[date], again_on: date, **kwargs: Any
    ) -> None:
        """`called`: it was a call, and just now. `again_on`: when to try again, if nothing else is said."""
        super().__init__(*args, **kwargs)
        self.deal, self.called, self.offered_days, self.again_on = deal, called, days, again_on
        if deal is None:
            del self.fields["next_action"], self.fields["next_action_on"]
        self.fields["came"].choices = self.answers()

    def answers(self) -> list[tuple[str, Any]]:
        """Each button: what it says, and in which words."""
        words = {
            "call-connected": _("つながった") if self.called else _("電話がつながった"),
            "call-absent": _("不在") if self.called else _("電話は不在"),
        }
        if self.deal:
            words[AGAIN] = _("不在、%(day)sにもう一度") % {"day": baton.day(self.again_on)}
        if not self.called:
            words["email-sent"] = _("メールを送った")
        return list(words.items())

    @property
    def kind(self) -> FollowKind:
        return CAME[self.cleaned_data["came"]][0]

    @property
    def outcome(self) -> FollowOutcome:
        return CAME[self.cleaned_data["came"]][1]

    @property
    def ahead(self) -> dict[str, Any]:
        """A day alone is for the same act again; an act alone for the next working day, so that it is not lost."""
        given, again = self.cleaned_data, self.cleaned_data["came"] == AGAIN
        act, on = given.get("next_action"), given.get("next_action_on")
        if self.deal is None or not (act or on or again):
            return {}
        act = act or self.deal.next_action or str(_("連絡する"))
        return {"next_action": act, "next_action_on": on or self.again_on}
