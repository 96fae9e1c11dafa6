"""Nobody misses what was said to them, and nobody hears it twice, whatever dies meanwhile."""

import sys
import time

from apps.accounts.vocabulary import Role
from tests import factories
from tests.journal.test_kill import BROKER_IS_AWAY, PATIENCE, kill
from tests.journal.test_kill import programs as programs  # a fixture
from tests.tenancy.served import as_owner

TOLD = 100
KILLS = (8, 22, 45, 62, 85)
BROKER_STOPS_AFTER = 33


def test_a_hundred_mentions_arrive_once_each_though_workers_and_broker_die(own_database, programs, tmp_path):
    team = factories.make_team()
    by, hearer = (
        factories.make_user(Role.FIELD_SALES, name=name, team=team) for name in ("青木 健", "馬場 優")
    )
    company = factories.make_company()

    def comment(first: int, last: int) -> None:
        given = [str(company.pk), str(by.pk), hearer.name, str(first), str(last)]
        assert programs.start("tests.inbox.commenting", *given).wait(PATIENCE) == 0

    comment(0, TOLD // 2)
    began = time.monotonic()
    programs.beat(tmp_path)
    worker, kills, away = programs.worker(), list(KILLS), False
    with as_owner(own_database) as owner:
        while (arrived := _arrived(owner)) < TOLD or _owed(owner):
            waited = time.monotonic() - began
            assert waited < PATIENCE + BROKER_IS_AWAY, f"{arrived} arrived; see {programs.log.name}"
            if worker.poll() is not None:  # Celery may give up when its broker goes; whoever started it looks
                worker = programs.worker()
            if kills and arrived >= kills[0]:
                kill(worker, everyone=len(kills) % 2 == 1)
                kills.pop(0)
                worker = programs.worker()
            if not away and arrived >= BROKER_STOPS_AFTER:
                away = True
                programs.broker.stop()
                comment(TOLD // 2, TOLD)
                time.sleep(BROKER_IS_AWAY)
                programs.broker.start()
            time.sleep(0.005)
        told = owner.execute(FACTS, {"hearer": hearer.pk}).fetchone()
    sys.stdout.write(f"{TOLD} mentions told in {time.monotonic() - began:.0f} s\n")

    assert (kills, away) == ([], True)
    assert told == (TOLD, TOLD, TOLD)


FACTS = """
    SELECT count(*), count(DISTINCT key), count(*) FILTER (WHERE user_id = %(hearer)s AND read_at IS NULL)
    FROM t_alpha.inbox_notification
"""


def _arrived(owner) -> int:
    return owner.execute("SELECT count(*) FROM t_alpha.inbox_notification").fetchone()[0]


def _owed(owner) -> int:
    return owner.execute("SELECT count(*) FROM t_alpha.journal_delivery WHERE done_at IS NULL").fetchone()[0]
