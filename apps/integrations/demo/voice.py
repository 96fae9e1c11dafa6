"""Putting the demo's words together. The words themselves are in words.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from random import Random
from typing import Any

WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

_HOLE = re.compile(r"{(\w+)}")
_NUMBERS = {"n": (5, 25), "k": (2, 6), "hour": (10, 17)}


class Voice:
    """Chooses among pieces of text and fills their holes, with what is known or with other pieces."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def tell(self, pieces: list[str], **known: Any) -> str:
        return _HOLE.sub(lambda hole: self._filled(hole[1], known), self.rng.choice(pieces))

    def _filled(self, name: str, known: dict[str, Any]) -> str:
        if name in known:
            return str(known[name])
        if name in _NUMBERS:
            return str(self.rng.randint(*_NUMBERS[name]))
        return self.tell(WORDS["pieces"][name], **known)
