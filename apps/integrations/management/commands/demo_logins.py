from django.core.management.base import BaseCommand

from apps.integrations.demo import people


class Command(BaseCommand):
    help = "Print e-mail, password and role of the demo's logins."
    requires_system_checks = ()

    def handle(self, **options) -> None:
        for login in people.logins():
            self.stdout.write("\t".join(login))
