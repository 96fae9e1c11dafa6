"""An undo whose worker is killed in the middle leaves everything, and is taken up again."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.customers.models import Company
from apps.integrations import operations
from apps.integrations.imports import working
from apps.integrations.models import Import, LedgerLine
from apps.integrations.vocabulary import State
from tests.database import ROOT
from tests.factories import make_user
from tests.integrations.imports import Importer
from tests.tenancy.served import as_owner

PATIENCE = 120
WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
THEIRS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


def until(question, answer, owner):
    began = time.monotonic()
    while owner.execute(question).fetchone()[0] != answer:
        assert time.monotonic() - began < PATIENCE, question
        time.sleep(0.05)


def test_an_undo_whose_worker_is_killed_in_the_middle_is_taken_up_again(own_database, tmp_path):
    rows = [["external_id", "name"], *([n, f"会社{n}"] for n in range(1_200))]  # three batches
    Importer(tmp_path)("companies", rows)
    import_ = operations.undo_import(Import.objects.get(), by=make_user(Role.ADMIN), at=timezone.now())
    lines = LedgerLine.objects.count()
    with as_owner(own_database) as owner:
        with owner.transaction():  # in whose hands the last company is: there the undo must wait
            owner.execute("SELECT FROM t_alpha.customers_company WHERE external_id = '1199' FOR UPDATE")
            worker = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.integrations.taking_away", str(import_.pk)],
                cwd=ROOT,
                env=os.environ | own_database | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            )
            with as_owner(own_database) as watch:
                until(WAITS, 1, watch)
            os.kill(worker.pid, signal.SIGKILL)
            assert worker.wait() == -signal.SIGKILL
        until(THEIRS, 0, owner)  # the database has noticed, too

    left = (Company.objects.count(), LedgerLine.objects.count(), Import.objects.get().state)
    silent = working.silent(now=timezone.now() + working.SILENT_FOR + timedelta(seconds=1))
    for import_id in silent:
        working.work(import_id)

    assert left == (1_200, lines, State.UNDOING)
    assert silent == [str(import_.pk)]
    assert (Company.objects.count(), LedgerLine.objects.count(), Import.objects.get().state) == (
        0,
        0,
        State.UNDONE,
    )
