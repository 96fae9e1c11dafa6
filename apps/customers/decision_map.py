"""The decision map: who has the power to decide (up) and what they think of us (right). Plain values in and out."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.customers.vocabulary import DecisionRole, Power, Stance

POWERS = (Power.HIGH, Power.MIDDLE, Power.LOW)
OF_ROLE = {
    DecisionRole.DECIDER: Power.HIGH,
    DecisionRole.CHAMPION: Power.MIDDLE,
    DecisionRole.OPPONENT: Power.MIDDLE,
}
"""How much a role's word weighs where nobody says; every other role's weighs little."""
COLUMNS = {Stance.AGAINST: 0, Stance.NEUTRAL: 1, Stance.UNKNOWN: 1, Stance.FOR: 2}

WIDTH, HEAD = 318, 20
NODE_WIDTH, NODE_HEIGHT, GAP = 94, 40, 16
ROOM = NODE_HEIGHT + GAP
STAGGER = (6, 0, 10)
"""Columns stand a little apart in height, so that a line between neighbours is seen."""
LONGEST = 8
"""As many full-width signs as a node's name holds."""


@dataclass(frozen=True)
class Node:
    """A person at the middle of their node."""

    of: Any
    x: float
    y: float

    @property
    def left(self) -> float:
        return self.x - NODE_WIDTH / 2

    @property
    def top(self) -> float:
        return self.y - NODE_HEIGHT / 2


@dataclass(frozen=True)
class Line:
    """From border to border."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Map:
    nodes: Sequence[Node]
    lines: Sequence[Line]
    height: float
    floors: Sequence[float]
    """Where the upper two powers end."""
    width: float = WIDTH
    middle: float = WIDTH / 2
    node_width: float = NODE_WIDTH
    node_height: float = NODE_HEIGHT
    node_middle: float = NODE_WIDTH / 2


def power_of(role: str, power: str) -> Power:
    """What was said of somebody's power, else what their role lets expect."""
    return Power(power) if power else OF_ROLE.get(DecisionRole(role), Power.LOW)


def drawn(people: Iterable[Any], moves: Iterable[tuple[Hashable, Hashable]]) -> Map:
    """The map of people with `pk`, `role`, `stance` and `power`; `moves`: the ids of who can move whom.

    Nobody stands on another: people of the same power and stance stand below each other, and the floor grows.
    """
    cells: dict[tuple[Power, int], list[Any]] = {}
    for person in people:
        cell = power_of(person.role, person.power), COLUMNS[Stance(person.stance)]
        cells.setdefault(cell, []).append(person)
    nodes, floors, top = [], [], float(HEAD)
    for power in POWERS:
        tallest = 1
        for column in range(3):
            there = cells.get((power, column), [])
            tallest = max(tallest, len(there))
            nodes += [
                Node(person, _middle(column), top + ROOM * place + ROOM / 2 + STAGGER[column])
                for place, person in enumerate(there)
            ]
        top += ROOM * tallest
        floors.append(top)
    by_key = {node.of.pk: node for node in nodes}
    lines = [
        _between(by_key[mover], by_key[moved]) for mover, moved in moves if {mover, moved} <= by_key.keys()
    ]
    return Map(nodes, lines, height=top + max(STAGGER), floors=floors[:-1])


def _middle(column: int) -> float:
    return WIDTH * (2 * column + 1) / 6


def _between(mover: Node, moved: Node) -> Line:
    x1, y1 = _border(mover, moved)
    x2, y2 = _border(moved, mover)
    return Line(*(round(value, 1) for value in (x1, y1, x2, y2)))


def _border(here: Node, towards: Node) -> tuple[float, float]:
    """Where the straight line to the other node leaves this one."""
    dx, dy = towards.x - here.x, towards.y - here.y
    shares = [
        half / abs(distance) for half, distance in ((NODE_WIDTH / 2, dx), (NODE_HEIGHT / 2, dy)) if distance
    ]
    share = min(shares, default=0)
    return here.x + dx * share, here.y + dy * share


def short(name: str, title: str = "") -> str:
    """山口 部長 — the family name with the title as far as it fits into a node."""
    family = name.split()[0] if title and name.split() else name
    called = f"{family} {title}".strip()
    room, kept = LONGEST * 2, ""
    for sign in called:
        room -= 2 if unicodedata.east_asian_width(sign) in "WFA" else 1
        if room < 0:
            return kept[:-1] + "…"
        kept += sign
    return kept
