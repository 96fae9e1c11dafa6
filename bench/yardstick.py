"""What each measured page is held against: the rows that it shows and nothing around them.

The fewest indexed queries, `values_list` rows joined as strings; no instance, template, form or permission.
Tenant, session and user come before, by the same road (`bench.road.Bare`).
Never changed in a commit that changes a measured page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Length, TruncMonth
from django.utils import timezone

from apps.accounts.models import SavedView, User
from apps.activities.models import DayTally, ExpectedIssue, Follow, Visit
from apps.base.models import new_id
from apps.base.month import Month
from apps.customers.models import Company, Contact, ListEntry
from apps.deals.models import Deal, DealChange, DealState, Milestone
from apps.goals.models import MonthlyGoal
from apps.journal.models import Entry

SHOWN = 51  # a page of rows, and whether there is a next
COUNTED = 10_001  # follows, as far as the page counts them
CARDS = 20


def joined(*lists: Iterable[tuple]) -> bytes:
    return "\n".join("\t".join(map(str, row)) for rows in lists for row in rows).encode()


def _sellers() -> QuerySet:
    """Whom a page lets one choose."""
    return User.objects.active().order_by("reading").values_list("id", "name")


def _views(of: str) -> QuerySet:
    """The tabs over a list."""
    seen = SavedView.objects.filter(list_name=of, trashed_at__isnull=True)
    return seen.order_by("shared", "name", "id").values_list("id", "name", "shared", "query")


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────


def companies(**narrowed: Any) -> bytes:
    found = Company.objects.filter(trashed_at__isnull=True, **narrowed)
    rows = found.order_by("reading", "id").values_list(
        "id", "name", "reading", "industry", "area", "employees", "phone"
    )
    return joined(rows[:SHOWN], [(found.count(),)], _views("companies"))


_DEAL = (
    "id", "plan", "amount", "expected_month", "stage", "rank", "next_action", "next_action_on", "version",
    "company__name", "owner_id", "owner__name",
)  # fmt: skip


def _open(**whose: Any) -> QuerySet[Deal]:
    return Deal.objects.filter(trashed_at__isnull=True, stage__in=("prospect", "topic", "deal"), **whose)


def _urgent(found: QuerySet[Deal]) -> QuerySet:
    due = Coalesce(F("next_action_on"), Value(date.min))
    return found.order_by(due, "id").values_list(*_DEAL)


def deals(**whose: Any) -> bytes:
    total = _open(**whose).aggregate(count=Count("pk"), amount=Sum("amount"))
    reps = _sellers()
    return joined(_urgent(_open(**whose))[:SHOWN], [tuple(total.values())], reps, _views("deals"))


def board(**whose: Any) -> bytes:
    """The first cards of each column with its sums in one query, what closed this month in another."""
    began = Month.of(timezone.localdate()).starts_at(timezone.get_current_timezone())
    closed = Deal.objects.filter(trashed_at__isnull=True, closed_at__gte=began, **whose)
    return joined(
        _columns("stage || rank", **whose),
        closed.order_by("-closed_at", "id").values_list(
            "id", "outcome", "closed_at", "amount", "lost_kind", "comes_back_on", "company__name"
        )[: 2 * CARDS],
    )


def months(**whose: Any) -> bytes:
    """A column for each of six months, one before and one after them, one for no month."""
    first = Month.of(timezone.localdate())
    ends = {"first": first.first_day, "last": (first + 5).first_day}
    return joined(
        _columns(
            "d.expected_month IS NULL, greatest(least(d.expected_month, %(last)s + 1), %(first)s - 1)",
            **whose,
            **ends,
        )
    )


_CARDS = """
    SELECT id, plan, amount, expected_month, stage, rank, next_action, next_action_on, version, name, owner_id, owner,
           count, sum
    FROM (
        SELECT d.*, c.name AS company, u.name AS owner, count(*) OVER whole, sum(d.amount) OVER whole,
               row_number() OVER (PARTITION BY {column} ORDER BY coalesce(d.next_action_on, '-infinity'), d.id) AS place
        FROM deals_deal d
        JOIN customers_company c ON c.id = d.company_id
        LEFT JOIN accounts_user u ON u.id = d.owner_id
        WHERE d.trashed_at IS NULL AND d.stage IN ('prospect', 'topic', 'deal') AND {whose}
        WINDOW whole AS (PARTITION BY {column})
    ) card WHERE place <= %(cards)s ORDER BY place
