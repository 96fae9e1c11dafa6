"""Whose table it is: one rep's, a team's with its sub-teams, or the organisation's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.accounts import queries as accounts
from apps.accounts.models import Team, User


@dataclass(frozen=True)
class Scope:
    """`rep` or `team`; neither is the organisation. `teams`: the team's id and those of all below it."""

    rep: User | None = None
    team: Team | None = None
    teams: tuple[UUID, ...] = ()

    @classmethod
    def of_team(cls, team: Team) -> Scope:
        return cls(team=team, teams=tuple(accounts.team_and_below(team.pk)))

    @property
    def name(self) -> str:
        return str(self.rep or self.team or "")

    @property
    def is_person(self) -> bool:
        return self.rep is not None

    def sql(self, owner: str, day: str) -> tuple[str, dict[str, Any]]:
        """A condition on the column of the owner, who belonged to the team on that day; with its parameters."""
        if self.rep:
            return f"{owner} = %(rep)s", {"rep": self.rep.pk}
        if not self.team:
            return "TRUE", {}
        # whoever was ever in it, first: these ids lead into the indexes by owner
        ever = f"{owner} = ANY(ARRAY(SELECT user_id FROM accounts_membership WHERE team_id = ANY(%(teams)s)))"
        then = (
            f"EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = {owner} AND m.team_id = ANY(%(teams)s)"
            f" AND (m.from_on IS NULL OR m.from_on <= {day}) AND (m.until_on IS NULL OR m.until_on >= {day}))"
        )
        return f"({ever} AND {then})", {"teams": list(self.teams)}
