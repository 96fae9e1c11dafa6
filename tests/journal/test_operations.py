"""The journal's line and what it owes, inside one database and without a worker."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.accounts.models import SYSTEM
from apps.customers.models import Company
from apps.journal import operations, tasks
from apps.journal.models import Delivery, Entry
from tests import factories
from tests.tenancy.served import as_owner

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LATER = timedelta(minutes=1)

calls: list[str] = []


def works(entry: Entry) -> None:
    calls.append(entry.event)
    Company.objects.filter(pk=entry.subject_id).update(note="reacted")


def fails(entry: Entry) -> None:
    works(entry)
    raise RuntimeError("not today")


@pytest.fixture
def company(db):
    return factories.make_company("出来事のある会社")


@pytest.fixture
def owed(monkeypatch, company):
    """A delivery of the given reaction."""
    calls.clear()

    def make(reaction=works) -> Delivery:
        name = f"{__name__}.{reaction.__name__}"
        monkeypatch.setitem(operations.REACTIONS, "test.happened", [name])
        entry = operations.note("test.happened", company, by=SYSTEM)
        Delivery.objects.filter(entry=entry).update(due_at=NOW)
        return entry.deliveries.get()

    return make


# ── noting ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_says_who_did_what_to_what_as_it_was_called_then(company):
    rep = factories.make_user(name="青木 健")

    entry = operations.note("test.happened", company, by=rep, month=None, other=rep, many=[rep, 1])

    person = {"id": str(rep.pk), "name": "青木 健"}
    assert (entry.actor_id, entry.actor_name, entry.subject_id, entry.subject_name, entry.subject_kind) == (
        rep.pk,
        "青木 健",
        company.pk,
        "出来事のある会社",
        "customers.company",
    )
    assert Entry.objects.get(pk=entry.pk).details == {"month": None, "other": person, "many": [person, 1]}


def test_a_deed_that_is_undone_leaves_no_line_and_owes_nothing(owed):
    before = (Entry.objects.count(), Delivery.objects.count())

    with transaction.atomic():
        owed()
        transaction.set_rollback(True)

    assert (Entry.objects.count(), Delivery.objects.count()) == before


def test_what_is_owed_is_queued_only_when_the_deed_stands(
    owed, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(tasks.deliver, "soon", lambda **given: queued.append(given) or True)

    with django_capture_on_commit_callbacks() as waiting:
        delivery = owed()
        before = list(queued)
    for callback in waiting:
        callback()

    assert before == []
    assert queued == [{"delivery_id": str(delivery.pk), "within": None}]


def test_each_reaction_is_owed_once_per_line(owed, monkeypatch, company):
    monkeypatch.setitem(operations.REACTIONS, "test.happened", [f"{__name__}.works", f"{__name__}.fails"])

    entries = operations.note_many("test.happened", [company, company], by=SYSTEM)

    assert [sorted(d.reaction.split(".")[-1] for d in entry.deliveries.all()) for entry in entries] == [
        ["fails", "works"]
    ] * 2


# ── delivering ─────────────────────────────────────────────────────────────────────────────────────


def test_a_delivery_runs_once(owed, company):
    delivery = owed()

    ran = [operations.deliver(str(delivery.pk), now=NOW) for _ in range(3)]

    company.refresh_from_db()
    delivery.refresh_from_db()
    assert (ran, calls, company.note, delivery.done_at) == (
        [True, False, False],
        ["test.happened"],
        "reacted",
        NOW,
    )


def test_a_delivery_that_is_unknown_is_left_alone(company):
    assert operations.deliver(str(company.pk), now=NOW) is False


def test_a_reaction_that_fails_undoes_its_effect_and_is_tried_again(owed, company, monkeypatch):
    delivery = owed(fails)

    failed = operations.deliver(str(delivery.pk), now=NOW)
    company.refresh_from_db()
    delivery.refresh_from_db()
    left = (company.note, delivery.done_at, delivery.attempts, delivery.last_error)
    Delivery.objects.filter(pk=delivery.pk).update(reaction=f"{__name__}.works")
    mended = operations.deliver(str(delivery.pk), now=NOW + LATER)

    company.refresh_from_db()
    assert left == ("", None, 1, "RuntimeError: not today")
    assert (failed, mended, company.note) == (False, True, "reacted")


def test_a_reaction_that_is_gone_waits_like_one_that_fails(owed):
    delivery = owed()
    Delivery.objects.filter(pk=delivery.pk).update(reaction="apps.accounts.reactions.renamed")

    assert operations.deliver(str(delivery.pk), now=NOW) is False

    delivery.refresh_from_db()
    assert delivery.last_error.startswith("ImportError")


def test_each_failure_waits_longer_up_to_an_hour(owed):
    delivery = owed(fails)

    waits = []
    for _ in range(12):
        operations.deliver(str(delivery.pk), now=NOW)
        delivery.refresh_from_db()
        waits.append(int((delivery.due_at - NOW).total_seconds()))

    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]


def test_a_delivery_in_other_hands_is_left_alone(own_database):
    company = factories.make_company("手のふさがった会社")
    entry = Entry.objects.get(subject_id=company.pk)
    delivery = Delivery.objects.create(entry=entry, reaction=f"{__name__}.works", due_at=NOW)
    calls.clear()

    with as_owner(own_database) as other, other.transaction():
        other.execute("SELECT 1 FROM t_alpha.journal_delivery WHERE id = %s FOR UPDATE", [delivery.pk])
        while_held = operations.deliver(str(delivery.pk), now=NOW), operations.sweep(now=NOW + LATER)

    assert (while_held, calls) == ((False, 0), [])
    assert operations.deliver(str(delivery.pk), now=NOW) is True


# ── sweeping ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def queued(monkeypatch):
    """What the workers were asked for."""
    asked = []
    monkeypatch.setattr(operations, "queue", lambda deliveries, **given: asked.extend(deliveries))
    return asked


def test_what_was_not_done_is_queued_again_and_then_left_alone_for_a_while(owed, queued):
    delivery = owed()
    queued.clear()

    moments = [NOW + timedelta(seconds=seconds) for seconds in (4, 5, 6, 9, 10)]
    swept = [operations.sweep(now=moment) for moment in moments]

    assert swept == [0, 1, 0, 0, 1]
    assert queued == [delivery.pk, delivery.pk]


def test_what_is_done_is_never_swept(owed, queued):
    delivery = owed()
    operations.deliver(str(delivery.pk), now=NOW)
    queued.clear()

    assert (operations.sweep(now=NOW + timedelta(days=1)), queued) == (0, [])


def test_what_failed_is_swept_when_its_wait_is_over(owed, queued):
    delivery = owed(fails)
    operations.deliver(str(delivery.pk), now=NOW)

    assert operations.sweep(now=NOW + timedelta(seconds=14)) == 0
    assert operations.sweep(now=NOW + timedelta(seconds=15)) == 1


def test_one_sweep_takes_the_longest_waiting_and_no_more_than_it_can(owed, queued, monkeypatch):
    monkeypatch.setattr(operations, "SWEEP_AT_MOST", 2)
    waiting = [owed() for _ in range(3)]
    for age, delivery in enumerate(waiting):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=NOW - age * LATER)
    queued.clear()

    assert operations.sweep(now=NOW + LATER) == 2
    assert queued == [waiting[2].pk, waiting[1].pk]


def test_what_a_sweep_queued_is_not_worth_doing_after_the_next_one(owed, monkeypatch):
    """A worker that is behind would get more of it than it does."""
    sent = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **given: sent.append(given["expires"]))
    with transaction.atomic():
        owed()

    operations.sweep(now=NOW + LATER)

    assert set(sent) == {10}


# ── the broker ─────────────────────────────────────────────────────────────────────────────────────


def test_a_broker_that_does_not_answer_fails_no_deed(owed, monkeypatch, django_capture_on_commit_callbacks):
    def unanswered(*args, **given):
        raise OperationalError("nobody there")

    monkeypatch.setattr(tasks.deliver, "apply_async", unanswered)

    with django_capture_on_commit_callbacks(execute=True):
        delivery = owed()

    assert Delivery.objects.get(pk=delivery.pk).done_at is None


def test_nobody_waits_for_a_broker_that_is_gone(tmp_path):
    """By Celery's own way to a socket that is not there."""
    began = perf_counter()

    gone = current_app.connection_for_write(f"redis+socket://{tmp_path / 'gone.sock'}")
    with gone, pytest.raises(OperationalError):
        tasks.deliver.apply_async(kwargs={"delivery_id": "x"}, connection=gone)

    assert perf_counter() - began < 1
