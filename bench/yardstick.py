"""What each measured page is held against: the same facts with nothing around them.

Session, user, the fewest indexed queries, `values_list` rows joined as strings; no template, no form, no permission.
Never changed in a commit that changes a measured page. Every function answers the bytes it would send.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.activities.models import DayTally, Follow, Visit
from apps.base.models import new_id
from apps.customers.models import Company, Contact
from apps.deals.models import Deal, DealChange, DealState, Milestone
from apps.goals.models import MonthlyGoal
from apps.tenancy.models import Tenant


def someone(host: str, session_key: str) -> tuple:
    """Tenant by host, session and user: what no page can do without."""
    connection.set_schema_to_public()
    tenant = Tenant.objects.filter(domains__domain=host, status="active").first()
    connection.set_tenant(tenant)
    session = Session.objects.filter(pk=session_key, expire_date__gt=timezone.now()).get()
    return (
        User.objects.filter(pk=session.get_decoded()["_auth_user_id"])
        .values_list("pk", "name", "roles")
        .get()
    )


def joined(*lists: Iterable[tuple]) -> bytes:
    return "\n".join("\t".join(map(str, row)) for rows in lists for row in rows).encode()


def company_list() -> bytes:
    rows = Company.objects.filter(trashed_at__isnull=True).order_by("reading", "id")
    return joined(rows.values_list("id", "name", "reading", "phone", "address")[:51])


def company_page(company) -> bytes:
    return joined(
        Company.objects.filter(pk=company).values_list(),
        Contact.objects.filter(company=company, trashed_at__isnull=True).values_list(
            "name", "title", "phone"
        ),
    )


def deal_page(deal) -> bytes:
    return joined(
        Deal.objects.filter(pk=deal).values_list(
            "id", "plan", "amount", "expected_month", "company__name", "owner__name"
        ),
        Contact.objects.filter(company__deals=deal, trashed_at__isnull=True).values_list(
            "name", "title", "phone"
        ),
    )


def timeline(deal) -> bytes:
    return joined(
        Follow.objects.filter(deal=deal)
        .order_by("-happened_at")
        .values_list("happened_at", "kind", "body")[:50],
        Visit.objects.filter(deal=deal).order_by("-starts_at").values_list("starts_at", "kind")[:50],
        DealChange.objects.filter(deal=deal).order_by("at", "id").values_list("at", "fields"),
    )


@transaction.atomic
def record_follow(company, owner) -> bytes:
    now = timezone.now()
    day = timezone.localdate(now)
    follow = Follow(
        id=new_id(), company_id=company, owner_id=owner, kind="call", outcome="connected", happened_at=now,
        happened_on=day, created_at=now, changed_at=now,
    )  # fmt: skip
    Follow.objects.bulk_create([follow])
    return str(follow.pk).encode()


def table(owners: list, months: list, since: datetime, before: datetime) -> bytes:
    """The rows that a table of these people and months is made of, each found by its index."""
    return joined(
        DealState.objects.filter(
            owner__in=owners, expected_month__in=months, stage__in=("deal", "topic")
        ).values_list(
            "deal", "stage", "rank", "amount", "expected_month", "valid_from", "valid_until", "company__name"
        ),
        Milestone.objects.filter(
            owner__in=owners, kind__in=("won", "lost"), at__gte=since, at__lt=before
        ).values_list("deal", "kind", "at", "amount"),
        DayTally.objects.filter(owner__in=owners, day__gte=since.date(), day__lt=before.date()).values_list(
            "owner_id", "day", "follows", "visits"
        ),
        MonthlyGoal.objects.filter(rep__in=owners, month__in=months).values_list(),
    )
