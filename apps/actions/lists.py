"""What the lists of deals, companies and visits can be asked about a person's day: the whole of what Today names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries as accounts
from apps.actions import queries
from apps.activities import queries as activities
from apps.activities.lists import VISITS
from apps.activities.models import Visit
from apps.base.listing import Asker
from apps.base.listing.fields import EVERYTHING, Choice, YesNo
from apps.customers.lists import COMPANIES
from apps.deals.lists import DEALS


def _moving(values: Sequence[str], asker: Asker) -> Q:
    if len(set(values)) > 1:
        return EVERYTHING
    still = queries.still(today=asker.today)
    return still if values[0] == "still" else ~still


def _put_off(values: Sequence[str], asker: Asker) -> Q:
    if len(set(values)) > 1:
        return EVERYTHING
    away = Q(pk__in=queries.put_off(asker.user, on=asker.today))
    return away if values[0] == "yes" else ~away


def _to_reach(values: Sequence[str], asker: Asker) -> Q:
    """Companies on the asker's own lists, or of their deals."""
    user, today = asker.user, asker.today
    time = accounts.working_time_of(user, on=today)
    asked = {
        "left-alone": lambda: queries.left_alone(user, time=time, today=today).order_by().values("company"),
        "buying": lambda: queries.soon_buying(user, today=today).order_by().values("pk"),
    }
    return reduce(or_, (Q(pk__in=asked[value]()) for value in values))


def _awaiting_report() -> Q:
    owed = activities.visits_to_report(Visit.objects.kept(), now=timezone.now())
    return Q(pk__in=owed.order_by().values("pk"))


PUT_OFF = Choice(
    "put_off", _("明日にする"), [("yes", _("明日にした")), ("no", _("していない"))], asks=_put_off
)
DEALS.with_fields(
    Choice("moving", _("動き"), [("still", _("止まっている")), ("yes", _("動いている"))], asks=_moving),
    PUT_OFF,
)
COMPANIES.with_fields(
    Choice(
        "to_reach",
        _("声をかける"),
        [
            ("left-alone", _("自分のリストに載って連絡がまだ")),
            ("buying", _("自分の顧客で検討の時期が近い")),
        ],
        asks=_to_reach,
    ),
    PUT_OFF,
)
VISITS.with_fields(
    YesNo("owed", _("外出後報告を待っている"), (_("はい"), _("いいえ")), yes=_awaiting_report),
)
