"""Deeds that need all apps: furnishing a new tenant, bringing a file in."""

from apps.integrations.operations.furnishing import furnish
from apps.integrations.operations.importing import (
    MOST_BYTES,
    AlreadyRunning,
    NotNow,
    check_import,
    choose_columns,
    discard_import,
    keep_layout,
    leave_out,
    read_again,
    repair_rows,
    run_again,
    start_import,
    stop_import,
    undo_import,
    upload_import,
)

__all__ = [
    "MOST_BYTES",
    "AlreadyRunning",
    "NotNow",
    "check_import",
    "choose_columns",
    "discard_import",
    "furnish",
    "keep_layout",
    "leave_out",
    "read_again",
    "repair_rows",
    "run_again",
    "start_import",
    "stop_import",
    "undo_import",
    "upload_import",
]
