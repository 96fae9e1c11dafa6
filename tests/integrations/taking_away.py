"""Taking an import away, in a process of its own: python -m tests.integrations.taking_away IMPORT_ID."""

import sys

import django


def take_away(import_id: str) -> None:
    from apps.integrations.imports import working
    from apps.tenancy import queries
    from apps.tenancy.context import inside

    with inside(queries.named("alpha")):
        working.work(import_id)


if __name__ == "__main__":
    django.setup()
    take_away(sys.argv[1])
