"""The lives of the demo's deals, from their end backwards: who wins what in a month is decided first, so that the
table's figures make sense; then each deal gets the months that led there. Lives end beyond today too: those are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count, pairwise
from math import log
from random import Random
from typing import Any

from apps.accounts.models import User
from apps.base.month import Month
from apps.customers.models import Contact
from apps.deals.models import Deal, LostReason
from apps.deals.vocabulary import BuyerStage, Cause, LostKind, Outcome, Rank
from apps.integrations.demo.customers import Customer
from apps.integrations.demo.diary import Diary
from apps.integrations.demo.goals import target_of
from apps.integrations.demo.people import Seat
from apps.integrations.demo.voice import WORDS, Voice

MAN = 10_000
"""万: what prices are rounded to."""
AFTER_MEETING = timedelta(minutes=75)


class Fate(StrEnum):
    """How far a deal will get."""

    WON = "won"
    LOST_AS_DEAL = "deal"
    LOST_AS_TOPIC = "topic"
    LOST_AS_PROSPECT = "prospect"


USUAL_DAYS = {Fate.WON: 48, Fate.LOST_AS_DEAL: 55, Fate.LOST_AS_TOPIC: 38, Fate.LOST_AS_PROSPECT: 22}
PER_WIN = {Fate.LOST_AS_DEAL: 1.4, Fate.LOST_AS_TOPIC: 2.1, Fate.LOST_AS_PROSPECT: 0.5}
PER_INSIDE_WIN = {Fate.LOST_AS_DEAL: 0.8, Fate.LOST_AS_TOPIC: 1.2, Fate.LOST_AS_PROSPECT: 1.5}
CAUSES = {
    Fate.LOST_AS_DEAL: {Cause.DEAL_QUALITY: 10, Cause.SELLING: 32, Cause.COMPETITION: 36, Cause.CUSTOMER: 22},
    Fate.LOST_AS_TOPIC: {
        Cause.DEAL_QUALITY: 34,
        Cause.SELLING: 30,
        Cause.COMPETITION: 14,
        Cause.CUSTOMER: 22,
    },
    Fate.LOST_AS_PROSPECT: {
        Cause.DEAL_QUALITY: 55,
        Cause.SELLING: 15,
        Cause.COMPETITION: 6,
        Cause.CUSTOMER: 24,
    },
}
ONE_WIN_CANCELLED_IN, ONE_LOSS_REVIVED_IN = 20, 14


@dataclass(eq=False)
class Meeting:
    """A visit, on a deal's way or besides. `learned`: facts of the deal that it brought."""

    at: datetime
    owner: User
    customer: Customer
    contacts: list[Contact]
    purpose: str
    life: Life | None = None
    seat: Seat | None = None
    learned: dict[str, Any] = field(default_factory=dict)
    next_action: str = ""
    next_action_on: date | None = None
    cancelled: bool = False
    report_is_owed: bool = False


@dataclass(eq=False)
class Life:
    customer: Customer
    contact: Contact
    seat: Seat
    opened: datetime
    facts: dict[str, Any]
    owners: list[tuple[datetime, User]]
    pain: str
    changes: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    words: list[tuple[datetime, str]] = field(default_factory=list)
    """What the customer said when an order was cancelled or the talk came back, as incoming calls."""
    ends: datetime | None = None
    won: bool = False
    deal: Deal | None = None

    def owner(self, at: datetime) -> User:
        return next(user for since, user in reversed(self.owners) if since <= at)

    def told_until(self, now: datetime) -> list[tuple[datetime, dict[str, Any]]]:
        """The changes recorded by now: what an unreported visit brought is not among them."""
        owed = [meeting.at for meeting in self.meetings if meeting.report_is_owed]
        return sorted(
            (change for change in self.changes if change[0] <= min([now, *owed])),
            key=lambda change: change[0],
        )

    def knows(self, at: datetime) -> dict[str, Any]:
        """The deal's fields at that moment."""
        fields = dict(self.facts)
        for when, facts in self.changes:
            if when <= at:
                fields |= facts
        return fields


