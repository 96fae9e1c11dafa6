"""Enough rows to feel: a tenant of 10,000 companies, 20,000 deals and 1,000,000 follows, and one a tenth of it."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, User
from apps.accounts.vocabulary import Role
from apps.base.models import new_id
from apps.base.month import Month
from apps.customers import operations as customers
from apps.deals import operations as deals
from apps.deals.operations import NewDeal
from apps.goals import operations as goals

PASSWORD = "only-for-the-benchmark"
REPS = 12
YEARS = 2
FOLLOW_COLUMNS = (
    "id, version, created_at, changed_at, source, kind, direction, outcome, body, happened_at, happened_on,"
    " company_id, deal_id, owner_id"
)


def fill(*, companies: int, deals_wanted: int, follows: int, say=print) -> None:
    """Fill the present tenant. The same numbers give the same rows but for their ids."""
    chance = random.Random(companies)
    given = {"by": SYSTEM, "at": timezone.now()}
    say(f"people and {companies:,} companies")
    team = accounts.add_team(name="営業部", **given)
    reps = [
        accounts.add_user(
            name=f"担当{n:02}", reading=f"たんとう{n:02}", email=f"rep{n}@bench.example",
            roles=[Role.FIELD_SALES], team=team, password=PASSWORD,
            **given,
        )
        for n in range(REPS)
    ]  # fmt: skip
    bought = customers.add_companies(
        companies=[
            {"name": f"株式会社計測{n:05}", "reading": f"けいそく{n:05}", "phone": "03-0000-0000"}
            for n in range(companies)
        ],
        **given,
    )
    customers.add_contacts(contacts=[{"company": c, "name": "山田 太郎"} for c in bought], **given)
    say(f"{deals_wanted:,} deals")
    made = []
    for start in range(0, deals_wanted, 2_000):
        batch = [_deal(chance, bought, reps) for _ in range(min(2_000, deals_wanted - start))]
        made += deals.load_deals(deals=batch, **given)
    _goals(reps, given)
    say(f"{follows:,} follows")
    _copy_follows(chance, made, reps, follows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _deal(chance: random.Random, companies: list, reps: list[User]) -> NewDeal:
    today = timezone.localdate()
    opened = today - timedelta(days=chance.randrange(1, 365 * YEARS))
    month = Month.of(opened) + chance.randrange(1, 5)
    amount = chance.randrange(10, 150) * 10_000
    later: list = [(opened, {"amount": amount}), (opened + timedelta(days=1), {"expected_month": month})]
    if (ends := opened + timedelta(days=chance.randrange(20, 120))) < today and chance.random() < 0.95:
        won = chance.random() < 0.35
        later.append((ends, {"outcome": "won", "amount": amount} if won else _lost()))
    else:
        later.append((opened + timedelta(days=2), {"rank": chance.choice(["sure", "likely"])}))
    later = [(day, facts) for day, facts in later if day <= today]
    return NewDeal(chance.choice(companies), chance.choice(reps), opened, {"plan": "標準"}, later)


def _lost() -> dict:
    return {"outcome": "lost", "lost_kind": "never", "lost_reason": deals.unknown_reason()}


def _goals(reps: list[User], given: dict) -> None:
    start = Month.of(timezone.localdate()) - 12
    for rep in reps:
        for month in start.range(24):
            targets = {"sales": 6_000_000, "orders": 8, "visits": 20, "follows": 180}
            benchmarks = {"unit_price": 700_000, "orders": 8, "sure_count": 2, "topic_count": 3}
            goals.set_monthly_goal(rep, month=month, targets=targets, benchmarks=benchmarks, **given)


def _copy_follows(chance: random.Random, made: list, reps: list[User], wanted: int) -> None:
    """By COPY, in parts: through the operation it would take an hour; the roll-up's triggers see them all the same."""
    now = timezone.now()
    for start in range(0, wanted, 100_000):
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY activities_follow ({FOLLOW_COLUMNS}) FROM STDIN") as copy,
        ):
            for _ in range(min(100_000, wanted - start)):
                copy.write_row(_follow(chance, chance.choice(made), chance.choice(reps), now))


def _follow(chance: random.Random, deal, rep: User, now: datetime) -> tuple:
    at = now - timedelta(seconds=chance.randrange(60, 86_400 * 365 * YEARS))
    day: date = timezone.localdate(at)
    return (
        new_id(), 1, at, at, "", "call", "out", "connected", "見積の内訳を説明した", at, day,
        deal.company_id, deal.pk, rep.pk,
    )  # fmt: skip
