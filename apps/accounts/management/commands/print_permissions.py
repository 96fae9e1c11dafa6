from django.core.management.base import BaseCommand

from apps.accounts.permissions import as_markdown


class Command(BaseCommand):
    help = "Print the permission table as docs/permissions.md keeps it."
    requires_system_checks = ()

    def handle(self, **options) -> None:
        self.stdout.write(as_markdown(), ending="")
