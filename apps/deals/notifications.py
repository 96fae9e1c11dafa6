"""What people are told of deals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.deals.models import Deal
from apps.inbox import operations as inbox
from apps.inbox.kinds import Kind, declare

GIVEN = "deal.given"

declare(
    Kind(
        GIVEN,
        gettext_lazy("案件の担当になったとき"),
        lambda by, facts: _("%(by)sさんが、あなたを案件の担当にしました") % {"by": by},
        "deal",
    )
)


def tell_given(deal: Deal, *, by: Any, at: datetime) -> None:
    """Whoever looks after the deal from now on, if another made it so."""
    if by.pk and by.pk != deal.owner_id:
        key = f"given:{deal.pk}:{deal.version}"
        inbox.tell([deal.owner_id], key=key, kind=GIVEN, about=deal, by=by.pk, at=at)
