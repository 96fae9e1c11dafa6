import secrets
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, User
from apps.accounts.vocabulary import Role
from apps.base.refusal import Refused
from apps.integrations.operations import furnish
from apps.tenancy import operations
from apps.tenancy.context import address, inside
from apps.tenancy.models import Status


class Command(BaseCommand):
    help = "Make a tenant with its first admin and serve it. Killed at any moment, it is completed by running it again."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("slug", help="first part of the host name")
        parser.add_argument("--name", required=True, help="the company's name")
        parser.add_argument("--admin", required=True, help="e-mail of the first admin")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the admin's password from stdin"
        )
        parser.add_argument("--time-zone", default="Asia/Tokyo")
        parser.add_argument("--language", default="ja", choices=["ja", "en"])

    def handle(self, *, slug, name, admin, password_stdin, time_zone, language, **options) -> None:
        password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
        if not password:
            raise CommandError("no password came in on stdin")
        try:
            validate_email(admin)
        except ValidationError as error:
            raise CommandError(f"'{admin}' is no e-mail address") from error
        with operations.alone_with(slug):
            try:
                tenant = operations.create_tenant(slug, name=name, time_zone=time_zone, language=language)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            if tenant.status == Status.ACTIVE:
                self.stdout.write(f"{slug} exists already and is complete")
                return
            if tenant.status != Status.PROVISIONING:
                raise CommandError(f"tenant '{slug}' exists and is {tenant.status}")
            with inside(tenant):
                self._furnish(admin, password)
                url = address()
            operations.open_tenant(tenant)
        self.stdout.write(f"{slug} is served at {url}")
        self.stdout.write(f"admin: {admin}" + ("" if password_stdin else f"  password: {password}"))

    def _furnish(self, admin: str, password: str) -> None:
        now = timezone.now()
        furnish(at=now)
        if user := User.objects.filter(email__iexact=admin).first():
            accounts.set_password(user, password=password, by=SYSTEM, at=now)
        else:
            name = admin.split("@")[0]
            accounts.add_user(
                name=name, email=admin, roles=[Role.ADMIN], password=password, by=SYSTEM, at=now
            )
