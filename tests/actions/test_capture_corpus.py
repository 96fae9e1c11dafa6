"""Lines as reps write them, each with what it should yield, written by people who had not seen the parser.

In `open` and `fresh_a`, `fresh_b`, `fresh_c` what was read wrong has been mended since. `sealed` lay sealed until the
parser was said to be finished; what it reads wrong there stands as it was found. `rules` were written while mending, a line or two for each sentence of the
contract: they say only that nothing gets lost. `CAPTURE_LINES=path` scores another set of lines.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.actions.capture import scoring

OPEN = [
    scoring.HERE / f"{name}.jsonl" for name in ("open", "fresh_a", "fresh_b", "fresh_c", "sealed", "rules")
]
LINES = [Path(os.environ["CAPTURE_LINES"])] if "CAPTURE_LINES" in os.environ else OPEN


@pytest.mark.parametrize("lines", LINES, ids=lambda path: path.stem)
def test_almost_every_chip_is_right_and_no_company_is_surely_wrong(lines, capsys):
    found = scoring.score(scoring.lines(lines))

    with capsys.disabled():
        sys.stdout.write(f"\n{lines.stem}\n{found.told()}\n")
    assert found.wrongly_sure == []
    assert found.share >= 0.97
