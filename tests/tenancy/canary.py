"""A tenant with one of everything, each text of it holding a string that must never be seen elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts import queries
from apps.accounts.models import SYSTEM, User
from apps.accounts.vocabulary import Role
from apps.actions.models import Capture, UnseenLine
from apps.activities import operations as activities
from apps.base.models import new_id
from apps.base.month import Month
from apps.bulk import operations as bulks
from apps.customers import operations as customers
from apps.customers.vocabulary import SourceKind
from apps.deals import operations as deals
from apps.deals.vocabulary import Cause
from apps.goals import operations as goals
from apps.inbox import operations as inbox
from apps.inbox.models import Notification
from apps.mail import operations as mail
from apps.tenancy.context import inside
from apps.tenancy.models import Tenant
from tests import factories


@dataclass(frozen=True)
class Planted:
    tenant: Tenant
    canary: str
    admin: User
    token: str
    """An API token of the admin."""
    ids: dict[str, Any]
    """Record by the name of the part of an address, "company_id", or by the API's collection, "companies"."""


def planted(tenant: Tenant, canary: str = "") -> Planted:
    """One of every record, made in the tenant by its own admin."""
    canary = canary or f"カナリア{tenant.slug}7f3a"
    now = timezone.now()
    deed: dict[str, Any] = {"by": SYSTEM, "at": now}
    with inside(tenant):
        team = factories.make_team(canary)
        admin = factories.make_user(
            Role.ADMIN,
            Role.MANAGER,
            Role.FIELD_SALES,
            name=canary,
            team=team,
            email=f"{tenant.slug}@test.example",
        )
        company = factories.make_company(canary, note=canary, source=canary[:10], external_id=canary)
        lead_source = customers.add_lead_source(name=canary, kind=SourceKind.AD, **deed)
        campaign = customers.add_campaign(
            name=canary, lead_source=lead_source, from_on=timezone.localdate(now), **deed
        )
        contact = factories.make_contact(company, name=canary, note=canary)
        other = factories.make_contact(company, name=canary)
        influence = customers.link_influence(contact, moved=other, **deed)
        twin = factories.make_contact(company, name=canary)
        merge = customers.merge(contact, other=twin, **deed)
        many = {"deed": "company-industry", "given": "industry=E", "rows": [company.pk]}
        bulk = bulks.begin(key=new_id(), **many, by=admin, at=now)
        bulks.go_on(bulk, by=admin, at=now)
        target = factories.make_list(admin, name=canary)
        entry = factories.make_entry(target, company)
        deal = factories.make_deal(admin, company=company, name=canary, plan=canary, amount=100_000)
        follow = factories.make_follow(admin, company=company, contact=contact, deal=deal, body=canary)
        quick = factories.make_follow(admin, company=company, body=canary)
        key = new_id()
        capture = Capture.objects.create(pk=key, together=key, user=admin, follow=quick)
        line = UnseenLine.objects.create(user=admin, line=canary, written_at=now)
        visit = factories.make_visit(
            admin,
            company=company,
            deal=deal,
            contacts=[contact],
            starts_at=now,
            status="done",
            source="canary",
            external_id=canary,
        )
        kind = activities.add_issue_kind(label=canary, words=canary, **deed)
        activities.prepare_visit(visit, goal=canary, issues=[canary], kinds={canary: kind}, by=admin, at=now)
        differed = {visit.issues.get().pk: ("different", canary)}
        activities.report_visit(visit, result=canary, turnouts=differed, by=admin, at=now)
        reason = deals.add_lost_reason(label=canary, cause=Cause.SELLING, **deed)
        plan = deals.add_plan(name=canary, **deed)
        month = Month.of(timezone.localdate(now))
        goal = goals.set_monthly_goal(admin, month=month, targets={"sales": 1_000_000}, benchmarks={}, **deed)
        message = mail.post(key=canary, to=admin.email, subject=canary, text=canary)
        token = accounts.make_token(admin, name=canary, by=admin, at=now)
        grade = queries.grades()[0]
        comment = factories.make_comment(company, by=admin, text=canary)
        report = activities.send_daily(
            day=timezone.localdate(now), reflection=canary, tomorrow=canary, by=admin, at=now
        )
        file = factories.make_file(company, by=admin, name=f"{canary}.txt", content=canary.encode())
        inbox.tell([admin.pk], key=canary, kind="deal.given", about=deal, by=None, at=now)
        login = accounts.begin_login(
            admin, session_key=canary, agent=canary, ip_address="203.0.113.7", by=admin, at=now
        )
        view = accounts.add_view(list_name="companies", name=canary, query="q=a", by=admin, at=now)
        accounts.give_grade(admin, grade=grade, from_on=None, **deed)
        imported = factories.make_import(
            admin, name=f"{canary}.csv", rows=[["会社名", canary], [canary, canary]]
        )
        pages = {
            "import_id": imported,
            "company_id": company,
            "contact_id": contact,
            "influence_id": influence,
            "source_id": lead_source,
            "campaign_id": campaign,
            "merge_id": merge,
            "bulk_id": bulk,
            "list_id": target,
            "entry_id": entry,
            "deal_id": deal,
            "follow_id": follow,
            "capture_id": capture,
            "line_id": line,
            "visit_id": visit,
            "user_id": admin,
            "rep_id": admin,
            "team_id": team,
            "token_id": admin.tokens.get(),
            "login_id": login,
            "notification_id": Notification.objects.get(),
            "reason_id": reason,
            "plan_id": plan,
            "issue_kind_id": kind,
            "message_id": message,
            "view_id": view,
            "report_id": report,
            "subject_id": company,
            "comment_id": comment,
            "attachment_id": file,
        }
        collections = {
            "companies": company,
            "contacts": contact,
            "lead-sources": lead_source,
            "campaigns": campaign,
            "lists": target,
            "list-entries": entry,
            "deals": deal,
            "follows": follow,
            "visits": visit,
            "daily-reports": report,
            "comments": comment,
            "attachments": file,
            "users": admin,
            "teams": team,
            "lost-reasons": reason,
            "plans": plan,
            "issue-kinds": kind,
            "captures": capture,
            "capture-lines": line,
            "notifications": Notification.objects.get(),
            "goals/monthly": goal,
            "grades": grade,
        }
        ids = {name: record.pk for name, record in (pages | collections).items()}
        return Planted(
            tenant,
            canary,
            admin,
            token,
            ids
            | {
                "month": str(month),
                "kind": "company",
                "field": "phone",
                "fact": "amount",
                "on": "2026-10-15",
            },
        )
