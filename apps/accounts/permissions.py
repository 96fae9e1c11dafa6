"""Who may do what: one table, asked by every operation. Printed to docs/permissions.md.

A relation reaches as far as its word: own < team < all. A thing belongs to its `responsible_id`; a thing without
one (a company nobody looks after, a setting) is everybody's, so that any relation reaches it.
What is not in the table may not be done. Reading customers, deals, activities and the table is open to the tenant.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import queries
from apps.accounts.models import SYSTEM, System, Team, User
from apps.accounts.vocabulary import Act, Relation, Role
from apps.base.refusal import Forbidden

F = TypeVar("F", bound=Callable[..., Any])

OWN, TEAM, ALL = Relation.OWN, Relation.TEAM, Relation.ALL
_SALES_WORK = {Role.INSIDE_SALES: OWN, Role.FIELD_SALES: OWN, Role.MANAGER: TEAM, Role.ADMIN: ALL}

TABLE: dict[Act, dict[Role, Relation]] = {
    Act.KEEP_COMPANIES: {
        Role.INSIDE_SALES: ALL,
        Role.FIELD_SALES: ALL,
        Role.MANAGER: ALL,
        Role.MARKETING: ALL,
        Role.ADMIN: ALL,
    },
    Act.TRASH_COMPANIES: {Role.MANAGER: ALL, Role.ADMIN: ALL},
    Act.MERGE_COMPANIES: {Role.MANAGER: ALL, Role.ADMIN: ALL},
    Act.KEEP_LISTS: _SALES_WORK | {Role.MARKETING: ALL},
    Act.KEEP_CAMPAIGNS: {Role.MARKETING: ALL, Role.ADMIN: ALL},
    Act.RECORD_FOLLOWS: _SALES_WORK,
    Act.KEEP_VISITS: _SALES_WORK,
    # A report is a statement: nobody writes it for another.
    Act.REPORT_VISITS: dict.fromkeys(Role, OWN),
    Act.SEND_DAILY: dict.fromkeys(Role, OWN),
    Act.KEEP_DEALS: _SALES_WORK,
    Act.CLOSE_DEALS: _SALES_WORK,
    Act.LOAD_HISTORY: _SALES_WORK,
    Act.PUT_OFF: dict.fromkeys(queries.SELLING, OWN) | {Role.ADMIN: OWN},
    Act.TRASH_ACTIVITIES: _SALES_WORK,
    # A comment is a statement, too.
    Act.COMMENT: dict.fromkeys(Role, OWN),
    Act.REACT: dict.fromkeys(Role, OWN),
    Act.ATTACH_FILES: dict.fromkeys(Role, OWN) | {Role.MANAGER: TEAM, Role.ADMIN: ALL},
    # Each row is asked again, by the deed's own act; what somebody began, they alone take back.
    Act.CHANGE_MANY: dict.fromkeys(_SALES_WORK, OWN) | {Role.MARKETING: OWN, Role.ADMIN: ALL},
    Act.SET_GOALS: {Role.MANAGER: TEAM, Role.ADMIN: ALL},
    Act.MANAGE_USERS: {Role.ADMIN: ALL},
    Act.MANAGE_CALENDAR: {Role.MANAGER: TEAM, Role.ADMIN: ALL},
    Act.MANAGE_WORDS: {Role.ADMIN: ALL},
    Act.IMPORT: {Role.ADMIN: ALL},
    Act.KEEP_OWN_ACCOUNT: dict.fromkeys(Role, OWN),
    Act.END_LOGINS: dict.fromkeys(Role, OWN) | {Role.ADMIN: ALL},
    Act.MAKE_TOKENS: dict.fromkeys(Role, OWN) | {Role.ADMIN: ALL},
    # A shared view is its author's to change, or an admin's.
    Act.KEEP_VIEWS: dict.fromkeys(Role, OWN) | {Role.ADMIN: ALL},
    # Who may read a list may take it along; the journal says who did.
    Act.EXPORT_LISTS: dict.fromkeys(Role, ALL),
    Act.READ_OUTBOX: {Role.ADMIN: ALL},
}
# Who holds no role only looks, but has an account, too.
OF_EVERYBODY = {Act.KEEP_OWN_ACCOUNT, Act.END_LOGINS, Act.KEEP_VIEWS, Act.EXPORT_LISTS}
_REACH = [OWN, TEAM, ALL]


def reach(by: User | System, act: Act) -> Relation | None:
    """The widest relation that any of the person's roles has for the act; None: not at all."""
    if by is SYSTEM:
        return ALL
    granted = [TABLE[act][role] for role in by.roles if role in TABLE[act]]
    return max(granted, key=_REACH.index, default=OWN if act in OF_EVERYBODY else None)


