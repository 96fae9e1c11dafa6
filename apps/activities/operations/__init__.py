"""Every deed about follows, visits and their reports."""

from apps.activities.checks import InTrash, NotOfThisCompany, NotYet
from apps.activities.operations.daily import (
    AlreadySent,
    load_dailies,
    revise_daily,
    send_dailies,
    send_daily,
)
from apps.activities.operations.follows import change_follow, record_follow, record_follows
from apps.activities.operations.reports import (
    IssueUnknown,
    NotDone,
    NothingSaid,
    NotToBeWithdrawn,
    load_reports,
    prepare_visit,
    report_visit,
    withdraw_report,
)
from apps.activities.operations.trash import restore_activity, retally, trash_activity
from apps.activities.operations.visits import (
    EndsBeforeItStarts,
    NotCancelled,
    NotPlanned,
    cancel_visit,
    change_visit,
    load_visits,
    move_visit,
    plan_again,
    plan_visit,
)
from apps.activities.operations.words import (
    DEFAULT_KINDS,
    KindTaken,
    add_issue_kind,
    bring_back_issue_kind,
    change_issue_kind,
    furnish,
    retire_issue_kind,
)

__all__ = [
    "DEFAULT_KINDS",
    "AlreadySent",
    "EndsBeforeItStarts",
    "InTrash",
    "IssueUnknown",
    "KindTaken",
    "NotCancelled",
    "NotDone",
    "NotOfThisCompany",
    "NotPlanned",
    "NotToBeWithdrawn",
    "NotYet",
    "NothingSaid",
    "add_issue_kind",
    "bring_back_issue_kind",
    "cancel_visit",
    "change_follow",
    "change_issue_kind",
    "change_visit",
    "furnish",
    "load_dailies",
    "load_reports",
    "load_visits",
    "move_visit",
    "plan_again",
    "plan_visit",
    "prepare_visit",
    "record_follow",
    "record_follows",
    "report_visit",
    "restore_activity",
    "retally",
    "retire_issue_kind",
    "revise_daily",
    "send_dailies",
    "send_daily",
    "trash_activity",
    "withdraw_report",
]
