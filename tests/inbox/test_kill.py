"""Nobody misses what was said to them, and nobody hears it twice, whatever dies meanwhile."""

import sys
import time

from django.utils import timezone

from apps.accounts.vocabulary import Role
from tests import factories
from tests.inbox import reading
from tests.journal.test_kill import BROKER_IS_AWAY, PATIENCE, kill
from tests.journal.test_kill import programs as programs  # a fixture
from tests.mail.sink import Sink
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
                programs.kill_broker()
                comment(TOLD // 2, TOLD)
                time.sleep(BROKER_IS_AWAY)
                programs.broker.start()
            time.sleep(0.005)
        told = owner.execute(FACTS, {"hearer": hearer.pk}).fetchone()
    sys.stdout.write(f"{TOLD} mentions told in {time.monotonic() - began:.0f} s\n")

    assert (kills, away) == ([], True)
    assert told == (TOLD, TOLD, TOLD)


BREAKS_AT = (9, 30, 71)
"""The mail server takes these and breaks off before it says so."""


def test_a_hundred_digests_arrive_though_workers_broker_and_mail_server_die(own_database, programs, tmp_path):
    """Every digest leaves, none is written twice. A mail server that dies between taking a mail and saying so is given
    it again, as SMTP wants it, under the same Message-ID: by that it is known as one."""
    now = timezone.now()
    reading.open_all_day(now)
    people = reading.people_with_something_to_read(TOLD, at=now)
    mark_what_is_owed_as_done(own_database)
    sink = Sink(breaks_at=BREAKS_AT)
    programs.environment |= sink.environment
    began = time.monotonic()
    programs.beat(tmp_path)
    worker, kills, away, killed = programs.worker(), list(KILLS), False, 0
    with as_owner(own_database) as owner:
        while (sent := _sent(owner)) < TOLD:
            assert time.monotonic() - began < PATIENCE + BROKER_IS_AWAY, (
                f"{sent} sent; see {programs.log.name}"
            )
            if worker.poll() is not None:
                worker = programs.worker()
            if kills and sent >= kills[0]:
                kill(worker, everyone=len(kills) % 2 == 1)
                kills.pop(0)
                killed += 1
                worker = programs.worker()
            if not away and sent >= BROKER_STOPS_AFTER:
                away = True
                programs.kill_broker()
                time.sleep(BROKER_IS_AWAY)
                programs.broker.start()
            time.sleep(0.005)
        mailed, messages, again = owner.execute(DIGESTS).fetchone()
    times = sink.times()
    twice = sum(times.values()) - len(times)
    took = time.monotonic() - began
    sys.stdout.write(f"{TOLD} digests in {took:.0f} s; {twice} handed over again under their Message-ID\n")

    assert (kills, away) == ([], True)
    assert (mailed, messages, again) == (TOLD, TOLD, 0)
    assert sorted(to for _number, to in set(sink.taken)) == sorted(person.email for person in people)
    assert len(BREAKS_AT) <= twice <= len(BREAKS_AT) + killed * WORKERS


WORKERS = 2
"""Processes of a worker: so many mails can be on their way when it is killed."""

DIGESTS = """
    SELECT (SELECT count(*) FROM t_alpha.inbox_notification WHERE mailed_at IS NOT NULL),
        (SELECT count(*) FROM t_alpha.mail_message WHERE sent_at IS NOT NULL AND key LIKE 'digest:%'),
        (SELECT count(*) - count(DISTINCT "to") FROM t_alpha.mail_message)
"""


def mark_what_is_owed_as_done(own_database) -> None:
    """The invitations of the people: nothing but their digests is to be mailed."""
    with as_owner(own_database) as owner:
        owner.execute("UPDATE t_alpha.journal_delivery SET done_at = now() WHERE done_at IS NULL")


def _sent(owner) -> int:
    return owner.execute("SELECT count(*) FROM t_alpha.mail_message WHERE sent_at IS NOT NULL").fetchone()[0]


FACTS = """
    SELECT count(*), count(DISTINCT key), count(*) FILTER (WHERE user_id = %(hearer)s AND read_at IS NULL)
    FROM t_alpha.inbox_notification
"""


def _arrived(owner) -> int:
    return owner.execute("SELECT count(*) FROM t_alpha.inbox_notification").fetchone()[0]


def _owed(owner) -> int:
    return owner.execute("SELECT count(*) FROM t_alpha.journal_delivery WHERE done_at IS NULL").fetchone()[0]
