"""Lines as reps write them, each with what it should yield, written by people who had not seen the parser.

In `open` and `fresh_a` to `fresh_e` what was read wrong has been mended since. `sealed` lay sealed until the parser was
said to be finished; what it reads wrong there stands as it was found. `rules` were written while mending, a line or two
for each sentence of the contract: they say only that nothing gets lost. `CAPTURE_LINES=path CAPTURE_WORLD=path` scores
another set of lines.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.actions.capture import scoring

FLOORS = {
    "open": 0.999, "fresh_a": 0.996, "fresh_b": 0.993, "fresh_c": 0.998, "fresh_d": 0.985, "fresh_e": 0.999,
    "sealed": 0.973, "rules": 1,
}  # fmt: skip
"""What each set has reached; it may only rise."""
WORLDS = {"fresh_d": "world_d", "fresh_e": "world_e"}
OPEN = [scoring.HERE / f"{name}.jsonl" for name in FLOORS]
LINES = [Path(os.environ["CAPTURE_LINES"])] if "CAPTURE_LINES" in os.environ else OPEN
WORLD = os.environ.get("CAPTURE_WORLD")


@pytest.mark.parametrize("lines", LINES, ids=lambda path: path.stem)
def test_almost_every_chip_is_right_and_no_company_is_surely_wrong(lines, capsys):
    world = Path(WORLD) if WORLD else scoring.HERE / f"{WORLDS.get(lines.stem, 'world')}.json"

    found = scoring.score(scoring.lines(lines), scoring.World(world))

    with capsys.disabled():
        sys.stdout.write(f"\n{lines.stem}\n{found.told()}\n")
    assert found.wrongly_sure == []
    assert found.share >= FLOORS.get(lines.stem, 0.95)
