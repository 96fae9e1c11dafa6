"""A Thursday, and the deals of who has it before them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from apps.deals.models import Deal
from tests import factories

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 11, 20, tzinfo=JST)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=JST)


def a_deal(rep, *, name="", action="電話", on=15, touched=14, **facts) -> Deal:
    deal = factories.make_deal(
        rep,
        company=factories.make_company(name),
        opened=at(1),
        **{"next_action": action, "next_action_on": (action and at(on).date()) or None} | facts,
    )
    if touched:
        factories.make_follow(rep, company=deal.company, deal=deal, happened_at=at(touched))
    return deal
