"""Who is named in a text by @, and what a file may be called."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

TOKEN = re.compile(r"@\[([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")
"""How a named person stands in the text that is kept: by id, so that a new name is shown and an erased one is gone."""

ADDRESS = re.compile(r"https?://[!-~]+[!-~]", re.ASCII)
_AFTER_AN_ADDRESS = ".,:;!?'\")]}>"

LONGEST_FILE_NAME = 200
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def addressed(text: str, people: Iterable[tuple[UUID, str]], meant: Collection[UUID] = ()) -> str:
    """The text with each @name as a token. A family name is enough where one person has it; of namesakes only one
    who is among `meant` is.
    """
    called = _called(people, set(meant))
    if not called:
        return text
    names = "|".join(_spaced(name) for name in sorted(called, key=len, reverse=True))
    # Not within an e-mail address, nor within a longer Latin name.
    pattern = re.compile(rf"(?<![A-Za-z0-9._%+-])[@＠]({names})(?![A-Za-z0-9])", re.IGNORECASE)
    return pattern.sub(lambda found: f"@[{called[_plain(found[1])]}]", text)


def _called(people: Iterable[tuple[UUID, str]], meant: set[UUID]) -> dict[str, UUID]:
    """Whom each way of calling means, where it means one person."""
    by_name: dict[str, set[UUID]] = defaultdict(set)
    for pk, name in people:
        parts = name.split()
        for way in {_plain(name), _plain(parts[0])} if parts else ():
            by_name[way].add(pk)
    chosen = {way: pks & meant or pks for way, pks in by_name.items()}
    return {way: next(iter(pks)) for way, pks in chosen.items() if len(pks) == 1}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _spaced(name: str) -> str:
    """A name written with or without blanks between its signs."""
    return r"\s?".join(re.escape(sign) for sign in name)


def named_in(text: str) -> list[UUID]:
    """Whose tokens stand in the text, each once."""
    return list(dict.fromkeys(UUID(found) for found in TOKEN.findall(text)))


def spoken(text: str, names: Mapping[UUID, str]) -> str:
    """The text as it was typed, names for tokens."""
    return TOKEN.sub(lambda found: f"@{names[UUID(found[1])]}" if UUID(found[1]) in names else found[0], text)


def address_at(found: re.Match[str]) -> str:
    """The web address without the sentence that goes on behind it."""
    return found[0].rstrip(_AFTER_AN_ADDRESS)


def file_name(given: str) -> str:
    """What a file is called: no path, nothing that is not seen, and its ending kept where it is too long."""
    name = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in _NOT_SHOWN)
    name = " ".join(name.split()).strip(". ")
    ending = ending_of(name)
    return (
        name if len(name) <= LONGEST_FILE_NAME else name[: LONGEST_FILE_NAME - len(ending) - 1] + f".{ending}"
    )


def ending_of(name: str) -> str:
    """pdf of 見積書.PDF; nothing where there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.casefold() if dot and stem and len(ending) <= 10 else ""
