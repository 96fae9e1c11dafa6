"""Records by what a file calls them: a number within the source, a name, a name written otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import SYSTEM, System, User
from apps.base import text
from apps.base.refusal import Refused
from apps.customers import operations as customers
from apps.customers import queries as companies
from apps.customers.models import Company, Contact
from apps.customers.queries import survivor_of
from apps.deals import operations as deals
from apps.deals.models import Deal, LostReason
from apps.deals.vocabulary import Cause

MOST_REMEMBERED = 20_000
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOBODYS_COMPANY = "顧客不明(取り込み)"


class Unknown(Refused):
    """What the file names is not here, or is here more than once; `choices`: value and label of what it may mean."""

    def __init__(
        self, message: object, *, field: str | None = None, choices: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message, field=field)
        self.choices = choices


class Finder:
    """Finds records for one import, many at a time, and remembers a limited number of them."""

    def __init__(self, source: str, *, at: datetime, by: User | System = SYSTEM) -> None:
        self.source, self.at, self.by = source, at, by
        self._companies: dict[str, Company | list[Company]] = {}

    def forget(self) -> None:
        """After a rollback: what was made is gone."""
        self._companies.clear()
        for remembered in ("_people", "reasons", "no_reason"):
            self.__dict__.pop(remembered, None)

    # ── companies ──────────────────────────────────────────────────────────────────────────────────

    def know_companies(self, names: Iterable[str]) -> None:
        """Look these names up together."""
        if len(self._companies) > MOST_REMEMBERED:
            self._companies.clear()
        asked = {name for name in names if name not in self._companies}
        if not asked:
            return
        ours = Company.objects.filter(source=self.source)
        by_number = {c.external_id: survivor_of(c) for c in ours.filter(external_id__in=asked)}
        by_number |= {str(c.pk): c for c in Company.objects.kept().filter(pk__in=_ids(asked))}
        by_name = _grouped(ours.kept().filter(name__in=asked), lambda c: c.name)
        unfound = [name for name in asked if name not in by_number and name not in by_name]
        by_key = self.written_alike(unfound)
        for name in asked:
            if name in by_number:
                self._companies[name] = by_number[name]
                continue
            found = by_name.get(name) or by_key.get(text.search_key(name), [])
            exact = [company for company in found if company.name == name]
            found = exact if len(exact) == 1 else found
            self._companies[name] = found[0] if len(found) == 1 else found

    def written_alike(self, names: Iterable[str]) -> dict[str, list[Company]]:
        """Companies outside the trash by the search key of these names."""
        keys = {key for name in names if (key := text.search_key(name))}
        return _grouped(companies.named_alike(keys), lambda company: company.name_key) if keys else {}

    def company(self, name: str) -> Company | None:
        """The company that `know_companies` found; None where there is none. Unknown where there are several."""
        found = self._companies[name]
        if not isinstance(found, list):
            return found
        if found:
            raise Unknown(
                _("「%(name)s」にあたる顧客が2件以上あります。顧客の番号で指定してください。")
                % {"name": name},
                field="company",
                choices=told_apart(found),
            )
        return None

    def company_numbered(self, numbers: Iterable[str]) -> dict[str, Company]:
        known = Company.objects.filter(source=self.source, external_id__in=set(numbers))
        return {company.external_id: survivor_of(company) for company in known if company.external_id}

    def make_company(self, name: str) -> Company:
        company = customers.add_company(name=name, source=self.source, by=self.by, at=self.at)
        self._companies[name] = company
        return company

    def nobodys_company(self) -> Company:
        """顧客不明(取り込み) — where deals go that name no customer."""
        self.know_companies([NOBODYS_COMPANY])
        return self.company(NOBODYS_COMPANY) or self.make_company(NOBODYS_COMPANY)

    # ── people ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _people(self) -> dict[str, User | None]:
        """Everybody by number, address and name; None where several people go by it. The surest comes last."""
        people = list(User.objects.all())
        ours = [user for user in people if user.source == self.source]
        known: dict[str, User | None] = {}
        for users, called in (
            (people, lambda user: _plain(user.name)),
            (people, lambda user: user.name),
            (ours, lambda user: user.name),
            (people, lambda user: (user.email or "").casefold()),
            (ours, lambda user: user.external_id or ""),
        ):
            grouped = _grouped(users, called)
            known |= {name: found[0] if len(found) == 1 else None for name, found in grouped.items() if name}
        return known

    def person(self, name: str) -> User | None:
        """Whom the file means, by number, address or name; None if that is nobody, or more than one."""
        for called in (name, name.casefold(), _plain(name)):
            if called in self._people:
                return self._people[called]
        return None

    def somebody(self, name: str, *, asks: bool) -> User | None:
        """Whom the file means; nobody's work is nobody's, unless a person can be asked whose it is."""
        found = self.person(name)
        if found is None and asks:
            raise Unknown(_("担当「%(name)s」が利用者の中に見つかりません。") % {"name": name}, field="owner")
        return found

    # ── why deals are lost ─────────────────────────────────────────────────────────────────────────

    @cached_property
    def no_reason(self) -> LostReason:
        return deals.unknown_reason()

    @cached_property
    def reasons(self) -> dict[str, LostReason]:
        return {reason.label: reason for reason in LostReason.objects.all()}

    def reason(self, label: str) -> LostReason:
        """The reason in these words; a new one gets a cause that is left out of every comparison of people."""
        if label not in self.reasons:
            self.reasons[label] = deals.add_lost_reason(
                label=label, cause=Cause.CUSTOMER, by=self.by, at=self.at
            )
        return self.reasons[label]

    # ── what belongs to a company ──────────────────────────────────────────────────────────────────

    def deals(self, numbers: Iterable[str]) -> dict[str, Deal]:
        known = Deal.objects.filter(source=self.source, external_id__in=set(numbers)).select_related(
            "company"
        )
        return {deal.external_id: deal for deal in known if deal.external_id}

    def contact(self, name: str, company: Company) -> Contact:
        """Somebody of that company, by number or name."""
        found = Contact.objects.kept().filter(company=company)
        merged = Contact.objects.filter(company=company, merged_into__isnull=False)
        numbered = {"source": self.source, "external_id": name}
        several = list(found.filter(**numbered) or map(survivor_of, merged.filter(**numbered)))
        several = several or list(found.filter(name=name)[:2])
        if len(several) != 1:
            raise Unknown(
                _("担当者「%(name)s」がこの会社に見つかりません。") % {"name": name}, field="contact"
            )
        return several[0]


def told_apart(companies: Iterable[Company]) -> list[tuple[str, str]]:
    """Companies of one name as a choice."""
    return [
        (str(one.pk), " ".join(part for part in (one.name, one.address or one.phone) if part))
        for one in companies
    ]


def _ids(names: Iterable[str]) -> list[str]:
    """Those of the names that are records' own ids."""
    return [name for name in names if _ID.fullmatch(name)]


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _grouped(records: Iterable[Any] | QuerySet, by: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        groups[by(record)].append(record)
    return groups
