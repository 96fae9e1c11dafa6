"""What people are told of deals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.deals.models import Deal
from apps.inbox import operations as inbox
from apps.inbox.kinds import Kind, Many, declare

GIVEN = "deal.given"


def _many_given(by: str, count: int) -> str:
    words = ngettext(
        "%(by)sさんが、あなたを%(n)s件の案件の担当にしました",
        "%(by)sさんが、あなたを%(n)s件の案件の担当にしました",
        count,
    )
    return words % {"by": by, "n": count}


declare(
    Kind(
        GIVEN,
        gettext_lazy("案件の担当になったとき"),
        lambda by, facts: _("%(by)sさんが、あなたを案件の担当にしました") % {"by": by},
        "deal",
        many=Many(
            _many_given,
            gettext_lazy("自分の案件"),
            lambda: reverse("deals:list") + "?view=list&sort=-changed",
        ),
    )
)


def tell_given(deal: Deal, *, by: Any, at: datetime) -> None:
    """Whoever looks after the deal from now on, if another made it so."""
    if by.pk and by.pk != deal.owner_id:
        key = f"given:{deal.pk}:{deal.version}"
        inbox.tell([deal.owner_id], key=key, kind=GIVEN, about=deal, by=by.pk, at=at)