"""


def _columns(column: str, **given: Any) -> list[tuple]:
    whose = "d.owner_id = %(owner)s" if "owner" in given else "TRUE"
    return _rows(_CARDS.format(column=column, whose=whose), given | {"cards": CARDS})


def _rows(sql: str, given: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def follows(**whose: Any) -> bytes:
    found = Follow.objects.filter(trashed_at__isnull=True, **whose)
    rows = found.order_by("-happened_at", "-id")
    return joined(
        rows.values_list("id", "happened_at", "kind", "outcome", "direction", "body", "company__name", "owner_id", "owner__name")[:SHOWN],
        [(found[:COUNTED].count(),)],
        _sellers(),
        _views("follows"),
    )  # fmt: skip


def search(key: str) -> bytes:
    """The first three deals, companies and people whom the key names."""
    named = Company.objects.filter(trashed_at__isnull=True, search_key__contains=key)
    people = Contact.objects.filter(trashed_at__isnull=True).filter(
        Q(search_key__contains=key) | Q(company__in=named)
    )
    found = Deal.objects.filter(trashed_at__isnull=True, company__in=named)
    return joined(
        found.order_by(F("closed_at").desc(nulls_first=True)).values_list("id", "company__name", "plan", "stage")[:3],
        named.order_by("reading", "id").values_list("id", "name")[:3],
        people.order_by("reading", "id").values_list("id", "name", "company__name")[:3],
    )  # fmt: skip


# ── the day ────────────────────────────────────────────────────────────────────────────────────────


def today(rep: UUID) -> bytes:
    """What a rep's day is put together from: visits, open deals with their last touches, lists, the month so far."""
    on = timezone.localdate()
    month = on.replace(day=1)
    kept = {"trashed_at__isnull": True}
    mine = Deal.objects.filter(owner=rep, outcome="open", **kept)
    visits = Visit.objects.filter(owner=rep, **kept).exclude(status="cancelled")
    owed = Q(status="planned", starts_on__lt=on) | Q(starts_on__gte=on, starts_on__lte=on + timedelta(days=3))
    touches = [
        Subquery(made.filter(**about, **kept).order_by(f"-{at}").values(at)[:1])
        for made, at in ((Follow.objects, "happened_at"), (Visit.objects.filter(status="done"), "starts_at"))
        for about in ({"deal": OuterRef("pk")}, {"company": OuterRef("company"), "deal": None})
    ]
    listed = ListEntry.objects.filter(
        list__owner=rep, removed_on__isnull=True, company__trashed_at__isnull=True
    )
    for_sale = ~Exists(Deal.objects.filter(company=OuterRef("company"), **kept))
    alone = ~Exists(
        Follow.objects.filter(
            company=OuterRef("company"), owner=rep, happened_on__gte=OuterRef("from_on"), **kept
        )
    )
    soon = Company.objects.filter(
        pk__in=listed.values("company"), buying_months__overlap=[on.month % 12 + 1], **kept
    )
    reached = Milestone.objects.filter(owner=rep, at__date__gte=month, kind__in=["topic", "deal", "won"])
    return joined(
        visits.filter(owed).order_by("starts_at").values_list("id", "starts_at", "status", "company__name", "pre_report", "post_report"),
        mine.order_by("next_action_on").values_list("id", "company__name", "company__phone", "name", "plan", "amount", "expected_month", "stage", "rank", "next_action", "next_action_on", Greatest(*touches)),
        listed.filter(for_sale, alone).order_by("from_on").values_list("id", "company__name", "list__name", "from_on")[:8],
        soon.order_by("reading").values_list("id", "name", "buying_months")[:200],
        reached.order_by().values("kind").annotate(n=Count("pk"), sum=Sum("amount")).values_list("kind", "n", "sum"),
        DayTally.objects.filter(owner_id=rep, day__gte=month).values_list("follows", "visits"),
        MonthlyGoal.objects.filter(rep=rep, month=month).values_list("sales", "orders", "new_deals", "new_topics", "visits", "follows"),
    )  # fmt: skip


