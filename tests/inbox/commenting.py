"""Commenting with a name, in a process of its own: python -m tests.inbox.commenting COMPANY BY NAME FIRST LAST."""

import sys

import django


def comment(company_id: str, by_id: str, name: str, first: int, last: int) -> None:
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.conversations import operations
    from apps.customers.models import Company
    from apps.tenancy import queries
    from apps.tenancy.context import inside

    with inside(queries.named("alpha")):
        company, by = Company.objects.get(pk=company_id), User.objects.get(pk=by_id)
        for number in range(first, last):
            operations.write_comment(about=company, text=f"@{name} {number}", by=by, at=timezone.now())


if __name__ == "__main__":
    django.setup()
    comment(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))
