"""A line between its reading and its record: what was read, what the person corrected, and what it will change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.actions import forms, operations, queries
from apps.actions.capture import names, parse
from apps.actions.capture.reading import Certainty, Chip, Reading
from apps.actions.capture.tenant import OfTenant
from apps.activities.models import Visit
from apps.activities.vocabulary import Direction
from apps.base.month import Month
from apps.base.templatetags import baton
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.deals import queries as deals
from apps.deals import rules
from apps.deals.models import Deal

SURE, GUESS, UNKNOWN = Certainty.SURE, Certainty.GUESS, Certainty.UNKNOWN
_SUGGESTED = 6


@dataclass(frozen=True)
class Shown:
    """A chip on the page: label, value in words, certainty, and the fields that correct it."""

    name: str
    label: str
    value: str
    certainty: Certainty
    fields: list[Any]

    @property
    def asks(self) -> bool:
        """Nothing is kept before this is said."""
        return any(field.errors for field in self.fields)

    @property
    def how(self) -> str:
        return {SURE: _("読み取りました"), GUESS: _("推測"), UNKNOWN: _("未入力")}[self.certainty]


class Captured:
    """One line with its form. `posted`: what the page showed and the person may have changed there; `now`: when it
    was written."""

    def __init__(
        self, line: str, *, user: User, now: datetime, posted: Mapping[str, Any] | None = None
    ) -> None:
        self.line, self.user, self.now = line.strip(), user, now
        self.posted = posted or {}
        self.names = OfTenant(user)
        self.reading = self._read(self.line, self.chosen)
        self.company = self._company()
        self.deals = deals.open_deals_at(self.company, owner=user) if self.company else Deal.objects.none()
        self.form = forms.CaptureForm(
            self._values(), company=self.company, deals=self.deals, now=now, auto_id="cap_%s"
        )
        self.form.is_valid()  # what it takes is shown, also while something is missing

    @cached_property
    def chosen(self) -> Company | None:
        """The company that the person tapped."""
        pk = self.posted.get("company")
        return _found(customers.companies(), pk) if pk else None

    def _read(self, line: str, company: Company | None) -> Reading:
        today = timezone.localdate(self.now)
        said = company and names.Company(company.pk, company.name, company.reading)
        return parse.read(line, today=today, names=self.names, company=said or None)

    def _company(self) -> Company | None:
        """What is kept without asking: the tapped one, or the one that is sure."""
        if self.chosen or self.reading.company.certainty is not SURE or self.reading.company.value is None:
            return self.chosen
        return _found(customers.companies(), self.reading.company.value.id)

    @cached_property
    def offered(self) -> list[Company]:
        """Which companies it may be: as read, or as searched for."""
        if words := str(self.posted.get("company_words", "")).strip():
            found = list(customers.companies(words=words).order_by("reading", "pk")[:_SUGGESTED])
            return found or customers.nearly_named(words, size=_SUGGESTED)
        ids = [company.id for company in self.reading.candidates]
        known = customers.companies().in_bulk(ids)
        return [known[pk] for pk in ids if pk in known]

    def _values(self) -> dict[str, Any]:
        """What was read, but where the person has said otherwise."""
        values = self._as_read(self.reading)
        if "read" in self.posted:
            before = self._as_read(self._read(str(self.posted["read"]), self.chosen))
            values |= {
                name: self.posted[name]
                for name in values.keys() & self.posted.keys() - {"company"}
                if str(self.posted[name]) != before[name]
            }
            values |= {name: self.posted[name] for name in ("deal", "opens_deal") if name in self.posted}
        if values["contact"] and self.company and not self._works_there(values["contact"]):
            values["contact"] = ""
        if len(self.deals) == 1:
            values.setdefault("deal", str(self.deals[0].pk))
        values["key"] = self.posted.get("key") or str(forms.CaptureForm.base_fields["key"].initial())
        return values | {"line": self.line, "company": str(self.company.pk) if self.company else ""}

    def _works_there(self, pk: str) -> bool:
        """The person whom the page had named may be of the company that was named before."""
        return any(str(known.id) == pk for known in self.reading.people.get(self.company.pk, ()))  # type: ignore[union-attr]

    @staticmethod
    def _as_read(reading: Reading) -> dict[str, Any]:
        ahead = reading.next.value
        return {
            "company": "",
            "contact": str(reading.contact.value.id) if reading.contact.value else "",
            "kind": reading.kind.value or "",
            "outcome": reading.outcome.value or "",
            "direction": reading.direction.value or "out",
            "minutes": "" if reading.minutes.value is None else str(reading.minutes.value),
            "happened_on": str(reading.happened_on.value or ""),
            "result": reading.result.value or "",
            "plan": reading.plan.value or "",
            "amount": str(reading.amount.value or ""),
            "expected_month": f"{reading.timing.value:%Y-%m}" if reading.timing.value else "",
            "next_action": ahead.what if ahead else "",
            "next_action_on": str(ahead.on) if ahead and ahead.on else "",
        }

    @property
    def ready(self) -> bool:
        return not self.form.errors

    def keep(self, *, at: datetime, together: UUID | None = None) -> bool:
        """Record it, once. Says whether it is new."""
        return keep_once(
            self.form.told, key=self.form.cleaned_data["key"], together=together, by=self.user, at=at
        )

    @property
    def missing(self) -> list[str]:
        """What still has to be said before the line can be kept."""
        return [str(error) for errors in self.form.errors.values() for error in errors]

    @cached_property
    def deal(self) -> Deal | None:
        return self.form.cleaned_data.get("deal")

    @cached_property
    def after(self) -> Deal | None:
        """The deal as it would stand with what became known."""
        learned = self.form.learned
        if self.deal is None or not learned:
            return None
        facts = {
            name: learned.get(name, getattr(self.deal, name)) for name in ("plan", "amount", "expected_month")
        }
        after, told = Deal(**facts), facts | {"rank": self.deal.rank}
        state = rules.fold([rules.Change(self.now, told)]).present
        after.stage, after.rank = state.stage, state.rank
        return after

    @property
    def turns(self) -> bool:
        return bool(self.deal and self.after and self.after.stage != self.deal.stage)

    @property
    def unmet(self) -> bool:
        """A visit where nobody was: it is kept, but counts nowhere and breaks no silence."""
        return (self.form["kind"].value(), self.form["outcome"].value()) == ("visit", "absent")

    @property
    def loose_facts(self) -> bool:
        """The line says something of a deal, but no deal takes it."""
        opens = self.form.cleaned_data.get("opens_deal")
        return bool(self.company and not self.deals and not opens and (self.form.learned or self.form.ahead))

    @cached_property
    def awaiting(self) -> Visit | None:
        """A planned visit of today, whose report this line begins."""
        if self.form["kind"].value() != "visit" or self.company is None:
            return None
        return queries.visit_awaiting_report(self.company, owner=self.user, now=self.now)

    @property
    def in_full(self) -> str:
        """くわしく直す — the whole form, with what is known."""
        if self.company is None:
            return ""
        wanted = ("kind", "outcome", "direction", "minutes", "contact")
        values = {name: self.form[name].value() for name in wanted if name in self.form.fields}
        values |= {"company": self.company.pk, "body": self.line}
        if self.deal:
            values["deal"] = self.deal.pk
        known = {name: value for name, value in values.items() if value not in (None, "", "visit")}
        return f"{reverse('activities:record-follow')}?{urlencode(known)}"

    @cached_property
    def chips(self) -> list[Shown]:
        """What the line was read as, the needed first; what nobody said stands in the last."""
        form, reading = self.form, self.reading
        kind = dict(forms.KINDS).get(form["kind"].value(), "")
        outcome = dict(forms.FollowOutcome.choices).get(form["outcome"].value(), "")
        whose = Direction.IN.label if form["direction"].value() == Direction.IN else ""
        said = _("・").join(str(word) for word in (whose, kind, outcome) if word) or baton.NOTHING
        certain = UNKNOWN
        if kind and outcome:
            certain = self._certain("outcome", reading.outcome, floor=reading.kind)
        chips = [
            self._shown("company", _("顧客"), self._company_words(), self._company_certainty(), ["company"]),
            self._shown("contact", _("相手"), self._contact_words(), self._certain("contact", reading.contact), ["contact"]),
            self._shown("kind", _("フォロー"), said, certain, ["kind", "outcome", "direction"]),
            self._shown("minutes", _("時間"), self._minutes_words(), self._certain("minutes", reading.minutes), ["minutes"]),
            self._shown("happened_on", _("いつ"), self._day_words("happened_on"), self._certain("happened_on", reading.happened_on), ["happened_on"]),
            self._shown("result", _("結果"), form["result"].value() or "", self._certain("result", reading.result), ["result"]),
            self._shown("plan", _("プラン"), form["plan"].value() or "", self._certain("plan", reading.plan), ["plan"]),
            self._shown("amount", _("価格"), self._money_words(), self._certain("amount", reading.amount), ["amount"]),
            self._shown("expected_month", _("時期"), self._month_words(), self._certain("expected_month", reading.timing), ["expected_month"]),
            self._shown("next_action", _("次の一手"), self._next_words(), self._certain("next_action", reading.next), ["next_action", "next_action_on"]),
        ]  # fmt: skip
        if "deal" in form.fields and (len(form.deals) > 1):
            certainty = SURE if form["deal"].value() else UNKNOWN
            chips.append(self._shown("deal", _("案件"), str(self.deal or ""), certainty, ["deal"]))
        needed = ("company", "kind", "deal")
        return [chip for chip in chips if chip.fields is not None and (chip.value or chip.name in needed)]

    @property
    def more(self) -> list[Any]:
        """The fields of what the line did not say."""
        shown = {field.name for chip in self.chips for field in chip.fields}
        order = ("contact", "minutes", "happened_on", "result", "plan", "amount", "expected_month", *("next_action", "next_action_on"))  # fmt: skip
        return [self.form[name] for name in order if name in self.form.fields and name not in shown]

    def _shown(self, name: str, label: str, value: Any, certainty: Certainty, fields: list[str]) -> Shown:
        return Shown(
            name, label, str(value), certainty, [self.form[f] for f in fields if f in self.form.fields]
        )

    def _certain(self, name: str, chip: Chip, *, floor: Chip | None = None) -> Certainty:
        """What the person said is sure."""
        said = self.form[name].value() if name in self.form.fields else None
        if not said:
            return UNKNOWN
        if str(said) != self._as_read(self.reading)[name]:
            return SURE
        return GUESS if GUESS in (chip.certainty, floor and floor.certainty) else SURE

    def _company_certainty(self) -> Certainty:
        return SURE if self.company else GUESS if self.reading.company.known else UNKNOWN

    def _company_words(self) -> str:
        if self.company:
            return self.company.name
        if self.reading.company.value:
            return _("%(name)sですか") % {"name": self.reading.company.value.name}
        return self.reading.new_name or _("どの会社ですか")

    def _contact_words(self) -> str:
        pk = self.form["contact"].value() if "contact" in self.form.fields else ""
        found = [c for c in self.form.fields["contact"].queryset if str(c.pk) == str(pk)] if pk else []
        return " ".join(filter(None, (found[0].name, found[0].title))) if found else ""

    def _minutes_words(self) -> str:
        minutes = self.form["minutes"].value()
        return _("%(minutes)s分") % {"minutes": minutes} if minutes else ""

    def _cleaned(self, name: str) -> Any:
        return self.form.cleaned_data.get(name)

    def _day_words(self, name: str) -> str:
        day = self._cleaned(name)
        return baton.near_day(day) if day else ""

    def _money_words(self) -> str:
        return baton.money(amount) if (amount := self._cleaned("amount")) else ""

    def _month_words(self) -> str:
        month = self._cleaned("expected_month")
        return baton.month(Month.of(month) if not isinstance(month, Month) else month) if month else ""

    def _next_words(self) -> str:
        act = self.form["next_action"].value() or ""
        return " ".join(filter(None, (self._day_words("next_action_on"), act)))


def keep_once(
    told: operations.Told, *, key: UUID, together: UUID | None = None, by: User, at: datetime
) -> bool:
    """Sent twice, the first one made it. Says whether it is new."""
    earlier = queries.captures(by).filter(pk=key)
    if earlier.exists():
        return False
    try:
        operations.capture(told, key=key, together=together or key, by=by, at=at)
    except IntegrityError:  # the other of two at the same time was first
        if not earlier.exists():
            raise
        return False
    return True


def _found(companies: Any, pk: Any) -> Company | None:
    try:
        return companies.filter(pk=pk).first()
    except (ValueError, TypeError, forms.forms.ValidationError):
        return None


def key_of_line(key: UUID, number: int, line: str) -> UUID:
    """The key of one of several lines that are kept at once."""
    return uuid5(key, f"{number} {line}")
