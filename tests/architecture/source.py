"""Our own code as the guards read it: files, syntax trees and the map of apps."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
JAPANESE = re.compile(r"[\u3041-\u30fa\u30fc-\u30ff\u3400-\u9fff\uff66-\uff9f]")
"""Kana and kanji; punctuation belongs to no language."""


@cache
def python_files() -> tuple[Path, ...]:
    """Every module of ours but migrations."""
    found = sorted((ROOT / "apps").rglob("*.py"))
    return tuple(file for file in found if "migrations" not in file.parts)


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def place(file: Path) -> str:
    """The file's name as the lists of exceptions write it: "deals/queries.py"."""
    return file.relative_to(ROOT / "apps").as_posix()


def app_of(file: Path) -> str:
    return place(file).split("/")[0]


def module_of(file: Path) -> str:
    """What kind of module the file is in its app, "views" for views.py and for each file of views/ alike."""
    return place(file).split("/")[1].removesuffix(".py") if "/" in place(file) else ""


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def called(call: ast.Call) -> str:
    """The last word of what is called: "save" of `deal.save()`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def callee(call: ast.Call) -> str:
    """All of what is called, as written."""
    return ast.unparse(call.func)


def at(file: Path, node: ast.AST) -> str:
    return f"{place(file)}:{node.lineno} {ast.unparse(node)[:100]}"


@cache
def floors() -> dict[str, int]:
    """Each app's floor in the map, base being 0; neighbours share one."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    return {
        name.strip(" ()"): floor
        for floor, layer in enumerate(reversed(contract["layers"]))
        for name in layer.split("|")
    }


def our_models() -> list:
    """Every model of our apps with a table of its own, history included, joining tables not."""
    ours = [config for config in apps.get_app_configs() if config.name.startswith("apps.")]
    return [model for config in ours for model in config.get_models() if model._meta.managed]


def operations() -> Iterator[tuple[str, str, Callable]]:
    """App, name and function of everything public in operations."""
    for file in python_files():
        if module_of(file) == "operations":
            dotted = "apps." + place(file).removesuffix(".py").replace("/", ".")
            module = importlib.import_module(dotted)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == dotted and not name.startswith("_"):
                    yield app_of(file), name, function
