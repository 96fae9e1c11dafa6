"""What runs behind: reactions wait for something that happens, tasks have the name that the clock calls."""

import ast

from celery import current_app

from apps.journal.operations import REACTIONS
from config.clock import SCHEDULE
from tests.architecture.source import app_of, at, called, calls, module_of, python_files, tree


def test_every_reaction_waits_for_something_that_happens():
    assert sorted(REACTIONS.keys() - _noted()) == []


def _noted() -> set[str]:
    """Every event that an operation writes: given to `note`, handed on as `event=…` or chosen as `event`."""
    return {
        part.value
        for file in python_files()
        for node in ast.walk(tree(file))
        for name in _names_of_events(node)
        for part in ast.walk(name)
        if isinstance(part, ast.Constant)
    }


def _names_of_events(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call() if called(node) in ("note", "note_many"):
            return node.args[:1]
        case ast.keyword(arg="event") | ast.Assign(targets=[ast.Name(id="event")]):
            return [node.value]
    return []


def test_reactions_live_where_they_are_looked_for():
    faults = [
        at(file, call)
        for file in python_files()
        for call in calls(tree(file))
        if called(call) == "after" and module_of(file) not in ("reactions", "journal")
    ]

    assert faults == []


def test_every_task_is_called_by_its_app_and_verb():
    faults = [
        f"{app_of(file)}.{function.name}"
        for file in python_files()
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if "shared_task" in ast.unparse(decorator)
        and f"shared_task(name='{app_of(file)}.{function.name}'" not in ast.unparse(decorator)
    ]

    assert faults == []


def test_the_clock_calls_tasks_that_exist():
    current_app.loader.import_default_modules()

    assert sorted({entry["task"] for entry in SCHEDULE.values()} - current_app.tasks.keys()) == []
