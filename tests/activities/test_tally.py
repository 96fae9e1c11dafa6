"""The daily roll-up equals a recount, whatever is written and however."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from apps.activities import operations
from apps.activities.models import NOBODY, DayTally, Follow, Visit
from apps.activities.vocabulary import Direction, VisitStatus
from tests import factories


def kept() -> dict:
    """What the roll-up says, rows of nothing left out."""
    rows = DayTally.objects.values_list("owner_id", "day", "follows", "visits")
    return {(owner, day): (follows, visits) for owner, day, follows, visits in rows if follows or visits}


def recounted() -> dict:
    follows = Counter(
        (follow.owner_id or NOBODY, follow.happened_on)
        for follow in Follow.objects.all()
        if follow.direction == Direction.OUT and not follow.trashed_at
    )
    visits = Counter(
        (visit.owner_id or NOBODY, visit.starts_on)
        for visit in Visit.objects.all()
        if visit.status == VisitStatus.DONE and not visit.trashed_at
    )
    return {key: (follows[key], visits[key]) for key in follows.keys() | visits.keys()}


class Life:
    """Random writes of every kind that the product, an import or a repair makes."""

    def __init__(self, random: Random, people) -> None:
        self.random, self.people, self.company = random, [*people, None], factories.make_company()
        self.now = timezone.now()

    def moment(self):
        return self.now - timedelta(hours=self.random.randrange(24 * 5))

    def follow(self) -> Follow:
        at = self.moment()
        return Follow(
            company=self.company,
            owner=self.random.choice(self.people),
            kind="call",
            outcome="connected",
            direction=self.random.choice(Direction.values),
            happened_at=at,
            happened_on=timezone.localdate(at),
            created_at=self.now,
            changed_at=self.now,
        )

    def visit(self) -> Visit:
        at = self.moment()
        return Visit(
            company=self.company,
            owner=self.random.choice(self.people),
            status=self.random.choice(VisitStatus.values),
            starts_at=at,
            starts_on=timezone.localdate(at),
            created_at=self.now,
            changed_at=self.now,
        )

    def some(self, model):
        chosen = [pk for pk in model.objects.values_list("pk", flat=True) if self.random.random() < 0.4]
        return model.objects.filter(pk__in=chosen)

    def inserts_many(self):
        Follow.objects.bulk_create(self.follow() for _ in range(self.random.randrange(8)))
        Visit.objects.bulk_create(self.visit() for _ in range(self.random.randrange(8)))

    def inserts_one(self):
        self.random.choice([self.follow, self.visit])().save()

    def hands_over(self):
        self.some(self.random.choice([Follow, Visit])).update(owner=self.random.choice(self.people))

    def moves(self):
        day = timezone.localdate(self.moment())
        self.some(Follow).update(happened_on=day)
        self.some(Visit).update(starts_on=day)

    def turns(self):
        self.some(Follow).update(direction=self.random.choice(Direction.values))
        self.some(Visit).update(status=self.random.choice(VisitStatus.values))

    def trashes(self):
        self.some(self.random.choice([Follow, Visit])).update(trashed_at=self.random.choice([self.now, None]))

    def changes_in_bulk(self):
        follows = list(self.some(Follow))
        for follow in follows:
            follow.owner, follow.direction = self.random.choice(self.people), Direction.OUT
        if follows:
            Follow.objects.bulk_update(follows, ["owner", "direction"])

    def deletes(self):
        self.some(self.random.choice([Follow, Visit])).delete()

    def goes_on(self):
        deeds = [
            self.inserts_many,
            self.inserts_one,
            self.hands_over,
            self.moves,
            self.turns,
            self.trashes,
            self.changes_in_bulk,
            self.deletes,
        ]
        self.random.choice(deeds)()


@pytest.mark.parametrize("seed", range(6))
def test_the_roll_up_equals_a_recount_after_every_write(seed, rep, colleague):
    life = Life(Random(seed), [rep, colleague])
    life.inserts_many()

    for _ in range(25):
        life.goes_on()
        assert kept() == recounted()


def test_counting_anew_changes_nothing(rep, colleague):
    life = Life(Random(7), [rep, colleague])
    for _ in range(20):
        life.goes_on()
    before = kept()

    operations.retally()

    assert kept() == before == recounted()


def test_counting_anew_mends_a_roll_up_that_went_wrong(rep):
    factories.make_follow(rep)
    DayTally.objects.update(follows=99)

    operations.retally()

    assert kept() == recounted()


def test_copied_rows_are_counted(rep):
    follow = Life(Random(1), [rep]).follow()
    follow.owner, follow.direction = rep, Direction.OUT
    columns = [field.column for field in Follow._meta.concrete_fields]
    values = [getattr(follow, field.attname) for field in Follow._meta.concrete_fields]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY activities_follow ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        copy.write_row(values)

    assert kept() == {(rep.pk, follow.happened_on): (1, 0)}


def test_an_incoming_call_and_a_planned_visit_count_nothing(rep):
    factories.make_follow(rep, direction="in")
    factories.make_visit(rep)

    assert kept() == {}


def test_what_nobody_known_did_counts_for_nobody(rep):
    Follow.objects.filter(pk=factories.make_follow(rep).pk).update(owner=None)

    assert [owner for owner, _day in kept()] == [NOBODY]


def test_a_follow_counts_on_the_day_it_has_here(rep):
    late = timezone.localtime().replace(hour=0, minute=30) - timedelta(days=1)

    follow = factories.make_follow(rep, happened_at=late)

    assert kept() == {(rep.pk, late.date()): (1, 0)}
    assert follow.happened_on == late.date()