# ── one record ─────────────────────────────────────────────────────────────────────────────────────


def _people(**of: Any) -> QuerySet:
    rows = Contact.objects.filter(trashed_at__isnull=True, **of).order_by("reading", "id")
    return rows.values_list("id", "name", "department", "title", "role", "stance", "phone", "email")


def company(company: UUID) -> bytes:
    return joined(Company.objects.filter(pk=company).values_list(), _people(company=company))


def company_deals(company: UUID) -> bytes:
    found = Deal.objects.filter(trashed_at__isnull=True, company=company).order_by("outcome", "-changed_at")
    return joined(
        Company.objects.filter(pk=company).values_list("id", "name"),
        found.values_list(*_DEAL, "outcome", "closed_at"),
    )


def company_people(company: UUID) -> bytes:
    touched = Follow.objects.filter(contact__company=company, trashed_at__isnull=True).values_list("contact")
    met = Visit.objects.filter(contacts__company=company, trashed_at__isnull=True).values_list("contacts")
    return joined(
        Company.objects.filter(pk=company).values_list("id", "name"),
        _people(company=company),
        touched.annotate(Max("happened_at")).order_by(),
        met.annotate(Max("starts_at")).order_by(),
    )


def company_lists(company: UUID) -> bytes:
    return joined(
        Company.objects.filter(pk=company).values_list("id", "name"),
        ListEntry.objects.filter(company=company).values_list("list__name", "from_on", "until_on"),
    )


def deal(deal: UUID) -> bytes:
    return joined(
        Deal.objects.filter(pk=deal).values_list(*_DEAL, "name", "outcome", "opened_at", "closed_at", "buyer_stage"),
        _people(company__deals=deal)[:8],
        DealChange.objects.filter(deal=deal).order_by("at", "id").values_list("at", "fields"),
    )  # fmt: skip


def timeline(**about: UUID) -> bytes:
    """Contacts and changes of a deal or company, latest first; visits with their reports, people and issues."""
    seen = list(
        Visit.objects.filter(trashed_at__isnull=True, **about)
        .order_by("-starts_at", "-id")
        .values_list("id", "starts_at", "kind", "status", "owner__name", "post_report__result")[:50]
    )
    visits = [row[0] for row in seen]
    of = {f"deal__{name}" if name != "deal" else name: value for name, value in about.items()}
    return joined(
        Follow.objects.filter(trashed_at__isnull=True, **about)
        .order_by("-happened_at", "-id")
        .values_list("id", "happened_at", "kind", "outcome", "direction", "body", "contact__name", "owner__name")[:50],
        seen,
        ExpectedIssue.objects.filter(visit__in=visits).order_by("position").values_list("visit", "turnout"),
        Visit.contacts.through.objects.filter(visit__in=visits).values_list("visit", "contact__name"),
        DealChange.objects.filter(**of).order_by("at", "id").values_list("at", "fields", "reason", "deal__plan"),
    )  # fmt: skip


# ── the table ──────────────────────────────────────────────────────────────────────────────────────


_NAMED = """
    SELECT p.kind, p.month, s.stage, s.rank, s.deal_id, s.amount, c.name, c.reading
    FROM unnest(%(kinds)s::text[], %(months)s::date[], %(moments)s::timestamptz[]) AS p (kind, month, at)
    JOIN deals_dealstate s ON s.expected_month = p.month
    JOIN customers_company c ON c.id = s.company_id
    WHERE s.stage IN ('deal', 'topic') AND s.valid_from < p.at AND (s.valid_until IS NULL OR s.valid_until >= p.at)
      AND {whose}
"""
_LATE = """
    SELECT s.deal_id, s.stage, s.rank, s.amount, c.name
    FROM deals_dealstate s JOIN customers_company c ON c.id = s.company_id
    WHERE s.valid_until IS NULL AND s.stage IN ('prospect', 'topic', 'deal') AND {whose}
      AND (s.expected_month < %(running)s OR (s.expected_month IS NULL AND s.stage = 'topic'))
"""


