"""The measured pages, asked through the whole stack, each beside its yardstick."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.activities.models import Follow
from apps.base.models import new_id
from apps.base.month import Month
from apps.tenancy import queries
from apps.tenancy.context import inside
from bench import yardstick

Ask = Callable[[], object]


def of(slug: str) -> Iterator[tuple[str, Ask, Ask]]:
    tenant = queries.named(slug)
    host = f"{slug}.localhost"
    with inside(tenant):
        rep = User.objects.get(email="rep0@bench.example")
        reps = list(User.objects.filter(email__startswith="rep").values_list("pk", flat=True))
        busy = (
            Follow.objects.filter(deal__isnull=False)
            .order_by("-happened_at")
            .values("company", "deal")
            .first()
        )
        browser = Client(SERVER_NAME=host)
        browser.force_login(rep)
        key = browser.cookies["session"].value
        months = list((Month.of(timezone.localdate()) - 5).range(6))
        zone = tenant.zone
        window = (months[0].starts_at(zone), months[-1].ends_at(zone))
        company, deal = busy["company"], busy["deal"]
        pages = {
            "companies": (reverse("customers:companies"), lambda: yardstick.company_list()),
            "company": (
                reverse("customers:company", args=[company]),
                lambda: yardstick.company_page(company),
            ),
            "deal": (reverse("deals:deal", args=[deal]), lambda: yardstick.deal_page(deal)),
            "timeline": (reverse("activities:of-deal", args=[deal]), lambda: yardstick.timeline(deal)),
            "table rep": (
                f"{reverse('reviews:table')}?rep={rep.pk}&from={months[0]}&months=6",
                lambda: yardstick.table([rep.pk], months, *window),
            ),
            "table 12 reps": (
                f"{reverse('reviews:table')}?org=1&from={months[0]}&months=6",
                lambda: yardstick.table(reps, months, *window),
            ),
        }
        record = f"{reverse('activities:record-follow')}?company={company}"

    def bare(rows: Callable[[], bytes]) -> Ask:
        def ask() -> None:
            yardstick.someone(host, key)
            rows()
            connection.set_schema_to_public()

        return ask

    def got(url: str) -> Ask:
        def ask() -> None:
            assert browser.get(url).status_code == 200, url

        return ask

    def recorded() -> None:
        given = {
            "key": str(new_id()),
            "kind": "call",
            "outcome": "connected",
            "direction": "out",
            "company": company,
        }
        assert browser.post(record, given).status_code == 302

    for name, (url, rows) in pages.items():
        yield name, got(url), bare(rows)
    yield "record follow", recorded, bare(lambda: yardstick.record_follow(company, rep.pk))


def queries_of(ask: Ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)
