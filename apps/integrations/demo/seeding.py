"""Filling the demo tenant through the operations that everybody uses, so that history, tallies and journal are right.

All in one transaction: a seeding that is killed leaves nothing behind, and running it again starts anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from itertools import cycle
from random import Random

from django.db import transaction
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts import queries
from apps.accounts.models import SYSTEM, User
from apps.activities import operations as activities
from apps.base.month import Month
from apps.base.refusal import Refused
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.integrations.demo import customers, people
from apps.integrations.demo.conversations import talk
from apps.integrations.demo.dailies import tell_days
from apps.integrations.demo.diary import Diary
from apps.integrations.demo.doings import Doings
from apps.integrations.demo.goals import set_goals
from apps.integrations.demo.lines import write_lines
from apps.integrations.demo.lives import MAN, Fates, Life, Meeting
from apps.integrations.demo.origins import make_lists
from apps.integrations.demo.people import Seat
from apps.integrations.demo.voice import WORDS

FULL_MONTHS = 14
MONTHS_AHEAD = 4
FISCAL_YEAR_STARTS = 7
COMPANIES = 400


class AlreadySeeded(Refused):
    pass


class NotEmpty(Refused):
    pass


@transaction.atomic
def seed(
    *, now: datetime, scale: float = 1, chance: int = 20_260_701, say: Callable[[str], object] = print
) -> None:
    """Make the demo's people, customers, deals and days. `scale`: the share of customers, deals and activities.

    The same `chance` and `now` give the same demo.
    """
    _refuse_what_is_not_empty()
    now = timezone.localtime(now)
    rng = Random(chance)  # noqa: S311 - invents a demo, guards nothing
    running = Month.of(now.date())
    months = list((running - FULL_MONTHS).range(FULL_MONTHS + 1 + MONTHS_AHEAD))

    diary = _calendar(rng, months, now=now)
    seats = people.settle(now=now, running=running)
    say(f"people: {User.objects.count()} in 3 teams")
    _offer_plans(now=now)
    activities.furnish(at=now)
    _give_patches(seats, customers.invent(rng, max(60, round(COMPANIES * scale)), now=now))
    make_lists(seats, since=(running - 2).first_day, now=now)
    say("customers, their contacts and the lists they stand on")
    lives = [life for life in Fates(rng, diary, seats, scale).lives(months) if life.opened <= now]
    doings = Doings(rng, diary, seats, lives, first=months[0].first_day, now=now, scale=scale)
    meetings = doings.meetings()
    _load_deals(lives, now=now)
    say(f"deals: {len(lives)}")
    _load_days(doings, diary, meetings, first=months[0].first_day, now=now, say=say)
    say(f"comments: {talk(lives, now=now)}, and files beside them")
    say(f"lines that became records: {write_lines(diary, now=now)}")
    say(f"daily reports: {tell_days(now=now, chance=chance)}, read and answered")
    last = _end_of_fiscal_year(running)
    say(f"goals: {set_goals(seats, [*months[0].range(months[0].until(last) + 1)], now=now)}")


def _refuse_what_is_not_empty() -> None:
    if User.objects.filter(email=people.seats()[0].people[0].email).exists():
        raise AlreadySeeded("already seeded")
    if Deal.objects.exists():
        raise NotEmpty("this tenant has deals of its own; the demo fills only an empty tenant")


def _offer_plans(*, now: datetime) -> None:
    for plan in WORDS["plans"]:
        deals.add_plan(name=plan["name"], price=plan["from"] * MAN or None, by=SYSTEM, at=now)


def _calendar(rng: Random, months: Sequence[Month], *, now: datetime) -> Diary:
    """The tenant's working time with the holidays that most companies keep, some months before and after."""
    accounts.start_fiscal_year(queries.organisation(), month=FISCAL_YEAR_STARTS, by=SYSTEM, at=now)
    first, last = months[0] - 6, months[-1] + 12
    accounts.set_working_time(
        team=None, weekdays=range(5), opens_at=time(9), closes_at=time(18), keeps_public_holidays=True,
        own_holidays=[
            (date(year, month, day), name)
            for year in range(first.year, last.year + 1)
            for name, month, days in [
                ("年末年始休業", 1, [2, 3]), ("夏季休業", 8, [13, 14, 15]), ("年末年始休業", 12, [29, 30, 31]),
            ]
            for day in days
        ],
        by=SYSTEM, at=now,
    )  # fmt: skip
    return Diary(rng, queries.working_time(), now.tzinfo, first.first_day, last.first_day)


def _give_patches(seats: list[Seat], companies: list[customers.Customer]) -> None:
    """Field sales share the companies out; inside sales share them out among themselves once more."""
    for group in ([seat for seat in seats if not seat.is_inside], [seat for seat in seats if seat.is_inside]):
        for seat, company in zip(cycle(group), companies, strict=False):
            seat.patch.append(company)


def _load_deals(lives: list[Life], *, now: datetime) -> None:
    new = [
        deals.NewDeal(
            life.customer.company,
            life.owners[0][1],
            life.opened,
            life.facts,
            later=life.told_until(now),
        )
        for life in lives
    ]
    for life, deal in zip(lives, deals.load_deals(deals=new, by=SYSTEM, at=now), strict=True):
        life.deal = deal


def _load_days(
    doings: Doings,
    diary: Diary,
    meetings: list[Meeting],
    *,
    first: date,
    now: datetime,
    say: Callable[[str], object],
) -> None:
    """Day by day, as it would have been recorded; then what is planned."""
    follows = 0
    days = [day for day in diary.days if first <= day <= now.date()]
    for day in days:
        at = min(diary.closes(day), now)
        made = activities.record_follows(follows=doings.follows(day), by=SYSTEM, at=at)
        _load_meetings(doings, [m for m in meetings if m.at.date() == day and m.at <= now], at=at)
        follows += len(made)
        if day == diary.days_of(Month.of(day))[-1] or day == days[-1]:
            say(f"follows and visits: until {day}, {follows} follows")
    ahead = [m for m in meetings if m.at > now]
    _load_meetings(doings, ahead, at=now)


def _load_meetings(doings: Doings, meetings: list[Meeting], *, at: datetime) -> None:
    visits = activities.load_visits(visits=[doings.visit(meeting) for meeting in meetings], by=SYSTEM, at=at)
    pairs = list(zip(visits, meetings, strict=True))
    before = [(visit, doings.report_before(meeting)) for visit, meeting in pairs]
    after = [(visit, doings.report_after(meeting)) for visit, meeting in pairs]
    the_day_before = doings.diary.closes(doings.diary.on_or_before(at.date(), 1))
    activities.load_reports(
        before=[report | {"visit": visit} for visit, report in before if report],
        by=SYSTEM,
        at=min(the_day_before, at),
    )
    activities.load_reports(
        after=[report | {"visit": visit} for visit, report in after if report], by=SYSTEM, at=at
    )


def _end_of_fiscal_year(running: Month) -> Month:
    return running + (FISCAL_YEAR_STARTS - 1 - running.month) % 12
