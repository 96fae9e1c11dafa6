"""How right a reading is, chip by chip, by the contract that the lines were written to."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from apps.actions.capture import parse
from apps.actions.capture.names import Asked, Company, Person
from apps.actions.capture.reading import Reading
from apps.actions.capture.signs import in_one_spelling
from apps.base import text

HERE = Path(__file__).parent
CHIPS = (
    "company_state", "company", "contact", "kind", "direction", "outcome", "minutes", "plan", "amount", "timing",
    "next", "result", "happened_on",
)  # fmt: skip


class World:
    """The small world of the lines, in memory."""

    def __init__(self, path: Path = HERE / "world.json") -> None:
        told = json.loads(path.read_text(encoding="utf-8"))
        self.fiscal_year_starts, self.cut = told["fiscal_year_starts"], False
        self._plans = {plan["name"]: plan["short"] for plan in told["plans"]}
        self._companies = [Company(c["name"], c["name"], c["reading"]) for c in told["companies"]]
        self._people = {
            c["name"]: [Person(p["name"], p["name"], p["reading"], p["title"]) for p in c["contacts"]]
            for c in told["companies"]
        }

    def companies(self, asked):
        """Those that `tenant.OfTenant` would ask the database for."""
        return [company for company in self._companies if _alike(company, asked)]

    def rivals(self, said, *, of, whole):
        pattern = text.romaji_pattern(said) or re.escape(said)
        held = lambda key: said in in_one_spelling(key) or re.search(pattern, key)  # noqa: E731
        others = [company for company in self._companies if company != of and not whole]
        return [other for other in others if held(text.search_key(other.name)) or held(other.sound)]

    def people(self, companies):
        return {name: self._people[name] for name in companies}

    def plans(self):
        return self._plans


def _alike(company: Company, asked: Asked) -> bool:
    name, sound = text.search_key(company.name), company.sound
    return (
        any(
            key.startswith(head[:2]) or (head[2:] and head[:3] in key)
            for key in (name, sound)
            for head in asked.heads
        )
        or any(_nearly(slip, name) for slip in asked.slips)
        or any(re.match(pattern, sound) for pattern in asked.sounds)
        or any(name.endswith(trade) and re.match("[ぁ-ゖ]", name) for trade in asked.trades)
    )


def _nearly(said: str, name: str) -> bool:
    begun = name[:1] == said[0] and (name[2:4] in (said[2:], said[1:3]) or name[1:3] == said[2:])
    return begun or said[1:] in name


@dataclass
class Score:
    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lines: int = 0
    wrong: list[tuple[str, str, object, object]] = field(default_factory=list)
    wrongly_sure: list[str] = field(default_factory=list)
    empty_kept: int = 0
    empty: int = 0

    @property
    def share(self) -> float:
        return sum(self.right.values()) / (self.lines * len(CHIPS))

    def told(self) -> str:
        figures = [f"{chip:14} {self.right[chip]:4} / {self.lines}" for chip in CHIPS]
        whole = f"chips right     {sum(self.right.values())} / {self.lines * len(CHIPS)} = {self.share:.1%}"
        sure = f"wrong company as sure: {len(self.wrongly_sure)}"
        return "\n".join([*figures, whole, sure, f"results rightly empty: {self.empty_kept} / {self.empty}"])


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def score(rows: list[dict], world: World | None = None) -> Score:
    world, total = world or World(), Score()
    for row in rows:
        reading = parse.read(row["line"], today=date.fromisoformat(row["today"]), names=world)
        got, expected = facts(reading), row["expect"]
        total.lines += 1
        for chip in CHIPS:
            if right(chip, got, expected, world):
                total.right[chip] += 1
            else:
                total.wrong.append((row["line"], chip, expected[chip], got[chip]))
        if got["company_state"] == "sure" and (
            expected["company_state"] != "sure" or got["company"] != expected["company"]
        ):
            total.wrongly_sure.append(row["line"])
        if not expected["result"]:
            total.empty += 1
            total.empty_kept += not got["result"]
    return total


def facts(reading: Reading) -> dict:
    company, contact, ahead = reading.company.value, reading.contact.value, reading.next.value
    return {
        "company_state": reading.company_state,
        "company": company.name if company else reading.new_name or None,
        "contact": contact.name if contact else None,
        "kind": reading.kind.value,
        "direction": reading.direction.value,
        "outcome": reading.outcome.value,
        "minutes": reading.minutes.value,
        "plan": reading.plan.value,
        "amount": reading.amount.value,
        "timing": f"{reading.timing.value:%Y-%m}" if reading.timing.value else None,
        "next": {"what": ahead.what, "on": str(ahead.on) if ahead.on else None} if ahead else None,
        "result": reading.result.value,
        "happened_on": str(reading.happened_on.value) if reading.happened_on.value else None,
    }


def right(chip: str, got: dict, expected: dict, world: World) -> bool:
    one, other = got[chip], expected[chip]
    if chip == "company" and expected["company_state"] == "guess":
        return one in expected["candidates"]
    if chip == "company" and expected["company_state"] == "new":
        return one is not None and _as_new(one) == _as_new(other)
    if chip == "next" and one and other:
        what, wanted = _plain(one["what"]), _plain(other["what"])
        return one["on"] == other["on"] and bool(what) and (what in wanted or wanted in what)
    if chip == "result":
        said = _plain(one)
        return all(_plain(word) in said for word in other.split()) and not foreign(
            said, _plain(other), expected, world
        )
    return one == other


def foreign(said: str, wanted: str, expected: dict, world: World) -> list[str]:
    """Words of another chip that stand in the result."""
    taken = [
        r"\d+(?:\.\d+)?(?:分|時間|h|min)",
        r"[¥\d][\d,.]*(?:百|千)?(?:万|円|まん)",
        r"(?:電話|tel|☎|架電|zoom|ﾒｰﾙ|メール|mail)",
    ]
    for plan in world.plans().items():
        if plan[0] == expected["plan"]:
            taken += [re.escape(_plain(form)) for form in (plan[0], *plan[1])]
    if expected["company"]:
        taken.append(re.escape(_plain(text.without_legal_form(expected["company"]))))
    if expected["contact"]:
        taken.append(re.escape(expected["contact"].split()[0]) + "(?:さん|様|社長|部長|課長|専務|常務|院長)")
    if expected["next"]:
        taken.append(re.escape(_plain(expected["next"]["what"])))
    if expected["outcome"] in ("absent", "refused"):
        taken.append("不在|留守|出ず|断られ|不要")
    return [found[0] for pattern in taken for found in re.finditer(pattern, said) if found[0] not in wanted]


def _plain(said: str) -> str:
    return re.sub(r"[\s、。]+", "", unicodedata.normalize("NFKC", said)).casefold()


def _as_new(name: str) -> str:
    return _plain(text.without_legal_form(unicodedata.normalize("NFKC", name)))
