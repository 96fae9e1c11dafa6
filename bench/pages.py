"""The measured pages, each beside its yardstick."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, User
from apps.accounts.queries import memberships_of, reps
from apps.activities.models import Follow
from apps.base.models import new_id
from apps.base.month import Month
from apps.customers.models import Company
from apps.deals.models import Deal
from apps.tenancy import queries
from apps.tenancy.context import inside
from bench import yardstick
from bench.data import TEAM
from bench.road import Ask, Bare, Browser

PARTS = {
    "… its deals": "company-deals",
    "… its people": "people",
    "… its time": "timeline",
    "search": "found",
    "read a line": "capture-chips",
}
"""What a page asks for once it stands there, or while somebody types; the rest are asked whole."""


@dataclass(frozen=True)
class Page:
    """`counterpart` asks the yardstick. `compared`: its p50 is held against the smaller tenant's."""

    name: str
    ask: Ask
    counterpart: Ask
    compared: bool = True


def of(slug: str) -> Iterator[Page]:
    tenant, host = queries.named(slug), f"{slug}.localhost"
    with inside(tenant):
        rep = User.objects.get(email="rep0@bench.example")
        browser = Browser(host, session=_session(rep))
        program = Browser(host, token=accounts.make_token(rep, name="bench", by=SYSTEM, at=timezone.now()))
        gets, posts = list(_gets(rep)), _posts(rep)
    application = WSGIHandler()
    for name, path, rows, compared in gets:
        asking = browser.asking(application, path, part=PARTS.get(name, ""))
        yield Page(name, asking, browser.asking(Bare(rows), "/"), compared)
    for name, path, send, rows in posts:
        expected = ("200",) if name in PARTS else ("302", "201")
        by = program if path.startswith("/api/") else browser
        bare = browser.asking(Bare(rows), "/", send=send)
        yield Page(
            name, by.asking(application, path, send=send, part=PARTS.get(name, ""), expected=expected), bare
        )


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "apps.accounts.backends.TenantBackend"
    session.create()
    return str(session.session_key)


def _gets(rep: User) -> Iterator[tuple[str, str, Callable[[], bytes], bool]]:
    """Name, address, the yardstick's rows, and whether the page shows as much in a smaller company."""
    deal = _middling(rep)
    company = deal.company_id
    middle = Company.objects.order_by("reading", "id")[Company.objects.count() // 2]
    key = middle.reading[-4:]
    mine, everybody = {"owner": rep.pk}, {"who": "all"}
    pages: list[tuple[str, str, Callable[[], bytes], bool]] = [
        ("today", _at("actions:today"), partial(yardstick.today, rep.pk), True),
        ("companies", _at("customers:companies"), yardstick.companies, True),
        ("companies found", _at("customers:companies", q=key), partial(yardstick.companies, search_key__contains=key), True),
        ("company", _of("customers:company", company), partial(yardstick.company, company), True),
        ("… its deals", _of("deals:of-company", company), partial(yardstick.company_deals, company), True),
        ("… its people", _of("activities:people-of-company", company), partial(yardstick.company_people, company), True),
        ("… its time", _of("activities:of-company", company), partial(yardstick.timeline, company=company), True),
        ("deal", _of("deals:deal", deal.pk), partial(yardstick.deal, deal.pk), True),
        ("… its time", _of("activities:of-deal", deal.pk), partial(yardstick.timeline, deal=deal.pk), True),
        ("deals", _at("deals:list", view="list"), partial(yardstick.deals, **mine), True),
        ("deals, all", _at("deals:list", view="list", **everybody), yardstick.deals, False),
        ("board", _at("deals:list", view="stage"), partial(yardstick.board, **mine), True),
        ("board, all", _at("deals:list", view="stage", **everybody), yardstick.board, False),
        ("months", _at("deals:list", view="month"), partial(yardstick.months, **mine), True),
        ("months, all", _at("deals:list", view="month", **everybody), yardstick.months, False),
        ("follows", _at("activities:follows"), partial(yardstick.follows, **mine), True),
        ("follows, all", _at("activities:follows", who="all"), yardstick.follows, True),
        ("search", _at("integrations:search", q=key), partial(yardstick.search, key), True),
    ]  # fmt: skip
    yield from pages
    yield from _tables(rep)


def _tables(rep: User) -> Iterator[tuple[str, str, Callable[[], bytes], bool]]:
    zone = timezone.get_current_timezone()
    months = list((Month.of(timezone.localdate()) - 3).range(6))
    table = partial(yardstick.table, months, zone)
    period = {"from": str(months[0]), "months": 6}
    team = memberships_of(rep).first().team_id
    twelve = list(reps().filter(memberships__team=team).values_list("pk", flat=True)[:TEAM])
    yield "table, rep", _at("reviews:table", rep=rep.pk, **period), partial(table, reps=[rep.pk]), True
    yield "table, 12 reps", _at("reviews:table", team=team, **period), partial(table, reps=twelve), True
    yield "table, all", _at("reviews:table", org=1, **period), table, False
    excel = _at("reviews:table-xlsx", team=team, **period)
    yield "… 12 as Excel", excel, partial(table, reps=twelve), True


def _middling(rep: User) -> Deal:
    """An open deal, the rep's if there is one, with about as many follows as a deal has."""
    found = Deal.objects.kept().open()
    mine = found.filter(owner=rep)
    of = mine if mine.exists() else found
    counted = Follow.objects.filter(deal__in=of).values_list("deal").annotate(n=Count("pk"))
    busy = counted.order_by("-n").values_list("deal", flat=True)
    return Deal.objects.get(pk=busy[len(busy) // 2])


def _at(name: str, **asked: object) -> str:
    return f"{reverse(name)}?{urlencode(asked)}" if asked else reverse(name)


def _of(name: str, pk: object) -> str:
    return reverse(name, args=[pk])


def _posts(rep: User) -> list[tuple[str, str, Callable[[], tuple[bytes, str]], Callable[[], bytes]]]:
    company = Company.objects.order_by("reading", "id")[10].pk
    facts = {"kind": "call", "outcome": "connected", "direction": "out", "company": str(company)}

    def form() -> tuple[bytes, str]:
        return urlencode(facts | {"key": new_id()}).encode(), "application/x-www-form-urlencoded"

    def document() -> tuple[bytes, str]:
        return json.dumps(facts).encode(), "application/json"

    def line() -> tuple[bytes, str]:
        written = "計測00010 山田課長 電話 10分 見積に前向き 次は19日訪問"
        return urlencode({"line": written}).encode(), "application/x-www-form-urlencoded"

    rows = partial(yardstick.record_follow, company, rep.pk)
    known = partial(yardstick.line, company, rep.pk, "計測00010")
    return [
        ("read a line", reverse("actions:capture"), line, known),
        ("record follow", _at("activities:record-follow", company=company), form, rows),
        ("… by the API", "/api/v1/follows/", document, rows),
    ]


def queries_of(ask: Ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)
