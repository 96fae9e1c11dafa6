"""Words: gather what code and templates mark, check that English is complete, compile what Django reads.

python -m config.translations update | check | compile

Babel instead of GNU gettext, because a fresh machine has Python only. The source texts are the Japanese ones.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
ENGLISH = LOCALE / "en/LC_MESSAGES/django.po"
CALLS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
MARKS = tuple(CALLS)


def marked() -> Catalog:
    """Every text that code and templates mark, once."""
    catalog = Catalog(locale="en", project="Baton", charset="utf-8")
    for name, words in [*_of_code(), *_of_templates()]:
        spec = CALLS[name]
        parts = [words] if isinstance(words, str) else list(words)
        context = None
        if spec and isinstance(spec[0], tuple):
            context, parts = parts[0], parts[1:]
        text = tuple(parts[:2]) if len(parts) > 1 else parts[0]
        if text and all(text if isinstance(text, tuple) else [text]):
            catalog.add(text, context=context)
    return catalog


def _of_code() -> Iterator[tuple[str, str | tuple]]:
    for file in sorted([*ROOT.glob("apps/**/*.py"), *ROOT.glob("config/*.py")]):
        if "migrations" not in file.parts:
            yield from _calls(file.read_bytes())


def _of_templates() -> Iterator[tuple[str, str | tuple]]:
    from django.utils.translation.template import templatize  # needs no settings of ours

    for file in sorted(ROOT.glob("templates/**/*.html")):
        python = templatize(file.read_text("utf-8"), origin=str(file))
        # What is not marked has become a row of X: on one line it cannot disturb Python's indentation.
        yield from _calls(" ".join(python.split("\n")).strip().encode())


def _calls(code: bytes) -> Iterator[tuple[str, str | tuple]]:
    for _line, name, words, _comments in extract_python(io.BytesIO(code), MARKS, [], {"encoding": "utf-8"}):
        given = tuple(word for word in words if word) if isinstance(words, tuple) else words
        if given:
            yield name, given


def catalog_of(file: Path) -> Catalog:
    with file.open("rb") as handle:
        return read_po(handle, locale=file.parts[-3])


def update() -> None:
    """Bring the English catalogue to what is marked now; translations of texts that are gone are dropped."""
    catalog = catalog_of(ENGLISH) if ENGLISH.exists() else Catalog(locale="en", charset="utf-8")
    catalog.update(marked(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = "# Baton in English. The source texts are the Japanese ones."
    catalog.fuzzy = False
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as handle:
        write_po(handle, catalog, width=110, no_location=True, omit_header=False, sort_output=True)


def faults() -> list[str]:
    """What is untranslated, fuzzy, stale or not yet gathered in the English catalogue."""
    have, want = catalog_of(ENGLISH), marked()
    keys = {(m.id, m.context) for m in want if m.id}
    known = {(m.id, m.context): m for m in have if m.id}
    found = [f"not gathered: {text!r}" for text, context in sorted(keys - known.keys(), key=str)]
    found += [f"stale: {text!r}" for text, context in sorted(known.keys() - keys, key=str)]
    found += [f"untranslated: {m.id!r}" for m in known.values() if not _translated(m.string)]
    found += [f"fuzzy: {m.id!r}" for m in known.values() if m.fuzzy]
    found += [f"{m.id!r}: {fault}" for m in known.values() for fault in m.check(have)]
    return found


def _translated(string: str | tuple) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def compile_all() -> None:
    """Write each .mo that is older than its .po."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = target.with_suffix(f".{os.getpid()}")
        with unfinished.open("wb") as handle:
            write_mo(handle, catalog_of(source))
        unfinished.replace(target)


def main(asked: str) -> None:
    if asked == "update":
        update()
    elif asked in ("check", "--check"):
        found = faults()
        if found:
            sys.exit(
                "\n".join(
                    [*found, f"{len(found)} faults: python -m config.translations update, then translate"]
                )
            )
    elif asked == "compile":
        compile_all()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
