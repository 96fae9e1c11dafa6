"""Views, forms and the API ask queries and call operations; they write nothing themselves."""

import ast

from tests.architecture.source import app_of, at, called, callee, calls, module_of, place, python_files, tree

ONLY_READ = {
    "api",
    "authentication",
    "fields",
    "forms",
    "middleware",
    "navigation",
    "pages",
    "paging",
    "parsers",
    "permissions",
    "presentation",
    "problems",
    "queries",
    "rules",
    "scope",
    "settings_rows",
    "settings_views",
    "templatetags",
    "throttling",
    "views",
    "vocabulary",
    "wording",
}
WRITES = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "saved",
    "update_or_create",
}


def test_doors_and_questions_write_nothing():
    faults = [
        at(file, call)
        for file in python_files()
        if module_of(file) in ONLY_READ
        for call in calls(tree(file))
        if _writes(call) and "operations" not in callee(call)
    ]

    assert faults == []


def _writes(call: ast.Call) -> bool:
    """A queryset's `update` takes keywords, a dictionary's a dictionary."""
    return called(call) in WRITES or (called(call) == "update" and bool(call.keywords) and not call.args)


KNOW_TENANTS = {
    "accounts/digest.py": "a mail holds the tenant's address",
    "accounts/reactions.py": "a mail holds the tenant's address",
    "integrations/reactions.py": "as above",
}


def test_only_tenancy_and_commands_know_that_there_are_tenants():
    knowing = {
        place(file)
        for file in python_files()
        if app_of(file) != "tenancy" and "management" not in file.parts
        for name in _imported(tree(file))
        if name.startswith(("apps.tenancy", "django_tenants"))
    }

    assert sorted(knowing) == sorted(KNOW_TENANTS)


def _imported(module: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
