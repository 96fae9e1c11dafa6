"""What two people wrote at once is decided by one of them, not kept as both."""

import re
import subprocess

from tests.architecture.source import ROOT

MARKER = re.compile(rb"^(<{7} |={7}$|>{7} )", re.MULTILINE)


def left_open(text: bytes) -> bool:
    """Underlines of seven signs are no conflict; its three markers together are."""
    return {found[:1] for found in MARKER.findall(text)} == {b"<", b"=", b">"}


def test_no_file_holds_a_conflict_that_nobody_solved():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    files = [ROOT / name.decode() for name in tracked.split(b"\0") if name]

    assert [file.name for file in files if file.is_file() and left_open(file.read_bytes())] == []


def test_a_conflict_is_seen():
    assert left_open(b"a\n" + b"<" * 7 + b" HEAD\nb\n" + b"=" * 7 + b"\nc\n" + b">" * 7 + b" other\n")
    assert not left_open(b"Title\n" + b"=" * 7 + b"\n")
