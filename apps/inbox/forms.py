"""The form in which people choose what they are told of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.inbox.kinds import KINDS


class WishesForm(forms.Form):
    """Two switches per kind. Their names hold the kind's number, not its code: a code has a dot in it."""

    def __init__(self, *args: Any, wishes: dict[str, Any], **given: Any) -> None:
        super().__init__(*args, **given)
        for number, wish in enumerate(wishes.values()):
            for way, label, chosen in (
                ("app", _("画面"), wish.in_app),
                ("mail", _("メール"), wish.by_mail),
            ):
                self.fields[f"{way}-{number}"] = forms.BooleanField(
                    label=label, required=False, initial=chosen
                )
        self.codes = list(wishes)

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """What each line says and its two switches."""
        return [
            (KINDS[code].label, self[f"app-{number}"], self[f"mail-{number}"])
            for number, code in enumerate(self.codes)
        ]

    def wishes(self) -> dict[str, tuple[bool, bool]]:
        given = self.cleaned_data
        return {code: (given[f"app-{n}"], given[f"mail-{n}"]) for n, code in enumerate(self.codes)}
