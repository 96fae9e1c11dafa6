"""A hundred people with something to read, in a company that never closes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, User
from apps.inbox import operations as inbox
from tests import factories


def open_all_day(at: datetime) -> None:
    accounts.set_working_time(
        team=None,
        weekdays=list(range(7)),
        opens_at=time(0),
        closes_at=time(23, 59),
        keeps_public_holidays=False,
        own_holidays=[],
        by=SYSTEM,
        at=at,
    )


def people_with_something_to_read(number: int, *, at: datetime) -> list[User]:
    by = factories.make_user("field_sales")
    deal = factories.make_deal(by)
    people = [factories.make_user(email=f"reader{n}@test.example") for n in range(number)]
    for person in people:
        inbox.tell(
            [person.pk], key="given", kind="deal.given", about=deal, by=by.pk, at=at - timedelta(days=1)
        )
    return people
