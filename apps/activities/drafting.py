"""What is proposed around a visit, out of the record: nothing here is kept until somebody sends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.activities import queries, rules
from apps.activities.models import ExpectedIssue, PostVisitReport, Visit
from apps.activities.vocabulary import Turnout
from apps.base.month import Month
from apps.base.templatetags import baton
from apps.customers import queries as customers
from apps.customers.vocabulary import DecisionRole, Stance
from apps.deals import queries as deals
from apps.deals.models import Deal

FEW = 6
"""As many chips as a thumb finds without reading all of them."""
CONTACTS = 5
"""As many of the last contacts are read for what was said."""


@dataclass(frozen=True)
class Offers:
    """What a report after a visit offers for a tap: amounts in yen, and days for what comes next."""

    days: Sequence[date]
    plans: Sequence[str] = ()
    amounts: Sequence[int] = ()
    months: Sequence[Month] = ()


def offers(visit: Visit, deal: Deal | None, *, to: User, now: datetime) -> Offers:
    days = days_to_act(to, today=localdate(now))
    if deal is None:
        return Offers(days)
    prices = {plan.name: plan.price for plan in deals.plans()}
    said = [yen for words in last_words(visit) for yen in rules.amounts_said(words)]
    amounts = [deal.amount, prices.get(deal.plan), *said, *prices.values()]
    months = {*Month.of(localdate(now)).range(4), *filter(None, [deal.expected_month])}
    return Offers(
        days,
        plans=_few([deal.plan, *prices]),
        amounts=_few(amounts),
        months=sorted(months),
    )


def _few(offered: Sequence) -> list:
    return [one for one in dict.fromkeys(offered) if one][:FEW]


def days_to_act(user: User, *, today: date) -> list[date]:
    """Today, tomorrow, and the first working day after."""
    tomorrow = today + timedelta(days=1)
    return [today, tomorrow, accounts.working_time_of(user, on=today).next_day(tomorrow)]


def last_words(visit: Visit) -> list[str]:
    """What was said at the company's last contacts before this visit, the latest first."""
    return [words for _at, _how, words in _last_told(visit)]


def _last_told(visit: Visit) -> list[tuple[datetime, str, str]]:
    """When, by what and in which words."""
    followed = queries.follows().filter(company=visit.company_id).exclude(body="").order_by("-happened_at")
    met = PostVisitReport.objects.filter(visit__company=visit.company_id, visit__trashed_at=None)
    met = met.exclude(visit=visit).exclude(result="").select_related("visit").order_by("-visit__starts_at")
    told = [
        *((follow.happened_at, follow.get_kind_display(), follow.body) for follow in followed[:CONTACTS]),
        *((report.visit.starts_at, _("訪問"), report.result) for report in met[:CONTACTS]),
    ]
    return sorted(told, key=lambda line: line[0], reverse=True)[:CONTACTS]


# ── before a visit ─────────────────────────────────────────────────────────────────────────────────

SHORT = 80
"""As long as a line of the situation is, so that all of it is read at a glance."""
LATELY = timedelta(days=180)


@dataclass(frozen=True)
class Draft:
    """外出前報告の下書き — `issues` are only offered, one by one."""

    situation: str
    goal: str
    issues: Sequence[str]


def draft(visit: Visit, *, to: User, now: datetime) -> Draft:
    deal = visit.deal if visit.deal and not visit.deal.trashed_at and visit.deal.is_open else None
    missing = _missing(deal) if deal else []
    contacts = [
        f"{baton.day(at)} {how}: {_short(words)}" for at, how, words in reversed(_last_told(visit)[:3])
    ]
    goal = deal.next_action if deal else ""
    if missing and not goal:
        goal = _("%(axes)sを聞く") % {"axes": _("・").join(missing)}
    state = [_state(deal, missing)] if deal else []
    return Draft(
        situation="\n".join([*contacts, *state, *_route(visit)]),
        goal=goal,
        issues=_issues_to_expect(visit, to, now=now),
    )


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"


def _missing(deal: Deal) -> list[str]:
    axes = {_("プラン"): deal.plan, _("価格"): deal.amount, _("時期"): deal.expected_month}
    return [name for name, known in axes.items() if not known]


def _state(deal: Deal, missing: Sequence[str]) -> str:
    known = [
        baton.stage_with_rank(deal.stage, deal.rank),
        deal.plan,
        deal.amount and baton.money(deal.amount),
        deal.expected_month and baton.month(deal.expected_month),
    ]
    state = " ".join(filter(None, known))
    if not missing:
        return state
    return _("%(state)s(%(axes)sはまだわかりません)") % {"state": state, "axes": _("・").join(missing)}


def _route(visit: Visit) -> list[str]:
    """Who decides, as far as it is known."""
    people = customers.contacts().filter(company=visit.company_id).exclude(role=DecisionRole.UNKNOWN)
    lines = []
    for contact in people.order_by("reading", "pk"):
        stance = "" if contact.stance == Stance.UNKNOWN else f"({contact.get_stance_display()})"
        lines.append(f"{contact.get_role_display()}: {contact.name}{stance}")
    if not any(contact.role == DecisionRole.DECIDER for contact in people):
        lines.append(_("決裁者がまだわかっていません。"))
    return lines


def _issues_to_expect(visit: Visit, user: User, *, now: datetime) -> list[str]:
    """What was still open or turned out otherwise at this company, then what this person expects most often."""
    kept = ExpectedIssue.objects.filter(visit__trashed_at=None).exclude(visit=visit)
    here = kept.filter(visit__company=visit.company_id).exclude(turnout=Turnout.AS_EXPECTED)
    here = here.order_by("-visit__starts_at", "position")[: FEW * 2]
    often = kept.filter(visit__owner=user, visit__starts_at__gte=now - LATELY)
    often = often.values_list("text").annotate(times=Count("pk")).order_by("-times", "text")[: FEW * 2]
    there = set(visit.issues.values_list("text", flat=True))
    offered = [_in_one_line(issue) for issue in here] + [text for text, _times in often]
    return _few([text for text in offered if text not in there])


def _in_one_line(issue: ExpectedIssue) -> str:
    told = issue.how_different if issue.turnout == Turnout.DIFFERENT else ""
    return " ".join((told or issue.text).split())[:500]