def may(by: User | System, act: Act, responsible_id: UUID | None = None) -> bool:
    """Whether this person may do the act to what `responsible_id` looks after (None: nobody in particular)."""
    return reaching(by, act)(responsible_id)


def reaching(by: User | System, act: Act) -> Callable[[UUID | None], bool]:
    """`may` for many things at the cost of one."""
    reaches = reach(by, act)

    @cache
    def led() -> set[UUID]:
        teams = queries.led_by(by)
        return set(queries.members(teams, on=timezone.localdate()).values_list("pk", flat=True))

    def may_to(responsible_id: UUID | None) -> bool:
        if reaches is None:
            return False
        if reaches == ALL or responsible_id is None or responsible_id == by.pk:
            return True
        return reaches == TEAM and responsible_id in led()

    return may_to


def within_reach(by: User, act: Act) -> QuerySet[User]:
    """Active people who sell, for whom this person may do the act; oneself among them."""
    people = User.objects.active().filter(Q(roles__overlap=queries.SELLING) | Q(pk=by.pk))
    reaches = reach(by, act)
    if reaches == TEAM:
        led = queries.members(queries.led_by(by), on=timezone.localdate())
        people = people.filter(Q(pk=by.pk) | Q(pk__in=led))
    elif reaches != ALL:
        people = people.filter(pk=by.pk)
    return people.order_by("reading", "pk")


def check(by: User | System, act: Act, responsible_id: UUID | None = None) -> None:
    """Raise Forbidden unless `may`."""
    if not may(by, act, responsible_id):
        raise Forbidden(_("「%(act)s」はできません。管理者にたずねてください。") % {"act": Act(act).label})


def teams_within_reach(by: User | System, act: Act) -> set[UUID]:
    """The teams to which this person may do the act."""
    match reach(by, act):
        case Relation.ALL:
            return set(queries.parents_of_teams())
        case Relation.TEAM:
            return set(queries.led_by(by))
    return set()


def may_for_team(by: User | System, act: Act, team: Team | None) -> bool:
    """Whether this person may do the act to the team, or to the whole company (None)."""
    if team is None:
        return reach(by, act) == ALL
    return team.pk in teams_within_reach(by, act)


def check_for_team(by: User | System, act: Act, team: Team | None) -> None:
    """Raise Forbidden unless `may_for_team`."""
    if not may_for_team(by, act, team):
        raise Forbidden(_("「%(act)s」は、自分のチームについてだけできます。") % {"act": Act(act).label})


def only_for_who_may(act: Act) -> Callable[[Callable], Callable]:
    """Guard a page that is there for a deed; its operation asks again, about the thing itself."""

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            check(request.user, act)
            return view(request, *args, **given)

        return guarded

    return guard


def only_who_may(act: Act, *, owner: str | None = None) -> Callable[[F], F]:
    """Guard an operation. It is asked about the first argument's `responsible_id` and, if named, about the person
    in the keyword `owner`: both must be within reach, so that nobody hands work to whom they do not lead.
    """

    def guard(operation: F) -> F:
        @wraps(operation)
        def guarded(*things: Any, by: User | System, **given: Any) -> Any:
            check(by, act, getattr(things[0], "responsible_id", None) if things else None)
            if owner and given.get(owner) is not None:
                check(by, act, given[owner].pk)
            return operation(*things, by=by, **given)

        guarded.act = act  # type: ignore[attr-defined]
        return cast(F, guarded)

    return guard


def as_markdown() -> str:
    """What docs/permissions.md says; `manage.py print_permissions` prints it."""
    head = [
        "# Who may do what",
        "",
        "Printed from `apps/accounts/permissions.py`; refresh it with "
        "`python manage.py print_permissions > docs/permissions.md`.",
        "",
        "Pages, API, imports and tasks all ask this table. 自分: one's own records and those that nobody looks after;",
        "自分のチーム: also those of the people in the teams one leads today, sub-teams included; 全員: everybody's.",
        "Of several roles the widest counts. Reading customers, deals, activities and the table is open to everybody.",
        "",
        "| 操作 | " + " | ".join(str(role.label) for role in Role) + " |",
        "| --- " * (len(Role) + 1) + "|",
    ]
    rows = [
        f"| {act.label} (`{act.value}`) | "
        + " | ".join(str(Relation(TABLE[act][role]).label) if role in TABLE[act] else "—" for role in Role)
        + " |"
        for act in Act
    ]
    return "\n".join([*head, *rows]) + "\n"
