from django.core.management.base import BaseCommand, CommandError

from apps.tenancy import operations, schemas


class Command(BaseCommand):
    help = "Make or update everything in the database: role, extensions, public tables, blueprint, tenants. Run again at will."
    requires_system_checks = ()

    def handle(self, **options) -> None:
        self.stdout.write("public schema …")
        schemas.prepare_database()
        self.stdout.write("blueprint of new tenants …")
        schemas.refresh_blueprint()
        self.stdout.write("tenants …")
        if failed := operations.migrate_all(say=self.stderr.write):
            raise CommandError(f"not migrated: {', '.join(failed)}; mend the cause and run this again")
