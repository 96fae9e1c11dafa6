from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.models import SYSTEM, User
from apps.tenancy.context import inside
from apps.tenancy.management.commands._tenant import tenant_or_fail


class Command(BaseCommand):
    help = "Make an API token that acts for a user; it is printed once and kept only as a hash."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="create_token", help="what the token is for")

    def handle(self, *, tenant: str, email: str, name: str, **options) -> None:
        with inside(tenant_or_fail(tenant, active=True)):
            user = User.objects.active().filter(email__iexact=email).first()
            if user is None:
                raise CommandError(f"there is no active user '{email}' in '{tenant}'")
            token = operations.make_token(user, name=name, by=SYSTEM, at=timezone.now())
        self.stdout.write(token)
