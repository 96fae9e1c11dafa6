"""An operator's shell that has loaded Django already: each line on stdin is a command, run in a child to be killed.

The start of Python is three quarters of a command's time, and nothing happens in it that a kill could spoil.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from tests.database import ROOT


class Shell:
    """The other side: what a test holds."""

    def __init__(self, addresses: dict[str, str]) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "BATON_AS_OWNER": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.tenancy.maker"],
            cwd=ROOT,
            env=os.environ | addresses | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.read()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def start(self, *words: str, typed: str = "") -> int:
        """Start a command; returns the number of its process."""
        self.process.stdin.write(json.dumps([words, typed]) + "\n")
        self.process.stdin.flush()
        return self.read()

    def wait(self) -> tuple[bool, str]:
        """Whether it ended well, and what it said."""
        ended_well, said = self.read()
        return ended_well, said

    def run(self, *words: str, typed: str = "") -> str:
        self.start(*words, typed=typed)
        ended_well, said = self.wait()
        assert ended_well, said
        return said


@contextmanager
def shell(addresses: dict[str, str]) -> Iterator[Shell]:
    opened = Shell(addresses)
    try:
        yield opened
    finally:
        opened.process.stdin.close()
        opened.process.wait(30)
        opened.process.stdout.close()


def serve() -> None:
    import django

    django.setup()
    say = os.fdopen(os.dup(1), "w")
    print(json.dumps("ready"), file=say, flush=True)
    for line in sys.stdin:
        words, typed = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _obey(words, typed, write)
        os.close(write)
        print(json.dumps(child), file=say, flush=True)
        with os.fdopen(read) as words_of_child:
            said = words_of_child.read()
        _, status = os.waitpid(child, 0)
        print(json.dumps([status == 0, said]), file=say, flush=True)


def _obey(words: list[str], typed: str, write: int) -> None:
    from django.core.management import call_command

    os.dup2(write, 1)
    os.dup2(write, 2)
    sys.stdin = io.StringIO(typed)
    try:
        call_command(*words)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    serve()