class Fates:
    """Decides month by month what each seat wins and loses, and lets the deals live accordingly."""

    def __init__(self, rng: Random, diary: Diary, seats: list[Seat], scale: float) -> None:
        self.rng, self.diary, self.seats, self.scale = rng, diary, seats, scale
        self.voice = Voice(rng)
        self.reasons = list(LostReason.objects.offered())
        self.wins, self.losses = count(1), count(1)

    def lives(self, months: list[Month]) -> Iterator[Life]:
        for seat in self.seats:
            for month in months if seat.sells else ():
                yield from self._month_of(seat, month)

    def _month_of(self, seat: Seat, month: Month) -> Iterator[Life]:
        amounts = self._orders(seat, month)
        fates = [(Fate.WON, amount) for amount in amounts]
        for fate, ratio in (PER_INSIDE_WIN if seat.is_inside else PER_WIN).items():
            fates += [(fate, self._price(seat)) for _ in range(self._whole(ratio * len(amounts)))]
        for fate, amount in fates:
            if self.rng.random() < self.scale:
                life = self._life(seat, fate, self._end_in(month, fate), amount)
                if life.won and self._is_to_be_cancelled(amount, amounts):
                    self._cancel(life)
                yield life

    def _is_to_be_cancelled(self, amount: int, amounts: list[int]) -> bool:
        """Only small ones of several, so that something of the month remains."""
        return amount < max(amounts) and next(self.wins) % ONE_WIN_CANCELLED_IN == 0

    def _orders(self, seat: Seat, month: Month) -> list[int]:
        """The month's sales, as a share of its target, in orders of about the seat's unit price."""
        attained = min(1.18, max(0.62, self.rng.gauss(seat.skill, 0.13)))
        sales = target_of(seat, month) * attained
        price = seat.unit_price * self.rng.uniform(0.7, 1.35)
        shares = [self.rng.uniform(0.6, 1.5) for _ in range(max(1, round(sales / price)))]
        return [_man(sales * share / sum(shares)) for share in shares]

    def _price(self, seat: Seat) -> int:
        return _man(seat.unit_price * self.rng.uniform(0.5, 1.7))

    def _whole(self, expected: float) -> int:
        return int(expected) + (self.rng.random() < expected % 1)

    def _end_in(self, month: Month, fate: Fate) -> date:
        """Orders come towards the month's end."""
        days = self.diary.days_of(month)
        weights = [1 + (4 * n / len(days) if fate == Fate.WON else 0) for n in range(len(days))]
        return self.rng.choices(days, weights)[0]

    # ── one life ───────────────────────────────────────────────────────────────────────────────────

    def _life(self, seat: Seat, fate: Fate, end: date, amount: int) -> Life:
        rng, diary = self.rng, self.diary
        length = min(120, max(10, rng.lognormvariate(log(USUAL_DAYS[fate]), 0.35)))
        begins = diary.on_or_before(end - timedelta(days=round(length)))
        span = (end - begins).days
        life = self._opened(seat, begins, end, amount)
        days = {"first": begins + timedelta(days=round(span * rng.uniform(0.08, 0.3)))}
        if fate in (Fate.WON, Fate.LOST_AS_DEAL):
            days["proposal"] = begins + timedelta(days=round(span * rng.uniform(0.3, 0.48)))
            if rng.random() < (0.9 if fate == Fate.WON else 0.65):
                days["closing"] = begins + timedelta(days=round(span * rng.uniform(0.52, 0.8)))
        elif fate == Fate.LOST_AS_TOPIC and rng.random() < 0.35:
            days["proposal"] = begins + timedelta(days=round(span * rng.uniform(0.45, 0.8)))
        moments = self._moments(life, fate, days)
        end = diary.on_or_after(max(end, moments[-1][1].date() + timedelta(days=1)))
        life.ends = diary.moment(end, 15)
        self._hand_over(life, moments[0][1].date())
        self._walk(life, fate, moments, amount)
        self._let_slip(life)
        self._end(life, fate, amount)
        life.changes.sort(key=lambda change: change[0])
        return life

    def _opened(self, seat: Seat, day: date, end: date, amount: int) -> Life:
        customer = self._free(seat, day, end)
        contact = self.rng.choice(customer.contacts)
        opened = self.diary.moment(day, 9, 14)
        site = self.rng.choice(customer.sites)
        again = amount < 25 * MAN and not seat.is_inside
        facts = {
            "name": self.voice.tell(WORDS["deals"]["again" if again else "names"], site=site),
            "buyer_stage": self.rng.choice([BuyerStage.UNAWARE, BuyerStage.AWARE]),
        }
        inside = [seat for seat in self.seats if seat.is_inside and seat.sells]
        finder = seat if seat.is_inside or self.rng.random() > 0.45 else self.rng.choice(inside)
        return Life(
            customer, contact, seat, opened, facts,
            owners=[(opened, finder.holder(day))],
            pain=self.rng.choice(WORDS["pieces"]["pain"]),
        )  # fmt: skip

    def _free(self, seat: Seat, day: date, end: date) -> Customer:
        """A customer of the seat, if possible one without another deal in that time."""
        for customer in self.rng.sample(seat.patch, len(seat.patch)):
            if all(end < began or ended < day for began, ended in customer.busy):
                break
        customer.busy.append((day, end))
        return customer

    def _hand_over(self, life: Life, first: date) -> None:
        """To the seat's own rep before the first meeting, and to whoever takes the seat later."""
        day = max(life.opened.date(), self.diary.on_or_before(first, 2))
        at = max(self.diary.moment(day), life.opened + timedelta(minutes=40))
        self._own(life, at, life.seat.holder(day))
        for since, user in reversed(life.seat.held):
            if day < since <= life.ends.date():
                self._own(life, self.diary.moment(self.diary.on_or_after(since), 9, 9), user)

    def _own(self, life: Life, at: datetime, user: User) -> None:
        if life.owners[-1][1] != user:
            life.owners.append((at, user))
            life.changes.append((at, {"owner": user}))

    def _moments(self, life: Life, fate: Fate, days: dict[str, date]) -> list[tuple[str, datetime, bool]]:
        """When each step really happens, and whether by a meeting: inside sales and many a prospect only talk."""
        met = not life.seat.is_inside and (fate != Fate.LOST_AS_PROSPECT or self.rng.random() < 0.4)
        moments: list[tuple[str, datetime, bool]] = []
        earliest = life.opened.date() + timedelta(days=1)
        for purpose, day in days.items():
            day = self.diary.on_or_after(max(day, earliest))
            at = self.diary.meeting(life.seat.number, day) if met else self.diary.moment(day)
            moments.append((purpose, at, met))
            earliest = at.date() + timedelta(days=1)
        return moments

    def _walk(self, life: Life, fate: Fate, moments: list[tuple[str, datetime, bool]], amount: int) -> None:
        """What each step brings: two of the axes first, the third with the proposal, the rank at last."""
        rng = self.rng
        learned = self._axes(life, fate, amount)
        if fate == Fate.LOST_AS_PROSPECT:
            life.facts |= self._one_of(learned.pop("first"))
        elif rng.random() < 0.4:
            life.facts |= self._one_of(learned["first"])
        life.facts |= self._next(life, "opened", moments[0][1].date())
        stages = {
            "first": [BuyerStage.AWARE, BuyerStage.EXPLORING],
            "proposal": [BuyerStage.REQUIREMENTS, BuyerStage.COMPARING],
            "closing": [BuyerStage.DECIDING],
        }
        for (purpose, at, met), following in pairwise([*moments, (None, life.ends, False)]):
            facts = {
                name: value for name, value in learned.get(purpose, {}).items() if name not in life.facts
            }
            if "expected_month" in facts:
                facts["expected_month"] = max(facts["expected_month"], Month.of(at.date()))
            if purpose == "closing" and rng.random() < (0.92 if fate == Fate.WON else 0.5):
                facts = facts | {"rank": Rank.SURE}
            action = self._next(life, purpose, self.diary.on_or_before(following[1].date()))
            step = facts | {"buyer_stage": rng.choice(stages[purpose])} | action
            if met:
                life.meetings.append(self._meeting(life, purpose, at, facts, step))
            life.changes.append((at + AFTER_MEETING if met else at, step))

    def _axes(self, life: Life, fate: Fate, amount: int) -> dict[str, dict[str, Any]]:
        """Plan, price and timing, apart by the step at which they become known."""
        estimate = _man(amount * self.rng.uniform(0.85, 1.3))
        month = Month.of(life.ends.date())
        hoped = month - self.rng.choices([0, 1, 2], [45, 42, 13])[0]
        if fate in (Fate.LOST_AS_DEAL, Fate.LOST_AS_TOPIC):
            hoped = month + self.rng.choices([-1, 0, 1, 2], [35, 40, 18, 7])[0]
        axes = {
            "plan": self._plan(amount),
            "amount": estimate,
            "expected_month": max(hoped, Month.of(life.opened.date())),
        }
        late = self.rng.choices(list(axes), [30, 38, 32])[0]
        learned = {"first": {name: value for name, value in axes.items() if name != late}}
        if fate in (Fate.WON, Fate.LOST_AS_DEAL):
            learned["proposal"] = {late: axes[late]}
        return learned

    def _one_of(self, facts: dict[str, Any]) -> dict[str, Any]:
        name = self.rng.choice(list(facts))
        return {name: facts[name]}

    def _plan(self, amount: int) -> str:
        return self.rng.choice(
            [plan["name"] for plan in WORDS["plans"] if plan["from"] * MAN <= amount <= plan["to"] * MAN]
        )

    def _next(self, life: Life, purpose: str, on: date) -> dict[str, Any]:
        """Mostly there is a next action; now and then nobody thought of one."""
        if self.rng.random() < 0.07:
            return {"next_action": "", "next_action_on": None}
        known = life.customer.known(self.rng, life.contact)
        return {"next_action": self.voice.tell(WORDS["next"][purpose], **known), "next_action_on": on}

    def _meeting(
        self, life: Life, purpose: str, at: datetime, told: dict[str, Any], step: dict[str, Any]
    ) -> Meeting:
        with_decider = purpose != "first" and self.rng.random() < 0.45
        contacts = [life.contact, *([life.customer.contacts[0]] if with_decider else [])]
        return Meeting(
            at, life.owner(at), life.customer, list(dict.fromkeys(contacts)), purpose, life, life.seat, told,
            step["next_action"], step["next_action_on"],
        )  # fmt: skip

    def _let_slip(self, life: Life) -> None:
        """A month that will not hold is moved when it ends, mostly; who forgets leaves the deal past due."""
        told = [(life.opened, life.facts), *sorted(life.changes, key=lambda change: change[0])]
        known, hoped = next(
            ((at, facts["expected_month"]) for at, facts in told if "expected_month" in facts),
            (life.ends, Month.of(life.ends.date())),
        )
        while hoped < Month.of(life.ends.date()):
            if self.rng.random() < 0.42:
                return
            turn = (hoped + 1).first_day
            day = (
                self.diary.on_or_before(turn - timedelta(days=1), self.rng.randint(0, 2))
                if self.rng.random() < 0.45
                else self.diary.on_or_after(turn, self.rng.randint(0, 2))
            )
            day = max(day, self.diary.on_or_after(known.date() + timedelta(days=1)))
            at = self.diary.moment(day)
            if at >= life.ends:
                return
            hoped += 1
            slipped = {"expected_month": hoped} | self._next(life, "slipped", self.diary.on_or_after(day, 4))
            if life.knows(at).get("rank") == Rank.SURE:
                slipped["rank"] = Rank.LIKELY
            life.changes.append((at, slipped))
            known = at

    def _end(self, life: Life, fate: Fate, amount: int) -> None:
        if fate == Fate.WON:
            life.won = True
            won = {"outcome": Outcome.WON, "amount": amount, "buyer_stage": BuyerStage.ADOPTING}
            life.changes.append((life.ends, won))
            return
        self._lose(life, fate)

    def _lose(self, life: Life, fate: Fate) -> None:
        causes = CAUSES[fate]
        cause = self.rng.choices(list(causes), list(causes.values()))[0]
        reason = self.rng.choice([reason for reason in self.reasons if reason.cause == cause])
        again = self.diary.on_or_after(life.ends.date() + timedelta(days=self.rng.randint(60, 240)))
        not_now = self.rng.random() < (0.7 if cause == Cause.CUSTOMER else 0.35)
        lost = {"outcome": Outcome.LOST, "lost_reason": reason, "lost_kind": LostKind.NEVER}
        if not_now:
            lost |= {"lost_kind": LostKind.NOT_NOW, "comes_back_on": again}
        life.changes.append((life.ends, lost))
        if not_now and fate != Fate.LOST_AS_PROSPECT and next(self.losses) % ONE_LOSS_REVIVED_IN == 0:
            self._revive(life, again)

    def _cancel(self, life: Life) -> None:
        """受注取消 — and later the deal is lost for good."""
        at = self.diary.moment(self.diary.on_or_after(life.ends.date(), self.rng.randint(5, 15)), 10)
        self._reopen(life, at, {"expected_month": Month.of(at.date()) + 1}, WORDS["cancelled"]["orders"])
        life.won = False
        self._lose(life, Fate.LOST_AS_DEAL)

    def _revive(self, life: Life, on: date) -> None:
        """復活 — and it stays open for a while, or is lost again."""
        at = self.diary.moment(on, 10)
        self._reopen(life, at, {"expected_month": Month.of(on) + 2}, WORDS["cancelled"]["revived"])
        self._lose(life, Fate.LOST_AS_DEAL)

    def _reopen(self, life: Life, at: datetime, facts: dict[str, Any], words: list[str]) -> None:
        opened = {"outcome": Outcome.OPEN, "lost_kind": "", "lost_reason": None, "comes_back_on": None}
        action = self._next(life, "reopened", self.diary.on_or_after(at.date(), 5))
        life.changes.append((at, opened | facts | action))
        self._own(life, at, life.seat.holder(at.date()))
        life.words.append((at - timedelta(minutes=9), self.voice.tell(words)))
        life.ends = self.diary.moment(self.diary.on_or_after(at.date(), self.rng.randint(12, 45)))


def _man(yen: float) -> int:
    return max(1, round(yen / MAN)) * MAN
