#!/usr/bin/env python
"""Run a management command, as the database's owner where the command changes schemas or tenants."""

import os
import sys

OWNERS_COMMANDS = {
    "create_tenant",
    "delete_tenant",
    "migrate",
    "migrate_schemas",
    "prepare_database",
    "resume_tenant",
    "suspend_tenant",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNERS_COMMANDS:
        os.environ["BATON_AS_OWNER"] = "1"

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
