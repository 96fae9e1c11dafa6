"""What a deal's recorded changes mean: its stage at every moment, and what counts when. No Django here.

A deal is kept as a list of changes, each true from its moment on. `fold` turns the list into the states that the
goal/process table reads as stocks and the milestones that it counts as flows (domain.md, "Stage of a deal").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

INSTANT = timedelta(microseconds=1)
"""The smallest step between two moments that the database keeps."""

OPEN = ("prospect", "topic", "deal")
_STAGES = ("prospect", "prospect", "topic", "deal")


@dataclass(frozen=True)
class Change:
    """Fields (by the deal's own names, values as JSON keeps them) that hold from `at` on."""

    at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """What was true of the deal from `at` until just before `until` (None: still)."""

    at: datetime
    until: datetime | None = None
    company: str | None = None
    owner: str | None = None
    name: str = ""
    plan: str = ""
    amount: int | None = None
    expected_month: str | None = None
    rank: str = ""
    next_action: str = ""
    next_action_on: str | None = None
    buyer_stage: str = ""
    outcome: str = "open"
    lost_kind: str = ""
    lost_reason: str | None = None
    comes_back_on: str | None = None

    @property
    def known(self) -> int:
        return known_axes(self.plan, self.amount, self.expected_month)

    @property
    def stage(self) -> str:
        return self.outcome if self.outcome != "open" else _STAGES[self.known]


@dataclass(frozen=True)
class Milestone:
    """Something that counts at its moment, for the owner it then had, unless `until` has come."""

    kind: str
    at: datetime
    state: State
    until: datetime | None = None


@dataclass(frozen=True)
class Story:
    states: list[State] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)

    @property
    def present(self) -> State:
        return self.states[-1]


FIELDS = tuple(name for name in State.__dataclass_fields__ if name not in ("at", "until"))


def known_axes(plan: str, amount: int | None, expected_month: object | None) -> int:
    """How many of plan, price and timing are known. A price is known from 1 yen on."""
    return bool(plan.strip()) + bool(amount and amount >= 1) + (expected_month is not None)


def fold(changes: Iterable[Change]) -> Story:
    """The story that the changes tell. Of changes at one moment the later in the list has the last word."""
    story = Story()
    state: State | None = None
    for change in sorted(changes, key=lambda c: c.at):
        before = state
        state = _ranked(
            replace(before or State(change.at), at=change.at, until=None, **change.fields), before
        )
        _note_milestones(story.milestones, before, state)
        if story.states and story.states[-1].at == state.at:
            story.states.pop()
        elif story.states:
            story.states[-1] = replace(story.states[-1], until=state.at)
        story.states.append(state)
    return story


def _ranked(state: State, before: State | None) -> State:
    """A 商談 has a rank, △ by default; a deal that lacks an axis has none, and gets △ when it is whole again."""
    if state.known < 3:
        return replace(state, rank="")
    return state if state.rank else replace(state, rank="likely")


def _note_milestones(milestones: list[Milestone], before: State | None, now: State) -> None:
    """What `now` reached or ended. What was reached at this very moment counts as the deal stands after it."""
    milestones[:] = [replace(m, state=now) if m.at == now.at else m for m in milestones]
    reached = {m.kind for m in milestones}
    if before is None:
        milestones.append(Milestone("opened", now.at, now))
    for kind, stages in (("topic", ("topic", "deal", "won")), ("deal", ("deal", "won"))):
        if kind not in reached and now.stage in stages:
            milestones.append(Milestone(kind, now.at, now))
    was = before.outcome if before else "open"
    if now.outcome == was:
        return
    if was != "open":
        _end(milestones, was, now.at)
    if now.outcome != "open":
        milestones.append(Milestone(now.outcome, now.at, now))


def _end(milestones: list[Milestone], kind: str, at: datetime) -> None:
    latest = max(n for n, m in enumerate(milestones) if m.kind == kind)
    milestones[latest] = replace(milestones[latest], until=at)


def state_at(states: Sequence[State], moment: datetime) -> State | None:
    """The state that counts the changes up to and including the moment; None before the first."""
    return next((s for s in reversed(states) if s.at <= moment), None)


def moment_of(on: date, *, now: datetime, zone: tzinfo, recorded: Iterable[datetime] = ()) -> datetime:
    """The moment of a fact that is given by its date.

    Dated today it is a live act: now. Dated earlier: 00:00 of that day, or directly after the last of the changes
    `recorded` for that day. Raises ValueError for a day that has not come yet.
    """
    today = now.astimezone(zone).date()
    if on > today:
        raise ValueError("a fact cannot be dated ahead")
    if on == today:
        return now
    start = datetime(on.year, on.month, on.day, tzinfo=zone)
    end = start + timedelta(days=1)
    return max((at + INSTANT for at in recorded if start <= at < end), default=start)
