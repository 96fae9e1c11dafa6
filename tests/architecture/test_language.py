"""Every Japanese word that a user may read is marked for translation."""

import ast
from collections.abc import Iterator

from tests.architecture.source import JAPANESE, called, place, python_files, tree

MARKS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
DATA = {
    "accounts/permissions.py": "the head of docs/permissions.md, whose words are the product's",
    "accounts/operations/company.py": "the grades that a Japanese tenant begins with",
    "base/forms.py": "the units that a typed amount may have",
    "base/text.py": "the legal forms of Japanese companies",
    "activities/rules.py": "how sums of money are written in what reps wrote",
    "customers/operations/sources.py": "the lead sources that a Japanese tenant begins with",
    "deals/operations/words.py": "the lost reasons that a Japanese tenant begins with",
    "activities/operations/words.py": "the kinds of expected issues that a Japanese tenant begins with",
}
DATA_FOLDERS = ("actions/capture/", "integrations/demo/", "integrations/imports/", "integrations/management/")


def test_every_japanese_word_in_the_code_can_be_translated():
    faults = [
        f"{place(file)}:{node.lineno} {node.value[:40]}"
        for file in python_files()
        if place(file) not in DATA and not place(file).startswith(DATA_FOLDERS)
        for node in _spoken(tree(file))
        if JAPANESE.search(node.value)
    ]

    assert faults == []


def _spoken(node: ast.AST) -> Iterator[ast.Constant]:
    """Strings outside of docstrings and of marks for translation."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Call) and called(child) in MARKS:
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child
        yield from _spoken(child)
