from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.models import SYSTEM, User
from apps.base.refusal import Refused
from apps.tenancy.context import inside
from apps.tenancy.management.commands._tenant import tenant_or_fail


class Command(BaseCommand):
    help = "Erase people of a tenant again, after an older state of it was restored."

    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("tenant")
        parser.add_argument("user_ids", nargs="+", type=UUID)

    def handle(self, *, tenant: str, user_ids: list[UUID], **options) -> None:
        with inside(tenant_or_fail(tenant, active=True)):
            for person in User.objects.filter(pk__in=user_ids).order_by("pk"):
                try:
                    at = timezone.now()
                    if person.is_active:  # the restored state may be from before they were stopped
                        operations.deactivate_user(person, by=SYSTEM, at=at)
                    operations.erase_person(person, by=SYSTEM, at=at)
                except Refused as refusal:
                    raise CommandError(f"{person.pk}: {refusal}") from refusal
                self.stdout.write(f"erased {person.pk}")
