from django.core.management.base import BaseCommand

from apps.tenancy import operations
from apps.tenancy.management.commands._tenant import tenant_or_fail


class Command(BaseCommand):
    help = "Serve a suspended tenant again."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("slug")

    def handle(self, *, slug: str, **options) -> None:
        operations.open_tenant(tenant_or_fail(slug))
        self.stdout.write(f"{slug} is served again")
