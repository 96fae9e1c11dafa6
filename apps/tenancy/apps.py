from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "apps.tenancy"

    def ready(self) -> None:
        from django.core.management.commands import makemigrations
        from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

        from apps.tenancy import checks  # noqa: F401  (registers itself)
        from config import celery  # noqa: F401  (so that tasks are sent to our broker)

        # django-pgtrigger compares the two commands' autodetectors (commands.E001).
        MigrateSchemasCommand.autodetector = makemigrations.Command.autodetector
