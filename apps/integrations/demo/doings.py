"""What the demo's reps do on each working day: follows, visits and the reports around them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from apps.accounts.models import User
from apps.activities import rules
from apps.activities.models import IssueKind
from apps.activities.vocabulary import (
    Direction,
    FollowKind,
    FollowOutcome,
    Progress,
    Turnout,
    VisitKind,
    VisitStatus,
)
from apps.base.month import Month
from apps.customers.models import Contact
from apps.integrations.demo.customers import Customer
from apps.integrations.demo.diary import Diary
from apps.integrations.demo.lives import MAN, Life, Meeting
from apps.integrations.demo.people import Seat
from apps.integrations.demo.voice import WORDS, Voice

FIELD_KINDS = {
    FollowKind.CALL: 48,
    FollowKind.EMAIL: 41,
    FollowKind.CHAT: 4,
    FollowKind.LETTER: 2,
    FollowKind.ONLINE: 5,
}
INSIDE_KINDS = {FollowKind.CALL: 72, FollowKind.EMAIL: 24, FollowKind.LETTER: 2, FollowKind.ONLINE: 2}
BUSY = [1.3, 1.2, 1.1, 0.75, 0.7]
"""Monday to Friday: calls at the week's beginning, visits at its end."""
PLANNED_AHEAD = 8
"""Working days for which visits have been agreed."""
OWED_WITHIN = 2
"""Working days back in which half of the reps still owe their latest report."""
TURNOUTS = {
    "": [55, 25, 20],
    "価格": [68, 18, 14],
    "時期": [38, 44, 18],
    "決裁": [44, 40, 16],
    "競合": [36, 24, 40],
}
"""By kind: how often an issue comes as expected, is different, does not come up."""
HOUR = timedelta(hours=1)


