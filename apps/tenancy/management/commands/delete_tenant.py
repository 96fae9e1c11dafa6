from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.tenancy import operations
from apps.tenancy.management.commands._tenant import tenant_or_fail


class Command(BaseCommand):
    help = "Export a tenant to a file, then delete it for good."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="do not ask for the name again")
        parser.add_argument(
            "--into", type=Path, default=settings.VAR / "exports", help="folder of the export"
        )

    def handle(self, *, slug: str, yes: bool, into: Path, **options) -> None:
        tenant = tenant_or_fail(slug)
        if not yes and _typed(f"Type the tenant's name to delete it for good [{slug}]: ") != slug:
            raise CommandError("nothing was deleted; without anybody to ask, say --yes")
        export = operations.delete_tenant(tenant, into=into, at=timezone.now())
        self.stdout.write(f"{slug} is deleted; its export is {export}")


def _typed(question: str) -> str:
    """What the person at the keyboard answers; nothing where there is none."""
    try:
        return input(question)
    except EOFError:
        return ""
