"""What can be done to many deals at once. Each is a change of its own in the deal's life, and can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import within_reach
from apps.accounts.vocabulary import Act
from apps.base.forms import MonthInputField
from apps.bulk.deeds import Deed, NothingToSay, asking, declare, trashing, unless_changed
from apps.deals import operations
from apps.deals.forms import DealForm, NextActionFields
from apps.deals.models import Deal


def _deals():
    return Deal.objects.select_related("company")


def change(deal: Deal, *, by: User, at: datetime, **facts: Any) -> dict[str, Any] | None:
    changed = operations.change_deal(deal, by=by, at=at, **facts)
    return {"change": _latest(deal)} if changed.version != deal.version else None


def take_back(deal: Deal, kept: dict[str, Any], *, by: User, at: datetime) -> None:
    unless_changed(_latest(deal) == kept["change"])
    operations.take_back(deal, version=deal.version, by=by, at=at)


def _latest(deal: Deal) -> str:
    """What was recorded last of the deal, which alone can be taken back."""
    return str(deal.changes.order_by("id").values_list("pk", flat=True).last())


class OwnerForm(NothingToSay):
    owner = forms.ModelChoiceField(
        label=_("担当"), queryset=User.objects.none(), empty_label=_("選んでください")
    )

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data, by=by)
        self.fields["owner"].queryset = within_reach(by, Act.KEEP_DEALS)  # type: ignore[attr-defined]


def _next_action(name: str) -> Any:
    return lambda: NextActionFields.base_fields[name]


FORMS = {
    "owner": (_("担当を変える"), OwnerForm),
    "month": (
        _("時期を変える"),
        asking(expected_month=lambda: MonthInputField(label=_("時期"), required=False)),
    ),
    "rank": (_("ランクを変える"), asking(rank=lambda: DealForm.base_fields["rank"])),
    "next-action": (
        _("次の一手を変える"),
        asking(next_action=_next_action("next_action"), next_action_on=_next_action("next_action_on")),
    ),
}
for name, (label, form) in FORMS.items():
    declare(Deed(f"deal-{name}", "deals", label, Act.KEEP_DEALS, _deals, change, take_back, form))

declare(
    Deed(
        "deal-trash",
        "deals",
        _("ごみ箱へ移す"),
        Act.TRASH_ACTIVITIES,
        _deals,
        *trashing(operations.trash_deal, operations.restore_deal),
        NothingToSay,
    )
)
