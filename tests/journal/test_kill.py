"""What follows from a deed follows exactly once, whatever dies meanwhile.

`BATON_LONG=1` stops the broker for half a minute and leaves the clock as it is.
"""

import os
import signal
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest

from config import embedded
from tests.database import ROOT
from tests.tenancy.served import as_owner

LONG = os.environ.get("BATON_LONG") == "1"
BROKER_IS_AWAY, CLOCK = (30, "config.celery") if LONG else (3, "tests.journal.hurried")
PEOPLE = 100
KILLS = (8, 22, 45, 62, 85)
BROKER_STOPS_AFTER = 33
PATIENCE = 400


class Programs:
    """Everything that runs beside this test, with the product's own settings."""

    def __init__(self, addresses: dict[str, str], folder: Path) -> None:
        self.folder = folder
        self.broker = embedded.Valkey.of(folder)
        self.mail = folder / "mail"
        self.log = (folder / "programs.log").open("ab")
        self.started: list[subprocess.Popen] = []
        self.environment = {
            **os.environ,
            **addresses,
            "BROKER_URL": self.broker.url(),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BATON_SECRET_KEY": "only for this test",
            "BATON_EMAIL_FILES": str(self.mail),
        }

    def start(self, *words: str, **streams) -> subprocess.Popen:
        streams = {"stdout": self.log, "stderr": self.log} | streams
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *words],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            text=True,
            **streams,
        )
        self.started.append(process)
        return process

    def worker(self) -> subprocess.Popen:
        quick = ["--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "INFO"]
        return self.start("celery", "-A", "config.celery:app", "worker", *quick)

    def kill_broker(self) -> None:
        """SIGKILL: it tidies nothing up, and what it had not written down is gone."""
        os.kill(int((self.broker.folder / "pid").read_text()), signal.SIGKILL)
        while self.broker.is_running():
            time.sleep(0.01)

    def beat(self, folder: Path) -> subprocess.Popen:
        place = ["--schedule", str(folder / "beat"), "--pidfile="]
        return self.start("celery", "-A", f"{CLOCK}:app", "beat", *place)

    def add_people(self, first: int, last: int) -> float:
        """Returns how long one takes, in seconds."""
        acting = self.start("tests.journal.acting", str(first), str(last), stdout=subprocess.PIPE)
        said, _ = acting.communicate(timeout=PATIENCE)
        assert acting.returncode == 0
        return float(said)

    def end(self) -> None:
        for process in self.started:
            kill(process, everyone=True)
            process.wait()
        embedded.forget(self.folder)
        self.log.close()


def kill(process: subprocess.Popen, *, everyone: bool) -> None:
    """SIGKILL, for the parent alone or with its children."""
    try:
        (os.killpg if everyone else os.kill)(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


@pytest.fixture
def programs(own_database, tmp_path):
    beside = Programs(own_database, tmp_path)
    beside.broker.start()
    yield beside
    beside.end()


def test_each_effect_happens_once_though_workers_and_broker_die(own_database, programs, tmp_path):
    began = time.monotonic()
    programs.add_people(0, PEOPLE // 2)
    programs.beat(tmp_path)
    worker = programs.worker()
    kills, away, a_deed = list(KILLS), False, 0.0
    with as_owner(own_database) as owner:
        while (sent := _sent(owner)) < PEOPLE:
            assert time.monotonic() - began < PATIENCE + BROKER_IS_AWAY, (
                f"{sent} sent; see {programs.log.name}"
            )
            if worker.poll() is not None:  # Celery may give up when its broker goes; whoever started it looks
                worker = programs.worker()
            if kills and sent >= kills[0]:
                kill(worker, everyone=len(kills) % 2 == 1)
                kills.pop(0)
                worker = programs.worker()
            if not away and sent >= BROKER_STOPS_AFTER:
                away = True
                programs.kill_broker()
                a_deed = programs.add_people(PEOPLE // 2, PEOPLE)
                time.sleep(BROKER_IS_AWAY)
                programs.broker.start()
            time.sleep(0.005)
        took = time.monotonic() - began
        facts = owner.execute(FACTS).fetchone()
    sys.stdout.write(f"{PEOPLE} events in {took:.0f} s; a deed without broker {a_deed:.3f} s\n")

    assert kills == []
    assert facts == (PEOPLE, PEOPLE, PEOPLE, PEOPLE, PEOPLE)
    assert _addresses(programs.mail) == sorted(f"person{number}@test.example" for number in range(PEOPLE))
    assert a_deed < 1


FACTS = """
    SELECT (SELECT count(*) FROM t_alpha.journal_entry WHERE event = 'user.added'),
        (SELECT count(*) FROM t_alpha.journal_delivery WHERE done_at IS NOT NULL),
        (SELECT count(*) FROM t_alpha.journal_delivery),
        (SELECT count(*) FROM t_alpha.mail_message WHERE sent_at IS NOT NULL),
        (SELECT count(*) FROM t_alpha.mail_message)
"""


def _sent(owner) -> int:
    return owner.execute("SELECT count(*) FROM t_alpha.mail_message WHERE sent_at IS NOT NULL").fetchone()[0]


def _addresses(folder: Path) -> list[str]:
    """Whom the mail that left went to; nothing half written lies beside it."""
    assert {file.suffix for file in (folder / "t_alpha").iterdir()} == {".eml"}
    return sorted(message_from_bytes(file.read_bytes())["To"] for file in (folder / "t_alpha").iterdir())
