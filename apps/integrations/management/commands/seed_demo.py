import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.base.refusal import Refused
from apps.integrations.demo import seeding
from apps.tenancy.context import inside
from apps.tenancy.management.commands._tenant import tenant_or_fail


class Command(BaseCommand):
    help = "Fill an empty tenant with an invented company's last 14 months. Killed at any moment, it can be run again."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--tenant", required=True)

    def handle(self, *, tenant: str, **options) -> None:
        began = time.monotonic()
        with inside(tenant_or_fail(tenant, active=True)):
            try:
                seeding.seed(now=timezone.now(), say=lambda what: self.stdout.write(f"  {what}"))
            except seeding.AlreadySeeded as already:
                self.stdout.write(str(already))
                return
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"seeded in {time.monotonic() - began:.0f} s")
