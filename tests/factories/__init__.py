"""People and records for tests, made by the product's own operations so that every figure follows."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from itertools import count

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, Team, User
from apps.accounts.vocabulary import Role
from apps.activities import operations as activities
from apps.activities.models import DailyReport, Follow, Visit
from apps.base.models import new_id
from apps.conversations import operations as conversations
from apps.conversations.models import Attachment, Comment
from apps.customers import operations as customers
from apps.customers.models import Company, Contact, ListEntry, TargetList
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.integrations import operations as imports
from apps.integrations.imports import working
from apps.integrations.models import Import

PASSWORD = "a-long-password"
_number = count(1)


def _deed() -> dict:
    return {"by": SYSTEM, "at": timezone.now()}


def make_team(name: str = "", *, parent: Team | None = None) -> Team:
    return accounts.add_team(name=name or f"営業{next(_number)}課", parent=parent, **_deed())


def make_user(*roles: Role, name: str = "", team: Team | None = None, email: str = "") -> User:
    number = next(_number)
    return accounts.add_user(
        name=name or f"社員{number}",
        email=email or f"person{number}@test.example",
        roles=roles,
        team=team,
        password=PASSWORD,
        **_deed(),
    )


def make_company(name: str = "", **facts) -> Company:
    return customers.add_company(name=name or f"株式会社テスト{next(_number)}", **facts, **_deed())


def make_contact(company: Company | None = None, **facts) -> Contact:
    facts = {"name": f"担当{next(_number)}"} | facts
    return customers.add_contact(company=company or make_company(), **facts, **_deed())


def make_list(owner: User, name: str = "") -> TargetList:
    return customers.add_list(name=name or f"リスト{next(_number)}", owner=owner, **_deed())


def make_entry(target: TargetList, company: Company | None = None, *, on: date | None = None) -> ListEntry:
    on = on or timezone.localdate()
    return customers.put_on_list(target, company=company or make_company(), on=on, **_deed())


def make_deal(owner: User, *, company: Company | None = None, **facts) -> Deal:
    return deals.open_deal(company=company or make_company(), owner=owner, **facts, **_deed())


def make_follow(owner: User, *, company: Company | None = None, **facts) -> Follow:
    facts = {"kind": "call", "outcome": "connected", "happened_at": timezone.now()} | facts
    return activities.record_follow(owner=owner, company=company or make_company(), **facts, **_deed())


def make_visit(owner: User, *, company: Company | None = None, **facts) -> Visit:
    facts = {"starts_at": timezone.now()} | facts
    return activities.plan_visit(owner=owner, company=company or make_company(), **facts, **_deed())


def make_daily(user: User, *, day: date | None = None, **facts) -> DailyReport:
    facts = {"at": timezone.now()} | facts
    return activities.send_daily(day=day or timezone.localdate(), by=user, **facts)


def make_comment(about, *, by: User, text: str = "確かめました", **facts) -> Comment:
    return conversations.write_comment(about=about, text=text, by=by, **{"at": timezone.now()} | facts)


def make_file(
    about, *, by: User, name: str = "議事録.txt", content: bytes = b"minutes", **facts
) -> Attachment:
    given = {"file": ContentFile(content), "name": name, "at": timezone.now()}
    return conversations.attach_file(about=about, by=by, **given | facts)


def make_import(
    by: User,
    *,
    name: str = "顧客.csv",
    rows: Sequence[Sequence[str]],
    read: bool = True,
    encoding: str = "utf-8",
) -> Import:
    """A file that somebody chose; `read`: the worker has looked at it."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = SimpleUploadedFile(name, text.getvalue().encode(encoding))
    made = imports.upload_import(file=file, key=new_id(), by=by, at=timezone.now())
    if read:
        working.work(str(made.pk))
        made.refresh_from_db()
    return made
