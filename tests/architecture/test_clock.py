"""The clock is read at the doors and passed in: whatever lies behind them can be asked about any moment."""

import ast

from tests.architecture.source import callee, calls, module_of, place, python_files, tree

BEHIND_THE_DOORS = {
    "month",
    "models",
    "operations",
    "permissions",
    "presentation",
    "queries",
    "reactions",
    "refusal",
    "rules",
    "scope",
    "text",
    "vocabulary",
    "wording",
}
CLOCKS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time.time",
    "timezone.localdate",
    "timezone.localtime",
    "timezone.now",
    "localdate",
    "localtime",
    "now",
}
READ_ALL_THE_SAME = {
    "accounts/permissions.py led": "who may do something is asked about now, whatever the deed is about",
    "accounts/permissions.py reaching": "as above",
    "accounts/permissions.py within_reach": "as above",
    "accounts/queries.py led_by": "as above",
    "accounts/queries.py leads": "as above",
    "accounts/queries.py people": "a list of people with their present team and grade",
    "accounts/queries.py team_tree": "a list of teams with their present people",
    "deals/operations/words.py unknown_reason": "when that word was made matters to nobody",
}


def test_nothing_behind_the_doors_reads_the_clock():
    read = {
        f"{place(file)} {function.name}"
        for file in python_files()
        if module_of(file) in BEHIND_THE_DOORS
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef)
        for call in calls(function)
        if callee(call) in CLOCKS and not (call.args or call.keywords)
    }

    assert sorted(read) == sorted(READ_ALL_THE_SAME)