class Doings:
    def __init__(
        self,
        rng: Random,
        diary: Diary,
        seats: list[Seat],
        lives: list[Life],
        *,
        first: date,
        now: datetime,
        scale: float,
    ) -> None:
        self.rng, self.diary, self.seats, self.lives, self.scale = rng, diary, seats, lives, scale
        self.first, self.now, self.today = first, now, now.date()
        self.voice = Voice(rng)
        self.kinds = {kind: kind.said_by for kind in IssueKind.objects.offered()}
        self.owned: defaultdict[User, list[Life]] = defaultdict(list)
        for life in lives:
            for user in {user for _, user in life.owners}:
                self.owned[user].append(life)

    # ── follows ────────────────────────────────────────────────────────────────────────────────────

    def follows(self, day: date) -> list[dict[str, Any]]:
        """Everybody's follows of a working day, in their order."""
        made = [follow for seat in self.seats for follow in self._follows_of(seat, day)]
        made += [
            self._said(life, at, words) for life in self.lives for at, words in life.words if at.date() == day
        ]
        made.sort(key=lambda follow: follow["happened_at"])
        return [follow for follow in made if follow["happened_at"] <= self.now]

    def _follows_of(self, seat: Seat, day: date) -> Iterator[dict[str, Any]]:
        rng, user = self.rng, seat.holder(day)
        usual = seat.follows * self.scale / len(self.diary.days_of(Month.of(day))) * BUSY[day.weekday()]
        evening = self.diary.closes(day)
        working = [
            life
            for life in self.owned[user]
            if life.opened.date() < day <= life.ends.date() and life.owner(evening) == user
        ]
        caring = [
            life
            for life in self.owned[user]
            if life.won and life.ends.date() < day < life.ends.date() + timedelta(days=240)
        ]
        for _ in range(self._whole(usual * rng.uniform(0.75, 1.25))):
            among, situation = rng.choices(
                [(working, "working"), (caring, "caring"), ([], "prospecting")],
                [25, 5, 70] if seat.is_inside else [58, 14, 28],
            )[0]
            if among:
                life = rng.choice(among)
                early = situation == "working" and len(life.knows(evening)) < 5
                yield self._follow(seat, day, "prospecting" if early else situation, life.customer, life)
            else:
                yield self._follow(seat, day, "prospecting", rng.choice(seat.patch), None)
        if working:
            for _ in range(self._whole(usual * 0.09)):
                yield self._reply(day, user, rng.choice(working))

    def _whole(self, expected: float) -> int:
        return int(expected) + (self.rng.random() < expected % 1)

    def _follow(
        self, seat: Seat, day: date, situation: str, customer: Customer, life: Life | None
    ) -> dict[str, Any]:
        rng = self.rng
        contact = life.contact if life and rng.random() < 0.8 else rng.choice(customer.contacts)
        kinds = INSIDE_KINDS if seat.is_inside else FIELD_KINDS
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        outcome, pieces = self._outcome(kind, situation)
        return {
            "company": customer.company,
            "deal": life and life.deal,
            "owner": seat.holder(day),
            "contact": contact,
            "kind": kind,
            "direction": Direction.OUT,
            "outcome": outcome,
            "talk_seconds": self._talk(kind, outcome),
            "body": self.voice.tell(pieces, **self._known(day, customer, contact, life)),
            "happened_at": self.diary.moment(day),
        }

    def _outcome(self, kind: FollowKind, situation: str) -> tuple[FollowOutcome, list[str]]:
        if kind == FollowKind.ONLINE:
            return FollowOutcome.CONNECTED, WORDS["follow"][situation]
        if kind == FollowKind.LETTER:
            return FollowOutcome.SENT, WORDS["follow"]["letters"]
        if kind != FollowKind.CALL:
            return FollowOutcome.SENT, WORDS["follow"][f"mail_{situation}"]
        chances = [30, 58, 12] if situation == "prospecting" else [52, 48, 0]
        outcome = self.rng.choices(
            [FollowOutcome.CONNECTED, FollowOutcome.ABSENT, FollowOutcome.REFUSED], chances
        )[0]
        pieces = {FollowOutcome.CONNECTED: situation, FollowOutcome.ABSENT: "absent"}
        return outcome, WORDS["follow"][pieces.get(outcome, "refused")]

    def _talk(self, kind: FollowKind, outcome: FollowOutcome) -> int | None:
        if kind != FollowKind.CALL or outcome == FollowOutcome.ABSENT:
            return None
        usual = 210 if outcome == FollowOutcome.CONNECTED else 45
        return min(1800, round(self.rng.lognormvariate(0, 0.6) * usual))

    def _known(self, day: date, customer: Customer, contact: Contact, life: Life | None) -> dict[str, Any]:
        soon = self.diary.on_or_after(day, self.rng.randint(2, 7))
        known = customer.known(self.rng, contact) | {
            "day": f"{soon.month}月{soon.day}日",
            "month": (Month.of(day) + self.rng.randint(1, 4)).month,
        }
        return known | ({"pain": life.pain} if life else {})

    def _reply(self, day: date, user: User, life: Life) -> dict[str, Any]:
        by_mail = self.rng.random() < 0.7
        pieces = WORDS["follow"]["replies" if by_mail else "calls_in"]
        body = self.voice.tell(pieces, **self._known(day, life.customer, life.contact, life))
        reply = self._said(life, self.diary.moment(day), body) | {"owner": user}
        if by_mail:
            reply |= {"kind": FollowKind.EMAIL, "outcome": FollowOutcome.REPLIED, "talk_seconds": None}
        return reply

    def _said(self, life: Life, at: datetime, words: str) -> dict[str, Any]:
        """An incoming call."""
        return {
            "company": life.customer.company,
            "deal": life.deal,
            "owner": life.owner(at),
            "contact": life.contact,
            "kind": FollowKind.CALL,
            "direction": Direction.IN,
            "outcome": FollowOutcome.CONNECTED,
            "talk_seconds": self._talk(FollowKind.CALL, FollowOutcome.CONNECTED),
            "body": words,
            "happened_at": at,
        }

    # ── visits ─────────────────────────────────────────────────────────────────────────────────────

    def meetings(self) -> list[Meeting]:
        """All visits from the first day until what has been agreed ahead, by their time.

        Some of the last days' are still to be reported: what they brought is not known to their deals yet.
        """
        last = self.diary.on_or_after(self.today, PLANNED_AHEAD)
        met = [m for life in self.lives if life.opened <= self.now for m in life.meetings]
        met += [m for month in Month.of(self.first).range(16) for m in self._besides(met, month)]
        met += list(self._called_off(met))
        met = sorted((m for m in met if self.first <= m.at.date() <= last), key=lambda m: m.at)
        since = self.diary.on_or_before(self.today, OWED_WITHIN)
        recent = [m for m in met if since <= m.at.date() and m.at <= self.now and not m.cancelled]
        latest = {meeting.seat: meeting for meeting in recent}
        for meeting in recent:
            slow = meeting.seat.number % 2 == 1 and latest[meeting.seat] is meeting
            meeting.report_is_owed = slow or meeting.at + HOUR > self.now
        return met

    def _besides(self, met: list[Meeting], month: Month) -> Iterator[Meeting]:
        """Visits to customers without a deal at hand, as many as the month still has room for."""
        days = self.diary.days_of(month)
        had = Counter(m.life.seat for m in met if m.life and Month.of(m.at.date()) == month)
        for seat in self.seats:
            room = seat.visits * self.scale * self.rng.uniform(0.88, 1.08) - had[seat]
            for _ in range(self._whole(max(0, room))):
                day = self.rng.choice(days)
                at = self.diary.meeting(seat.number, day)
                bought = [
                    life
                    for life in self.owned[seat.holder(day)]
                    if life.won and not seat.is_inside and life.ends < at
                ]
                customer = self.rng.choice(bought).customer if bought else self.rng.choice(seat.patch)
                contacts = [self.rng.choice(customer.contacts)]
                purpose = "care" if bought else "first"
                yield Meeting(at, seat.holder(at.date()), customer, contacts, purpose, seat=seat)

    def _called_off(self, met: list[Meeting]) -> Iterator[Meeting]:
        """Now and then a visit had first been agreed for a day before."""
        for meeting in met:
            if meeting.at <= self.now and self.rng.random() < 0.05:
                day = self.diary.on_or_before(meeting.at.date(), self.rng.randint(2, 4))
                at = self.diary.meeting(meeting.seat.number, day)
                if at < meeting.at and (not meeting.life or at > meeting.life.opened):
                    yield Meeting(
                        at, meeting.owner, meeting.customer, meeting.contacts, meeting.purpose,
                        meeting.life, cancelled=True, seat=meeting.seat,
                    )  # fmt: skip

    def visit(self, meeting: Meeting) -> dict[str, Any]:
        done = meeting.at <= self.now and not meeting.report_is_owed
        status = VisitStatus.DONE if done else VisitStatus.PLANNED
        online = meeting.seat.is_inside or self.rng.random() < 0.35
        chief = self.seats[meeting.seat.number // 4 * 4].holder(meeting.at.date())
        return {
            "company": meeting.customer.company,
            "deal": meeting.life and meeting.life.deal,
            "owner": meeting.owner,
            "contacts": meeting.contacts,
            "companions": [chief] if meeting.purpose == "closing" and self.rng.random() < 0.3 else [],
            "kind": VisitKind.ONLINE if online else VisitKind.ON_SITE,
            "status": VisitStatus.CANCELLED if meeting.cancelled else status,
            "starts_at": meeting.at,
            "ends_at": meeting.at + HOUR,
        }

    # ── reports ────────────────────────────────────────────────────────────────────────────────────

    def report_before(self, meeting: Meeting) -> dict[str, Any] | None:
        """外出前報告 — most write one; what became of the issues stands there once the visit is reported."""
        if meeting.cancelled or self.rng.random() > (0.7 if meeting.life else 0.4):
            return None
        if meeting.at.date() > self.diary.on_or_after(self.today, 2):
            return None
        known, words = self._known_at(meeting), WORDS["visit"]
        issues = self.rng.sample(words["issues"][meeting.purpose], self.rng.choice([2, 2, 3]))
        done = meeting.at <= self.now and not meeting.report_is_owed
        return {
            "author": meeting.owner,
            "situation": self.voice.tell(words["situation"][meeting.purpose], **known),
            "goal": self.voice.tell(words["goal"][meeting.purpose], **known),
            "answer": self.voice.tell(words["answer"], **known),
            "issues": [self._issue(issue, known, done=done) for issue in issues],
        }

    def _issue(self, issue: str, known: dict[str, Any], *, done: bool) -> dict[str, Any]:
        kind = rules.kind_said(issue, self.kinds)
        usual = TURNOUTS.get(kind.label if kind else "", TURNOUTS[""])
        turnout = self.rng.choices(list(Turnout), usual)[0] if done else ""
        different = WORDS["visit"]["different"]
        return {
            "text": self.voice.tell([issue], **known),
            "kind": kind,
            "turnout": turnout,
            "how_different": self.voice.tell(different, **known) if turnout == Turnout.DIFFERENT else "",
        }

    def report_after(self, meeting: Meeting) -> dict[str, Any] | None:
        """外出後報告 — some visits were only marked as done."""
        if meeting.at > self.now or meeting.report_is_owed or meeting.cancelled or self.rng.random() > 0.9:
            return None
        known, words = self._known_at(meeting), WORDS["visit"]
        learned = "".join(
            self.voice.tell(words["learned"][name], **known)
            for name in words["learned"]
            if name in meeting.learned
        )
        result = self.voice.tell(words["result"][meeting.purpose], **known, learned=learned)
        care = self.voice.tell(WORDS["next"]["care"], **known)
        return {
            "author": meeting.owner,
            "progress": Progress.FORWARD if meeting.learned else Progress.SAME,
            "result": result,
            "next_action": meeting.next_action if meeting.life else care,
            "next_action_on": meeting.next_action_on
            if meeting.life
            else self.diary.on_or_after(meeting.at.date(), self.rng.randint(10, 25)),
        }

    def _known_at(self, meeting: Meeting) -> dict[str, Any]:
        day = meeting.at.date()
        known = self._known(day, meeting.customer, meeting.contacts[0], meeting.life)
        if meeting.life:
            fields = meeting.life.knows(meeting.at) | meeting.learned
            known["amount"] = fields.get("amount", 50 * MAN) // MAN
            known["product"] = fields.get("plan") or WORDS["plans"][3]["name"]
            if month := fields.get("expected_month"):
                known["month"] = month.month
        return known
