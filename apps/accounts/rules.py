"""Working time (which days and hours count), the tree of teams, and what a browser says of itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from ipaddress import ip_network

MIDDAY = time(13)


@dataclass(frozen=True)
class WorkingTime:
    """A calendar as plain values. `closed_on`: holidays of any kind that the calendar keeps."""

    weekdays: frozenset[int] = frozenset(range(5))
    opens_at: time = time(9)
    closes_at: time = time(18)
    closed_on: Collection[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed_on

    def days(self, first: date, last: date) -> Iterator[date]:
        """The working days from first to last, both included."""
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return (day for day in span if self.is_working_day(day))

    def next_day(self, day: date) -> date:
        """The first working day after `day`. ValueError where none comes within ten years."""
        for n in range(1, 3660):
            if self.is_working_day(day + timedelta(days=n)):
                return day + timedelta(days=n)
        raise ValueError("this calendar never opens")

    def mail_due(self, moment: datetime) -> datetime | None:
        """When mail was last due today: at opening, and at 13:00 where that lies within; outside of hours never."""
        if not self.is_working_day(moment.date()) or not self.opens_at <= moment.time() < self.closes_at:
            return None
        due = max(at for at in (self.opens_at, MIDDAY) if self.opens_at <= at <= moment.time())
        return datetime.combine(moment.date(), due, moment.tzinfo)

    def closes_on(self, day: date, zone: tzinfo) -> datetime:
        return datetime.combine(day, self.closes_at, zone)


def nearest(team: Hashable, parents: Mapping, *, among: Collection) -> Hashable:
    """The team itself or the next one above it that is `among`, else None: the whole company."""
    seen = set()
    while team is not None and team not in among and team not in seen:
        seen.add(team)
        team = parents.get(team)
    return team if team in among else None


def lines_of(parents: Mapping) -> Iterator[tuple]:
    """Each team as the line that leads to it from the top, every team followed by its sub-teams."""
    below = defaultdict(list)
    for team, parent in parents.items():
        below[parent].append(team)
    waiting: list[tuple] = [(team,) for team in reversed(below[None])]
    while waiting:
        line = waiting.pop()
        yield line
        waiting += [(*line, team) for team in reversed(below[line[-1]])]


def is_below(team: object, ancestor: object, parents: dict) -> bool:
    """Whether `team` is `ancestor` or one of its sub-teams; `parents` maps each team to its parent or None."""
    seen = set()
    while team is not None and team not in seen:
        if team == ancestor:
            return True
        seen.add(team)
        team = parents.get(team)
    return False


_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def device(agent: str) -> list[str]:
    """System and browser as people call them, as far as the User-Agent tells."""
    known = [
        next((name for sign, name in signs.items() if sign in agent), "") for signs in (_SYSTEMS, _BROWSERS)
    ]
    return [name for name in known if name]


def shortened(ip_address: str | None) -> str:
    """The network that an address lies in: enough to recognise a place, too little to find a person."""
    if not ip_address:
        return ""
    if ":" in ip_address:
        return str(ip_network(f"{ip_address}/48", strict=False))
    return ip_address.rpartition(".")[0] + ".x"
