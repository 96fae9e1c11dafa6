"""The demo's customers: invented companies and the people there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

import jaconv

from apps.accounts.models import SYSTEM
from apps.customers import operations
from apps.customers.models import Company, Contact
from apps.integrations.demo.decisions import decides, link
from apps.integrations.demo.origins import Origins
from apps.integrations.demo.voice import WORDS, Voice

FORMS = {"株式会社{}": 50, "{}株式会社": 32, "有限会社{}": 10, "合同会社{}": 8}
MOBILE = "090"


@dataclass
class Customer:
    """A company as its reps know it. `contacts`: the decider first."""

    company: Company
    sites: list[str]
    contacts: list[Contact]
    busy: list[tuple[date, date]] = field(default_factory=list)
    """When a deal of it is open."""

    def known(self, rng: Random, contact: Contact) -> dict[str, Any]:
        """What fills the holes of a note about it."""
        decider = self.contacts[0]
        return {
            "person": _family(contact),
            "dept": contact.department or "総務部",
            "boss": f"{_family(decider)}{decider.title}",
            "site": rng.choice(self.sites),
        }


def _family(contact: Contact) -> str:
    return contact.name.split()[0]


def invent(rng: Random, count: int, *, now: datetime) -> list[Customer]:
    voice = Voice(rng)
    trades = [
        (trade, part, reading)
        for trade, parts in WORDS["company"]["trades"].items()
        for part, reading in parts.items()
    ]
    made = rng.sample(
        [(stem, trade) for stem in WORDS["company"]["stems"].items() for trade in trades], count
    )
    facts = [_company(rng, voice, *(stem + trade)) for stem, trade in made]
    origins = Origins(now=now)
    for (_stem, (trade, part, _reading)), company in zip(made, facts, strict=True):
        company |= _more_of(company, trade, part) | origins.of(company["name"])
    companies = operations.add_companies(companies=facts, by=SYSTEM, at=now)
    people = [
        contact
        for company, facts in zip(companies, facts, strict=True)
        for contact in _contacts(rng, company)
    ]
    contacts = operations.add_contacts(contacts=people, by=SYSTEM, at=now)
    unmet = [contact for company in companies for contact in _unmet(company)]
    link([*contacts, *operations.add_contacts(contacts=unmet, by=SYSTEM, at=now)], at=now)
    return [
        Customer(
            company,
            WORDS["company"]["sites"][trade],
            [contact for contact in contacts if contact.company_id == company.pk],
        )
        for company, (_, (trade, _, _)) in zip(companies, made, strict=True)
    ]


def _company(
    rng: Random, voice: Voice, stem: str, stem_reading: str, trade: str, part: str, part_reading: str
) -> dict[str, Any]:
    form = rng.choices(list(FORMS), list(FORMS.values()))[0]
    place = rng.choice(WORDS["places"])
    town = rng.choice(WORDS["towns"]["names"])
    site = rng.choice(WORDS["company"]["sites"][trade])
    return {
        "name": form.format(stem + part),
        "reading": stem_reading + part_reading,
        "postal_code": f"{place['post']}-{rng.randint(1, 99):04}",
        "address": f"{place['city']}{town}{rng.randint(1, 5)}-{rng.randint(1, 28)}-{rng.randint(1, 18)}",
        "phone": _phone(rng, place["area"]),
        "website": f"https://{_domain(stem_reading, part_reading)}/",
        "note": voice.tell(WORDS["company"]["notes"][trade], site=site) if rng.random() < 0.6 else "",
    }


def _more_of(company: dict[str, Any], trade: str, part: str) -> dict[str, Any]:
    """Drawn apart by the name, so that what happens in the demo does not hang on it."""
    rng = Random(company["name"])  # noqa: S311 - invents a demo, guards nothing
    told = re.search(r"従業員(\d+)名", company["note"])
    months = WORDS["company"]["months"][trade]
    return {
        "industry": WORDS["company"]["industries"][part],
        "employees": int(told[1])
        if told
        else rng.choice([None, *(10 * rng.randint(2, 60) for _ in range(5))]),
        "busy_months": months["busy"] if rng.random() < 0.6 else [],
        "buying_months": months["buying"] if rng.random() < 0.5 else [],
        "existing": rng.random() < 0.06,
    }


def _phone(rng: Random, area: str) -> str:
    """A number that no exchange can have (none begins with 0), so that nobody's telephone rings."""
    digits = 3 if area == MOBILE else 5 - len(area)
    return f"{area}-0{rng.randrange(10**digits):0{digits}}-{rng.randrange(10_000):04}"


def _domain(*readings: str) -> str:
    return "-".join(jaconv.kana2alphabet(reading).replace("ー", "") for reading in readings) + ".example"


def _contacts(rng: Random, company: Company) -> list[dict[str, Any]]:
    posts = WORDS["people"]["posts"]
    chosen = [rng.choice(posts["decider"]), *rng.sample(posts["worker"], rng.choice([0, 1, 1, 1, 2]))]
    families = rng.sample(list(WORDS["people"]["family"].items()), len(chosen))
    contacts = [
        _contact(rng, company, family, department, title)
        for family, (department, title) in zip(families, chosen, strict=True)
    ]
    for place, contact in enumerate(contacts):
        contact |= decides(place, Random(contact["email"]))  # noqa: S311 - as above
    return contacts


def _unmet(company: Company) -> list[dict[str, Any]]:
    """Who is known of but was never met; drawn apart, as above."""
    rng = Random(f"unmet {company.name}")  # noqa: S311 - as above
    posts = rng.sample(WORDS["people"]["posts"]["worker"], rng.choice([0, 0, 1, 1, 2]))
    families = rng.sample(list(WORDS["people"]["family"].items()), len(posts))
    return [
        _contact(rng, company, family, department, title) | decides(2 + place, rng)
        for place, (family, (department, title)) in enumerate(zip(families, posts, strict=True))
    ]


def _contact(
    rng: Random, company: Company, family: tuple[str, str], department: str, title: str
) -> dict[str, Any]:
    given, given_reading = rng.choice(list(WORDS["people"]["given"].items()))
    domain = company.website.removeprefix("https://").rstrip("/")
    return {
        "company": company,
        "name": f"{family[0]} {given}",
        "reading": f"{family[1]} {given_reading}",
        "department": department,
        "title": title,
        "email": f"{jaconv.kana2alphabet(family[1])}@{domain}",
        "phone": company.phone if rng.random() < 0.6 else _phone(rng, MOBILE),
    }
