import secrets
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.models import SYSTEM, Team
from apps.accounts.vocabulary import Role
from apps.base.refusal import Refused
from apps.tenancy.context import inside
from apps.tenancy.management.commands._tenant import tenant_or_fail


class Command(BaseCommand):
    help = "Add a user to a tenant; without --password-stdin a password is made and printed."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--roles", required=True, help=f"comma-separated: {', '.join(Role.values)}")
        parser.add_argument("--name", help="default: the address up to the @")
        parser.add_argument("--team", help="the team's name; made if there is none")
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *, tenant, email, roles, name, team, password_stdin, **options) -> None:
        given = [role.strip() for role in roles.split(",") if role.strip()]
        if not given:
            raise CommandError(f"no role was given (there are {', '.join(Role.values)})")
        if unknown := set(given) - set(Role.values):
            raise CommandError(
                f"no such role: {', '.join(sorted(unknown))} (there are {', '.join(Role.values)})"
            )
        password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
        if not password:
            raise CommandError("no password came in on stdin")
        now = timezone.now()
        with inside(tenant_or_fail(tenant, active=True)):
            try:
                user = operations.add_user(
                    name=name or email.split("@")[0],
                    email=email,
                    roles=[Role(role) for role in given],
                    team=self._team(team) if team else None,
                    password=password,
                    by=SYSTEM,
                    at=now,
                )
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.pk} {email}" + ("" if password_stdin else f"  password: {password}"))

    def _team(self, name: str) -> Team:
        found = Team.objects.filter(name=name).first()
        return found or operations.add_team(name=name, by=SYSTEM, at=timezone.now())
