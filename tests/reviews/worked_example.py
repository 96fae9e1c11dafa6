"""Worked example 2 of domain.md, laid down with its own times through the operations."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, Team, User
from apps.accounts.vocabulary import Role
from apps.activities import operations as activities
from apps.base.month import Month
from apps.customers import operations as customers
from apps.deals import operations as deals
from apps.deals.models import LostReason
from apps.goals import operations as goals

TOKYO = ZoneInfo("Asia/Tokyo")
MAN = 10_000
MONTHS = [Month(2026, 8), Month(2026, 9), Month(2026, 10)]
LATE, EARLY = "2026-10-15T11:20", "2026-09-15T12:00"


def at(text: str) -> datetime | date:
    """A moment in Tokyo ("08-20 09:00"), 10:00 where no time is given, a bare date where it says "only"."""
    day, _, time = text.partition(" ")
    if time == "only":
        return date.fromisoformat(f"2026-{day}")
    return datetime.fromisoformat(f"2026-{day}T{time or '10:00'}").replace(tzinfo=TOKYO)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@dataclass(frozen=True)
class Example:
    team: Team
    first: User
    second: User


def laid_down() -> Example:
    given = {"by": SYSTEM, "at": timezone.now()}
    team = accounts.add_team(name="例の課", **given)

    def rep(name: str) -> User:
        return accounts.add_user(name=name, email=None, roles=[Role.FIELD_SALES], team=team, **given)

    first, second = rep("甲"), rep("乙")

    def opened(name: str, when: str, **facts):
        company = customers.add_company(name=name, **given)
        return deals.open_deal(company=company, owner=first, opened=at(when), **facts, **given)

    def changed(deal, when: str, **facts) -> None:
        deals.change_deal(deal, when=at(when), **facts, **given)

    a = opened("A", "08-03", plan="基本")
    changed(a, "08-20 09:00", amount=100 * MAN, expected_month=Month(2026, 9))
    changed(a, "09-10 16:00", rank="sure")
    deals.win(a, on=at("09-28 11:00"), amount=120 * MAN, **given)
    b = opened("B", "08-05", plan="基本", amount=60 * MAN)
    changed(b, "09-16", expected_month=Month(2026, 10))
    c = opened("C", "09-02", amount=80 * MAN, expected_month=Month(2026, 9))
    changed(c, "10-05", expected_month=Month(2026, 10))
    d = opened("D", "08-10", plan="基本", amount=50 * MAN, expected_month=Month(2026, 8))
    changed(d, "08-25", expected_month=Month(2026, 9))
    deals.lose(d, on=at("09-04"), kind="never", reason=LostReason.objects.first(), **given)
    deals.reopen(d, when=at("10-02"), reason="予算がついた", **given)
    changed(d, "10-02", expected_month=Month(2026, 10))
    e = opened("E", "09-01 only", plan="基本", amount=40 * MAN, expected_month=Month(2026, 9))
    changed(e, "09-20", owner=second)
    deals.win(e, on=at("09-30"), amount=40 * MAN, **given)
    f = opened("F", "08-20", plan="基本", amount=30 * MAN, expected_month=Month(2026, 8))
    deals.win(f, on=at("08-27"), amount=30 * MAN, **given)
    deals.reopen(f, when=at("10-08"), reason="先方の都合", **given)
    for when in ("08-20 10:00", "09-10 14:00"):
        activities.plan_visit(
            owner=first, company=a.company, kind="on_site", status="done", starts_at=at(when), **given
        )
    for when in ("08-03 10:00", "09-30 23:59", "10-01 00:00"):
        activities.record_follow(
            owner=first, company=a.company, kind="call", outcome="connected", happened_at=at(when), **given
        )
    for month, sales in ((Month(2026, 8), 100), (Month(2026, 10), 200)):
        goals.set_monthly_goal(first, month=month, targets={"sales": sales * MAN}, **given)
    return Example(team, first, second)
