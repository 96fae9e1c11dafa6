"""A hundred lines as reps write them, each with what it should yield, written by somebody who had not seen the parser.

`CAPTURE_LINES=path` scores another set of lines in its place. Another hundred lie sealed in `capture/sealed.b64` (zlib in
base64): they are opened once, when the parser is said to be finished, and until then nobody works on it by them.
"""

import os
import sys
from pathlib import Path

from tests.actions.capture import scoring

LINES = Path(os.environ.get("CAPTURE_LINES", scoring.HERE / "open.jsonl"))


def test_of_a_hundred_lines_almost_every_chip_is_right_and_no_company_is_surely_wrong(capsys):
    found = scoring.score(scoring.lines(LINES))

    with capsys.disabled():
        sys.stdout.write(f"\n{found.told()}\n")
    assert found.wrongly_sure == []
    assert found.share >= 0.95
