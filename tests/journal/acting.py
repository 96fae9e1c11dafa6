"""Adding people, in a process of its own: python -m tests.journal.acting FIRST LAST."""

import sys
import time
from statistics import median

import django


def add_people(first: int, last: int) -> None:
    from django.utils import timezone

    from apps.accounts import operations
    from apps.accounts.models import SYSTEM
    from apps.tenancy import queries
    from apps.tenancy.context import inside

    alpha = queries.named("alpha")
    took = []
    with inside(alpha):
        for number in range(first, last):
            began = time.perf_counter()
            operations.add_user(
                name=f"社員{number}",
                email=f"person{number}@test.example",
                roles=["field_sales"],
                by=SYSTEM,
                at=timezone.now(),
            )
            took.append(time.perf_counter() - began)
    sys.stdout.write(f"{median(took):.3f}")


if __name__ == "__main__":
    django.setup()
    add_people(int(sys.argv[1]), int(sys.argv[2]))
