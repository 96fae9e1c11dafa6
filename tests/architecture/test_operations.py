"""Every deed says who may do it, by whom and when it was done, and ends in the journal."""

import ast
import inspect

from tests.architecture.source import called, calls, module_of, operations, place, python_files, tree

BELOW_PERMISSIONS = {"tenancy", "journal", "mail", "inbox"}
"""Apps below the permission table: only our own code and the operator come here."""

UNGUARDED = {
    "activities.retally": "writes nothing new: what follows from follows and visits",
    "accounts.end_all": "a part of deeds that are guarded",
    "accounts.seen": "writes only that somebody was there",
    "activities.furnish": "a new tenant has nobody yet",
    "accounts.furnish": "a new tenant has nobody yet",
    "customers.furnish": "a new tenant has nobody yet",
    "deals.furnish": "a new tenant has nobody yet",
    "integrations.furnish": "a new tenant has nobody yet",
    "customers.differing": "writes nothing: sets what was said on a record in hand",
    "conversations.too_large": "writes nothing: what is said of such a file",
    "customers.settle": "writes nothing: a part of deeds that are guarded",
    "customers.take": "writes nothing: a part of deeds that are guarded",
    "customers.key_of": "writes nothing: what a company is found by",
    "deals.open_to_change": "writes nothing: locks the deal, or refuses",
    "deals.unknown_reason": "a word that an import needs; the import is guarded",
}


def deeds() -> dict[str, object]:
    return {f"{app}.{name}": function for app, name, function in operations() if app not in BELOW_PERMISSIONS}


def guarded() -> dict[str, object]:
    return {name: deed for name, deed in deeds().items() if hasattr(deed, "act")}


def test_every_operation_says_who_may():
    assert sorted(deeds().keys() - guarded().keys()) == sorted(UNGUARDED)


def test_every_operation_is_told_by_whom_and_when():
    faults = [
        name
        for name, deed in guarded().items()
        for given in ("by", "at")
        if given not in (parameters := inspect.signature(deed).parameters)
        or parameters[given].kind is not inspect.Parameter.KEYWORD_ONLY
    ]

    assert faults == []


def test_every_operation_ends_in_the_journal():
    noting = {
        f"{place(file).split('/')[0]}.{name}"
        for file in python_files()
        if module_of(file) == "operations"
        for name in _that_note(tree(file))
    }

    assert sorted(guarded().keys() - noting) == []


def _that_note(module: ast.Module) -> set[str]:
    """The functions that note, themselves or through another one of the module."""
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    asks = {name: {called(call) for call in calls(node)} for name, node in functions.items()}
    noting = {"note", "note_many"}
    while more := {name for name, asked in asks.items() if asked & noting} - noting:
        noting |= more
    return noting & functions.keys()