def table(months: list[Month], zone: Any, *, reps: Sequence[UUID] = ()) -> bytes:
    """Whom its cells name as each month opened and closed, what is past due, what became of them, sums of the rest."""
    now, running = timezone.now(), Month.of(timezone.localdate())
    whose: dict[str, Any] = {"owner__in": reps} if reps else {}
    given = {
        "kinds": ["opening", "closing"] * len(months),
        "months": [month.first_day for month in months for _ in range(2)],
        "moments": [min(now, at) for month in months for at in (month.starts_at(zone), month.ends_at(zone))],
        "running": running.first_day,
        "reps": list(reps),
    }
    mine = "s.owner_id = ANY(%(reps)s)" if reps else "TRUE"
    named = _rows(_NAMED.format(whose=mine), given)
    past = {row[4] for row in named if row[1] < running.first_day and row[0] == "closing"}
    window = {"at__gte": months[0].starts_at(zone), "at__lt": months[-1].ends_at(zone)}
    days = {"day__gte": months[0].first_day, "day__lt": (months[-1] + 1).first_day}
    goals = {"rep__in": reps} if reps else {}
    return joined(
        named,
        _rows(_LATE.format(whose=mine), given),
        DealState.objects.filter(deal__in=past).values_list("deal", "valid_from", "stage", "expected_month"),
        Milestone.objects.filter(kind__in=("won", "lost"), **window, **whose)
        .annotate(month=TruncMonth("at"))
        .values_list("month", "kind")
        .annotate(Count("pk"), Sum("amount"))
        .order_by(),
        DayTally.objects.filter(**days, **whose)
        .annotate(month=TruncMonth("day"))
        .values_list("month")
        .annotate(Sum("follows"), Sum("visits"))
        .order_by(),
        MonthlyGoal.objects.filter(month__in=months, **goals).values_list(
            "rep_id", "month", "sales", "benchmarks"
        ),
        _sellers(),
    )


# ── one line ───────────────────────────────────────────────────────────────────────────────────────


def line(company: UUID, rep: UUID, name: str) -> bytes:
    """Whom it may name, who works there, and the deals that it may be about."""
    alike = Q(search_key__contains=name[:3]) | Q(search_key__startswith=name[:2])
    kept = {"trashed_at__isnull": True}
    mine = Follow.objects.filter(owner=rep, **kept).order_by("-happened_at", "-id")
    return joined(
        mine.values_list("company")[:60],
        Company.objects.filter(alike, **kept).order_by(Length("search_key"), "pk").values_list("id", "name", "reading")[:200],
        Contact.objects.filter(company=company, **kept).values_list("id", "name", "reading", "title"),
        Deal.objects.filter(company=company, outcome="open", **kept).values_list(*_DEAL, "company__name"),
    )  # fmt: skip


# ── writing ────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def record_follow(company: UUID, owner: UUID) -> bytes:
    """The company is looked up; the follow, its day's tally (a trigger) and the journal's line are written."""
    now = timezone.now()
    name = Company.objects.values_list("name", flat=True).get(pk=company)
    follow = Follow(
        id=new_id(), company_id=company, owner_id=owner, kind="call", outcome="connected", happened_at=now,
        happened_on=timezone.localdate(now), created_at=now, changed_at=now, source="page", external_id=str(new_id()),
    )  # fmt: skip
    Follow.objects.bulk_create([follow])
    Entry.objects.bulk_create(
        [
            Entry(
                event="follow.recorded", actor_id=owner, actor_name="", subject_kind="activities.follow",
                subject_id=follow.pk, subject_name=name, details={},
            )
        ]
    )  # fmt: skip
    return str(follow.pk).encode()
