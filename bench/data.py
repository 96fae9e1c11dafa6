"""Enough rows to feel: companies, deals, visits and follows of as many teams and years as are asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, Team, User
from apps.accounts.vocabulary import Role
from apps.activities.models import ExpectedIssue, PostVisitReport, Visit
from apps.base.models import new_id
from apps.base.month import Month
from apps.customers import codes
from apps.customers import operations as customers
from apps.customers.models import Company
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.deals.operations import NewDeal
from apps.goals import operations as goals

PASSWORD = "only-for-the-benchmark"
TEAM = 12
FOLLOW_COLUMNS = (
    "id, version, created_at, changed_at, source, kind, direction, outcome, body, happened_at, happened_on,"
    " company_id, deal_id, contact_id, owner_id"
)
SAID = "見積の内訳を説明した。上の方に話してから返事をくださる。次は比較表を持っていく。"


@dataclass(frozen=True)
class Size:
    companies: int
    deals: int
    visits: int
    follows: int
    reps: int
    years: int

    def times(self, share: float) -> Size:
        """The same people and years with fewer rows, for a quick look."""
        counts = (
            max(20, int(count * share)) for count in (self.companies, self.deals, self.visits, self.follows)
        )
        return Size(*counts, self.reps, self.years)


FULL = Size(companies=10_000, deals=20_000, visits=30_000, follows=1_000_000, reps=5 * TEAM, years=4)
TENTH = Size(companies=1_000, deals=2_000, visits=3_000, follows=100_000, reps=TEAM, years=2)
"""Ten times fewer rows of a fifth of the people in half the years: each person is as busy as at full size."""


def fill(size: Size, *, say: Callable[[str], object] = print) -> None:
    """Fill the present tenant. The same size gives the same rows but for their ids."""
    chance = random.Random(size.companies)
    given = {"by": SYSTEM, "at": timezone.now()}
    say(f"{size.reps} people and {size.companies:,} companies")
    reps = _people(size.reps, given)
    bought, people = _customers(chance, size.companies, given)
    say(f"{size.deals:,} deals")
    made: list[Deal] = []
    for few in _batches(size.deals, 2_000):
        made += deals.load_deals(deals=[_deal(chance, bought, reps, size.years) for _ in few], **given)
    _goals(reps, given)
    say(f"{size.visits:,} visits")
    for few in _batches(size.visits, 5_000):
        _add_visits(chance, [(chance.choice(made), chance.choice(reps)) for _ in few], people, size.years)
    say(f"{size.follows:,} follows")
    for few in _batches(size.follows, 100_000):
        _copy_follows(
            _follow(chance, chance.choice(made), chance.choice(reps), people, size.years) for _ in few
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _batches(count: int, most: int) -> Iterator[range]:
    for start in range(0, count, most):
        yield range(start, min(count, start + most))


def _people(count: int, given: dict) -> list[User]:
    teams: list[Team] = [
        accounts.add_team(name=f"営業{n + 1}課", **given) for n in range((count + TEAM - 1) // TEAM)
    ]
    return [
        accounts.add_user(
            name=f"担当 {n:02}", reading=f"たんとう {n:02}", email=f"rep{n}@bench.example",
            roles=[Role.FIELD_SALES], team=teams[n // TEAM], password=PASSWORD,
            **given,
        )
        for n in range(count)
    ]  # fmt: skip


def _customers(chance: random.Random, count: int, given: dict) -> tuple[list[Company], dict]:
    """The companies, and the people of each."""
    industries, areas = list(codes.INDUSTRIES), list(codes.MUNICIPALITIES)
    bought = customers.add_companies(
        companies=[
            {
                "name": f"株式会社計測{n:05}", "reading": f"けいそく{n:05}", "phone": f"03-{n // 10_000:04}-{n % 10_000:04}",
                "address": f"東京都千代田区計測町{n % 9 + 1}-{n % 30 + 1}", "industry": chance.choice(industries),
                "area": chance.choice(areas), "employees": chance.randrange(5, 900),
            }
            for n in range(count)
        ],
        **given,
    )  # fmt: skip
    known = customers.add_contacts(
        contacts=[
            {"company": company, "name": f"山田 太郎{n}", "reading": f"やまだ たろう{n}", "title": "課長", "phone": "03-0000-0000"}
            for company in bought
            for n in range(chance.randrange(1, 4))
        ],
        **given,
    )  # fmt: skip
    people: dict = {}
    for contact in known:
        people.setdefault(contact.company_id, []).append(contact)
    return bought, people


def _deal(chance: random.Random, bought: list[Company], reps: list[User], years: int) -> NewDeal:
    """Most are closed within four months; a few of the last half year linger on, past their month."""
    today = timezone.localdate()
    opened = today - timedelta(days=chance.randrange(1, 365 * years))
    month = Month.of(opened) + chance.randrange(1, 5)
    amount = chance.randrange(10, 150) * 10_000
    later: list = [(opened, {"amount": amount}), (opened + timedelta(days=1), {"expected_month": month})]
    lingers = chance.random() < 0.15 and opened > today - timedelta(days=183)
    if (ends := opened + timedelta(days=chance.randrange(20, 120))) < today and not lingers:
        won = chance.random() < 0.35
        later.append((ends, {"outcome": "won", "amount": amount} if won else _lost()))
    elif chance.random() < 0.7:
        later.append((opened + timedelta(days=2), {"rank": chance.choice(["sure", "likely"])}))
    else:  # 話題: nobody knows the price yet
        later[0] = (opened, {"amount": None})
    later = [(day, facts) for day, facts in later if day <= today]
    first = {"plan": chance.choice(["標準", "上位", "試用"])}
    if lingers or ends >= today:
        first |= {
            "next_action": "見積を出す",
            "next_action_on": today + timedelta(days=chance.randrange(-9, 30)),
        }
    return NewDeal(chance.choice(bought), chance.choice(reps), opened, first, later)


def _lost() -> dict:
    return {"outcome": "lost", "lost_kind": "never", "lost_reason": deals.unknown_reason()}


def _goals(reps: list[User], given: dict) -> None:
    start = Month.of(timezone.localdate()) - 12
    for rep in reps:
        for month in start.range(24):
            targets = {"sales": 6_000_000, "orders": 8, "visits": 20, "follows": 180}
            benchmarks = {"unit_price": 700_000, "orders": 8, "sure_count": 2, "topic_count": 3}
            goals.set_monthly_goal(rep, month=month, targets=targets, benchmarks=benchmarks, **given)


def _add_visits(chance: random.Random, whom: list[tuple[Deal, User]], people: dict, years: int) -> None:
    """Visits that took place, with their people, their issues and what came of them."""
    now = timezone.now()
    made, issues, reports, met = [], [], [], []
    for deal, rep in whom:
        at = _moment(chance, now, years)
        visit = Visit(
            company_id=deal.company_id, deal_id=deal.pk, owner=rep, status="done", starts_at=at, created_at=at,
            starts_on=timezone.localdate(at), changed_at=at,
        )  # fmt: skip
        made.append(visit)
        turnouts = [chance.choice(["as_expected", "different", "did_not_come_up"]) for _ in range(2)]
        issues += [
            ExpectedIssue(visit=visit, position=n, text="予算がまだ決まっていない", turnout=turnout)
            for n, turnout in enumerate(turnouts)
        ]
        reports.append(PostVisitReport(visit=visit, result=SAID, author=rep, created_at=at, changed_at=at))
        contact = chance.choice(people[deal.company_id])
        met.append(Visit.contacts.through(visit_id=visit.pk, contact_id=contact.pk))
    Visit.objects.bulk_create(made, batch_size=1_000)
    ExpectedIssue.objects.bulk_create(issues, batch_size=1_000)
    PostVisitReport.objects.bulk_create(reports, batch_size=1_000)
    Visit.contacts.through.objects.bulk_create(met, batch_size=1_000)


def _moment(chance: random.Random, now: datetime, years: int) -> datetime:
    return now - timedelta(seconds=chance.randrange(60, 86_400 * 365 * years))


def _copy_follows(rows: Iterable[tuple]) -> None:
    """By COPY: through the operation it would take an hour; the roll-up's triggers see them all the same."""
    sql = f"COPY activities_follow ({FOLLOW_COLUMNS}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def _follow(chance: random.Random, deal: Deal, rep: User, people: dict, years: int) -> tuple:
    at = _moment(chance, timezone.now(), years)
    day: date = timezone.localdate(at)
    direction = "out" if chance.random() < 0.9 else "in"
    return (
        new_id(), 1, at, at, "", chance.choice(["call", "call", "email"]), direction,
        chance.choice(["connected", "absent"]), SAID[: chance.randrange(len(SAID))], at, day, deal.company_id,
        deal.pk, chance.choice(people[deal.company_id]).pk if chance.random() < 0.7 else None, rep.pk,
    )  # fmt: skip
