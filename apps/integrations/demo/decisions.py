"""Who decides at the demo's companies, what they think of us and who can move whom."""

from __future__ import annotations

from datetime import datetime
from itertools import chain, groupby, permutations
from operator import attrgetter
from random import Random
from typing import Any

from apps.accounts.models import SYSTEM
from apps.customers import operations
from apps.customers.models import Contact
from apps.customers.vocabulary import DecisionRole, Power, Stance

STANCES = {
    DecisionRole.DECIDER: [Stance.FOR, Stance.FOR, Stance.NEUTRAL, Stance.UNKNOWN],
    DecisionRole.CHAMPION: [Stance.FOR, Stance.FOR, Stance.NEUTRAL],
    DecisionRole.USER: [Stance.FOR, Stance.NEUTRAL, Stance.UNKNOWN],
    DecisionRole.OPPONENT: [Stance.AGAINST, Stance.AGAINST, Stance.AGAINST, Stance.NEUTRAL],
    DecisionRole.UNKNOWN: [Stance.UNKNOWN],
}
WORKERS = [
    [DecisionRole.CHAMPION, DecisionRole.CHAMPION, DecisionRole.USER, DecisionRole.UNKNOWN],
    [DecisionRole.OPPONENT, DecisionRole.USER, DecisionRole.USER],
    [DecisionRole.OPPONENT, DecisionRole.USER, DecisionRole.UNKNOWN],
]
"""What the second, third and fourth at a company may be."""


def decides(place: int, rng: Random) -> dict[str, Any]:
    role = DecisionRole.DECIDER if place == 0 else rng.choice(WORKERS[place - 1])
    power = rng.choice(["", "", Power.MIDDLE, Power.LOW]) if role == DecisionRole.OPPONENT else ""
    return {"role": role, "stance": rng.choice(STANCES[role]), "power": power}


def link(contacts: list[Contact], *, at: datetime) -> None:
    """Champions move deciders, users move champions, deciders can move whoever is against."""
    movers = {
        DecisionRole.DECIDER: (DecisionRole.OPPONENT,),
        DecisionRole.CHAMPION: (DecisionRole.DECIDER,),
        DecisionRole.USER: (DecisionRole.CHAMPION,),
    }
    company = attrgetter("company_id")
    companies = groupby(sorted(contacts, key=company), company)
    for mover, moved in chain.from_iterable(permutations(people, 2) for _company, people in companies):
        if moved.role in movers.get(mover.role, ()):
            operations.link_influence(mover, moved=moved, by=SYSTEM, at=at)
